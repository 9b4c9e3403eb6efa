"""Nodes that mix checkpoints, and write models to disk."""

from __future__ import annotations

import re
from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.hardware import Dtype
from nodeflow.models import ModelEntry, ModelKind
from nodeflow.node import Context, ModelFile, Multiline, NodeKind, Range, node
from nodeflow.values import Layout, MergePatch, ModelRecipe

Checkpoint = Annotated[ModelEntry, ModelFile((ModelKind.CHECKPOINT, ModelKind.REFINER))]
Share = Annotated[float, Range(-2.0, 2.0, step=0.05, slider=(0.0, 1.0))]
MOST_BLOCKS = 12
"""One more than the highest number of a block of any UNet; SDXL's has 9 going down and 9 going up."""

_BLOCKS = re.compile(r"(in|mid|out)\s*(?:(\d{1,2})(?:\s*-\s*(\d{1,2}))?)?\s*[:=]\s*([+-]?\d+(?:\.\d+)?)")


@node("MergeCheckpoints", category="model", kind=NodeKind.LIGHT)
def merge_checkpoints(
    model: ModelRecipe,
    checkpoint: Checkpoint,
    *,
    weight: Share = 0.5,
    text_encoder_weight: Share = 0.5,
    vae_weight: Share = 0.0,
    minus: Checkpoint | None = None,
    blocks: Annotated[str, Multiline()] = "",
) -> ModelRecipe:
    """Mix a model with another checkpoint: a weighted sum, or what another has learned on top.

    Weights are mixed when they are loaded, in float32. Several in a row act one after the other.

    Args:
        model: The model that is changed.
        checkpoint: The other one, of the same kind.
        weight: How far the UNet moves: 0 leaves it, 0.5 lies halfway, 1 takes the other's.
        text_encoder_weight: The same for both text encoders.
        vae_weight: The same for the VAE, which most models share.
        minus: A third checkpoint, such as the one that the other was trained from: then what the other has
            learned since is added (add difference) rather than the two mixed.
        blocks: Weights of single blocks of the UNet in place of `weight`, such as `in0-3: 0.2, mid: 1, out:
            0.7`: `in0` to `in8` go down, `out0` to `out8` come up again.
    """
    patch = MergePatch(
        checkpoint.name,
        checkpoint.path,
        weight,
        text_encoder_weight,
        vae_weight,
        None if minus is None else minus.path,
        read_blocks(blocks),
    )
    return model.with_patch(patch)


def read_blocks(text: str) -> tuple[tuple[str, float], ...]:
    """Read weights of blocks; of several for one block, the last counts.

    Raises:
        NodeFailed: If the text is anything else.
    """
    found: dict[str, float] = {}
    for piece in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", text.lower()))):
        match = _BLOCKS.fullmatch(piece)
        if match is None or (match[1] == "mid" and match[2]):
            message = f"{piece!r} names no blocks"
            raise NodeFailed(message, input="blocks", advice="Write such as in0-3: 0.2, mid: 1, out8: 0.5")
        kind, first, last, weight = match.groups()
        low = int(first or 0)
        high = int(last or first or MOST_BLOCKS - 1)
        if not low <= high < MOST_BLOCKS:
            raise NodeFailed(f"{piece!r} names blocks that no UNet has", input="blocks", advice="Use 0 to 8")
        names = ["mid"] if kind == "mid" else [f"{kind}{number}" for number in range(low, high + 1)]
        found |= dict.fromkeys(names, float(weight))
    return tuple(sorted(found.items()))


@node("SaveModel", category="model", kind=NodeKind.SINK)
def save_model(
    model: ModelRecipe,
    filename: str = "models/{workflow}",
    layout: Layout = Layout.SAFETENSORS,
    dtype: Dtype | None = None,
    *,
    context: Context,
) -> ModelRecipe:
    """Write a model with all that was done to its weights: LoRAs, merged checkpoints, another VAE.

    A file or folder that is there is never replaced.

    Args:
        model: The model to write.
        filename: Its name inside the output folder, without suffix. `{date}`, `{time}`, `{workflow}` and
            `{node}` are filled in; `/` makes folders.
        layout: One file in SDXL's original layout, which every program reads, or a folder for diffusers.
        dtype: The precision to store; none: as in the checkpoint.
    """
    try:
        place = context.delivery.place(filename, context.node)
    except ValueError as error:
        raise NodeFailed(str(error), input="filename") from None
    target = place.with_name(f"{place.name}.safetensors") if layout is Layout.SAFETENSORS else place
    if target.exists():
        advice = "Choose another filename, or remove it"
        raise NodeFailed(f"{target} exists already", input="filename", advice=advice)
    context.backend.write_model(model, target, layout, dtype, context)
    context.saved(target)
    return model
