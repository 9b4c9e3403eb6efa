"""Nodes that mix checkpoints, and write models to disk."""

from __future__ import annotations

import itertools
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.files import Digests
from nodeflow.folders import Folders
from nodeflow.hardware import Dtype
from nodeflow.keys import ReadDigests, key_of
from nodeflow.keys.fingerprint import NoFingerprint, fingerprint
from nodeflow.models import ModelEntry, ModelKind, mark_of
from nodeflow.node import AddedLater, Context, ModelFile, Multiline, NodeKind, Range, node
from nodeflow.values import Layout, MergePatch, ModelRecipe
from nodeflow.values.blocks import read_blocks

Checkpoint = Annotated[ModelEntry, ModelFile((ModelKind.CHECKPOINT, ModelKind.REFINER))]
Share = Annotated[float, Range(-2.0, 2.0, step=0.05, slider=(0.0, 1.0))]
_FORMAT = 1
"""Of marks; raised when the same recipe comes to be written otherwise."""


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


class Existing(StrEnum):
    """What to do where a file is there already."""

    NUMBER = "number"
    REPLACE = "replace"


@node("SaveModel", category="model", kind=NodeKind.SINK)
def save_model(
    model: ModelRecipe,
    filename: str = "models/{workflow}",
    layout: Layout = Layout.SAFETENSORS,
    dtype: Dtype | None = None,
    existing: Annotated[Existing | None, AddedLater()] = None,
    *,
    context: Context,
) -> ModelRecipe:
    """Write a model with all that was done to its weights: LoRAs, merged checkpoints, another VAE.

    A model that this node wrote before, from the same files in the same way, is not written again.

    Args:
        model: The model to write.
        filename: Its name inside the output folder, without suffix. `{date}`, `{time}`, `{workflow}` and
            `{node}` are filled in; `/` makes folders.
        layout: One file in SDXL's original layout, which every program reads, or a folder for diffusers.
        dtype: The precision to store; none: as in the checkpoint.
        existing: If something else has that name: add a number to the name, or replace the file; none: stop.
            Folders are never replaced.
    """
    try:
        place = context.delivery.place(filename, context.node)
    except ValueError as error:
        raise NodeFailed(str(error), input="filename") from None
    first = place.with_name(f"{place.name}.safetensors") if layout is Layout.SAFETENSORS else place
    mark = _mark(model, layout, dtype, context)
    target = _free(first, mark, existing)
    if not _is_written(target, mark):
        context.backend.write_model(model, target, layout, dtype, context, mark=mark)
    context.saved(target)
    return model


def _free(first: Path, mark: str, existing: Existing | None) -> Path:
    """Where a model goes: a name that nothing else has, or that may be replaced."""
    suffix = ".safetensors" if first.name.endswith(".safetensors") else ""
    stem = first.name.removesuffix(suffix)
    names = (first.with_name(f"{stem}_{number}{suffix}") for number in itertools.count(2))
    for target in itertools.chain([first], names):
        if not target.exists() or _is_written(target, mark):
            return target
        if existing is Existing.REPLACE and target.is_file():
            return target
        if existing is not Existing.NUMBER:
            advice = "Choose another filename, remove it, or set existing to number"
            more = " or replace" if target.is_file() else ""
            raise NodeFailed(f"{target} exists already", input="filename", advice=advice + more)
    raise AssertionError("numbers end nowhere")


def _is_written(target: Path, mark: str) -> bool:
    return bool(mark) and mark_of(target) == mark


def _mark(model: ModelRecipe, layout: Layout, dtype: Dtype | None, context: Context) -> str:
    """What tells a written model by all that it is made from; empty if something of it cannot be compared."""
    digests = Digests(Folders.from_environment().cache)
    try:
        made_from = fingerprint(
            model, None, ReadDigests(digests, lambda _done, _total: context.raise_if_cancelled())
        )
    except (NoFingerprint, MissingFile):  # what is missing, the backend says better
        return ""
    return key_of({"format": _FORMAT, "model": made_from, "layout": layout, "dtype": dtype})
