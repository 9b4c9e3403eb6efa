"""Weights with LoRAs and other checkpoints merged in: nothing is read or computed before it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import torch

from nodeflow.backends.torch.headers import read_weights
from nodeflow.backends.torch.lora_delta import KNOWN, applied, is_usable, unused
from nodeflow.backends.torch.lora_file import LoraLayer, layers_of, part_of, split
from nodeflow.backends.torch.original_names import OriginalNames
from nodeflow.backends.torch.part_weights import part_weights
from nodeflow.backends.torch.source import locate
from nodeflow.backends.torch.weight import Weight, Weights
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Part
from nodeflow.hardware.arrangement import PART_OF
from nodeflow.values import LoraPatch, MergePatch, Patch

Warn = Callable[[str], object]


def merged(part: Part, weights: Weights, patches: Sequence[Patch], warn: Warn) -> dict[str, Weight]:
    """A part's weights with patches merged in, in their order. Those that change no weights are passed over.

    Args:
        part: The part.
        weights: Its weights, in diffusers' layout.
        patches: All of the model's.
        warn: Told about what has no place in the model.

    Returns:
        The weights; those that changed are in float32.

    Raises:
        MissingFile: If a file is missing or damaged.
        NodeFailed: If a LoRA or a checkpoint does not fit.
    """
    result = dict(weights)
    for patch in patches:
        if not patch.affects(PART_OF[part]):
            continue
        if isinstance(patch, LoraPatch):
            result = with_lora(part, result, patch, warn)
        elif isinstance(patch, MergePatch):
            result = _with_checkpoint(part, result, patch)
    return result


def with_lora(part: Part, weights: Weights, patch: LoraPatch, warn: Warn) -> dict[str, Weight]:
    """A part's weights with one LoRA on them."""
    tensors, metadata = read_weights(patch.path)
    found = layers_of(part, weights, tensors, metadata)
    usable = {f"{name}.weight": layer for name, layer in found.layers.items() if is_usable(layer)}
    changed = usable | {f"{name}.bias": layer for name, layer in found.biases.items()}
    if not changed and any(part_of(name) is part for name in tensors):
        raise misfit(patch, tensors)
    left_out = [*found.unplaced, *(name for layer in found.layers.values() for name in unused(layer))]
    if left_out:
        warn(left_out_message(patch, sorted(left_out)))
    strength = patch.unet_weight if part is Part.UNET else patch.text_encoder_weight
    _check(patch, weights, changed)
    return {
        name: weight.cast(torch.float32).changed(partial(applied, layer=changed[name], strength=strength))
        if name in changed
        else weight
        for name, weight in weights.items()
    }


def left_out_message(patch: LoraPatch, names: Sequence[str]) -> str:
    """What to tell about weights of a LoRA that a model has no place for."""
    return (
        f"the LoRA '{patch.name}' was applied in part: the model has no place for {len(names)} of its "
        f"weights (such as {names[0]})"
    )


def misfit(patch: LoraPatch, names: Iterable[str]) -> NodeFailed:
    """What to tell about a LoRA of which nothing fits.

    Args:
        patch: The LoRA.
        names: What its file holds.
    """
    unknown = sorted({use for _, use in map(split, names)} - KNOWN - {"", "alpha"})
    if unknown:
        return NodeFailed(
            f"the LoRA '{patch.name}' is of a kind that cannot be applied ('{unknown[0]}')",
            input="model",
            advice="Choose one that is a LoRA, LoCon, DoRA, LoHa, LoKr, GLoRA or OFT",
        )
    return NodeFailed(
        f"the LoRA '{patch.name}' does not fit this model",
        input="model",
        advice="It was made for another kind of model or is of an unknown kind; choose an SDXL LoRA",
    )


def _check(patch: LoraPatch, weights: Weights, layers: Mapping[str, LoraLayer]) -> None:
    """Refuse a LoRA of other widths before anything is written."""
    for name, layer in layers.items():
        shapes = {use: tensor.to("meta") for use, tensor in layer.tensors.items()}
        try:
            applied(torch.empty(weights[name].shape, device="meta"), LoraLayer(shapes), 1.0)
        except (RuntimeError, ValueError, IndexError) as error:
            raise misfit(patch, layers) from error


def _with_checkpoint(part: Part, weights: Weights, patch: MergePatch) -> dict[str, Weight]:
    other = part_weights(locate(patch.path).place(part), part)
    minus = None if patch.minus is None else part_weights(locate(patch.minus).place(part), part)
    names = OriginalNames(part, weights)
    shares = dict(patch.blocks) if part is Part.UNET else {}
    result = dict(weights)
    for name, weight in weights.items():
        if any(name in given and given[name].shape != weight.shape for given in (other, minus or {})):
            raise NodeFailed(
                f"the checkpoint '{patch.name}' cannot be merged: its {part.label} has another size",
                input="model",
                advice="Choose one made from the same kind of model",
            )
        share = shares.get(_block(names.original(name)), patch.weight(PART_OF[part]))
        if not weight.dtype.is_floating_point:
            continue  # positions, counted up
        if share != 0 and name in other and (minus is None or name in minus):
            result[name] = _moved(weight, other[name], None if minus is None else minus[name], share)
    return result


def _block(original: str) -> str:
    """What people call a block of the UNet: `in4`, `mid`, `out0`; empty: what lies in none."""
    kind, _, rest = original.partition(".")
    number = rest.partition(".")[0]
    called = {"input_blocks": f"in{number}", "middle_block": "mid", "output_blocks": f"out{number}"}
    return called.get(kind, "")


def _moved(weight: Weight, other: Weight, minus: Weight | None, share: float) -> Weight:
    def move(value: torch.Tensor) -> torch.Tensor:
        return value + share * (other.value().float() - (value if minus is None else minus.value().float()))

    return weight.cast(torch.float32).changed(move)
