"""What a wire carries, as a person can look at it: a line of text, and pictures where there are any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nodeflow.errors import one_line
from nodeflow.graph import BoundNode
from nodeflow.graph.source import Constant
from nodeflow.node.sockets import Literal
from nodeflow.pictures.small import SmallPicture, small_pictures
from nodeflow.values import Conditioning, Image, Latent, LoraPatch, Mask, MergePatch, ModelRecipe, Patch

_MOST = 4_000
"""Letters of a text that are shown."""


@dataclass(frozen=True)
class Look:
    """What can be seen of a value.

    Attributes:
        kind: Its type, as sockets name it.
        text: One line that describes it.
        pictures: Small pictures of it, if it can be seen.
        lines: What else there is to say, a fact in each; a text is there in full.
    """

    kind: str
    text: str
    pictures: tuple[SmallPicture, ...] = ()
    lines: tuple[str, ...] = ()


def look_at(value: Any, side: int = 0) -> Look:
    """Describe a value.

    Args:
        value: What a node gave.
        side: Longest side of its pictures in pixels; 0: none are made.
    """
    kind = getattr(type(value), "__socket__", type(value).__name__)
    image = _seen(value) if side else None
    pictures = small_pictures(image, side) if image is not None else ()
    return Look(kind, _described(value), pictures, tuple(_facts(value)) if side else ())


def texts_of(bound: BoundNode) -> tuple[str, ...]:
    """The texts that a node was given, such as a prompt."""
    given = ((spec, bound.inputs.get(spec.name)) for spec in bound.node.spec.inputs)
    return tuple(
        f"{spec.name.replace('_', ' ').capitalize()}: {source.value}"[:_MOST]
        for spec, source in given
        if spec.socket.literal is Literal.TEXT and isinstance(source, Constant) and source.value
    )


def _described(value: Any) -> str:
    text = value
    match value:
        case Image() | Latent():
            height, width = value.size
            text = _batch(len(value), width, height)
        case Mask():
            count, height, width = value.values.shape
            text = _batch(count, width, height)
        case Conditioning():
            tokens = f"{value.encoder_2.shape[1]} tokens"
            text = f"{len(value.prompts)} prompts" if value.also else tokens
        case ModelRecipe():
            text = " + ".join((value.name, *(getattr(patch, "name", "patch") for patch in value.patches)))
        case list() | tuple():
            text = f"{len(value)} values"
    try:
        return one_line(text)
    except Exception:  # noqa: BLE001 - a third party's value may fail even to say what it is
        return ""


def _facts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value[:_MOST]
        case Latent():
            samples = value.samples
            yield f"{samples.shape[1]} channels from {samples.min():.2f} to {samples.max():.2f}"
        case Mask():
            yield f"{value.values.mean():.0%} of it is chosen"
        case Conditioning():
            encoders = (("Encoder 1", value.encoder_1), ("Encoder 2", value.encoder_2))
            for name, states in encoders:
                if states is not None:
                    yield f"{name}: {states.shape[1]} tokens of {states.shape[2]} numbers"
            yield f"Pooled: {value.pooled.shape[1]} numbers"
        case ModelRecipe():
            yield f"Checkpoint: {value.name}"
            yield from map(_patch, value.patches)
            if value.vae is not None:
                yield f"VAE: {value.vae.stem}"
            for name, place in value.parts:
                yield f"{name.replace('_', ' ').capitalize()}: {place.stem}"


def _patch(patch: Patch) -> str:
    if isinstance(patch, MergePatch):
        return f"Merged: {patch.name} at {patch.unet_weight:g}"
    if not isinstance(patch, LoraPatch):
        return f"Patch: {getattr(patch, 'name', type(patch).__name__)}"
    weights = f"{patch.unet_weight:g}"
    if patch.text_encoder_weight != patch.unet_weight:
        weights += f", {patch.text_encoder_weight:g} on the text encoders"
    return f"LoRA: {patch.name} at {weights}"


def _batch(count: int, width: int, height: int) -> str:
    size = f"{width} x {height}"
    return size if count == 1 else f"{count} of {size}"


def _seen(value: Any) -> Image | None:
    import numpy as np

    if isinstance(value, Image):
        return value
    if isinstance(value, Mask):
        return Image(np.repeat(value.values[..., None], 3, axis=-1))
    if isinstance(value, Latent):
        # Three of the four channels, spread over the whole range: enough to see what goes where.
        channels = np.moveaxis(value.samples[:, :3], 1, -1)
        low, high = channels.min(), channels.max()
        return Image((channels - low) / max(float(high - low), 1e-6))
    return None
