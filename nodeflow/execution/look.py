"""What a wire carries, as a person can look at it: a line of text, and pictures where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nodeflow.errors import one_line
from nodeflow.pictures.small import SmallPicture, small_pictures
from nodeflow.values import Conditioning, Image, Latent, Mask, ModelRecipe


@dataclass(frozen=True)
class Look:
    """What can be seen of a value.

    Attributes:
        kind: Its type, as sockets name it.
        text: One line that describes it.
        pictures: Small pictures of it, if it can be seen.
    """

    kind: str
    text: str
    pictures: tuple[SmallPicture, ...] = ()


def look_at(value: Any, side: int = 0) -> Look:
    """Describe a value.

    Args:
        value: What a node gave.
        side: Longest side of its pictures in pixels; 0: none are made.
    """
    kind = getattr(type(value), "__socket__", type(value).__name__)
    image = _seen(value) if side else None
    return Look(kind, _described(value), small_pictures(image, side) if image is not None else ())


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
            text = f"{value.encoder_2.shape[1]} tokens"
        case ModelRecipe():
            text = " + ".join((value.name, *(getattr(patch, "name", "patch") for patch in value.patches)))
        case list() | tuple():
            text = f"{len(value)} values"
    try:
        return one_line(text)
    except Exception:  # noqa: BLE001 - a third party's value may fail even to say what it is
        return ""


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
