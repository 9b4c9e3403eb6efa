"""What the nodes that resize pictures and latents share: from what the artist asked for to a size."""

from __future__ import annotations

from enum import StrEnum

from nodeflow.errors import NodeFailed
from nodeflow.raster.resample import fitted

Size = tuple[int, int]


class Fit(StrEnum):
    """What happens where width and height ask for other proportions than the picture's."""

    STRETCH = "stretch"
    """The picture is distorted."""
    CROP = "crop"
    """The picture fills the size; what stands out is cut off."""
    PAD = "pad"
    """The picture lies whole inside the size; the rest is filled."""
    INSIDE = "inside"
    """The picture lies whole inside; the result is smaller than asked for along one side."""


MEGAPIXEL = 1024 * 1024
"""What models for pictures of 1024 x 1024 pixels count as one."""


def bounds_of(
    size: Size,
    width: int | None,
    height: int | None,
    factor: float,
    *,
    longest_side: int | None = None,
    megapixels: float | None = None,
) -> Size:
    """Height and width to resize to, before `Fit` says what to do about other proportions.

    Args:
        size: Height and width now.
        width: Width asked for; alone, the height follows.
        height: Height asked for; alone, the width follows.
        factor: Used where nothing else is asked for.
        longest_side: The longer side asked for; the other follows.
        megapixels: Height times width asked for, in `MEGAPIXEL`.

    Raises:
        NodeFailed: If sizes contradict each other.
    """
    side = height if width is None else width
    ways = {"longest_side": longest_side, "megapixels": megapixels, "width or height": side}
    said = [name for name, value in ways.items() if value is not None]
    if len(said) > 1:
        message = f"both it and {said[1]} say how large"
        raise NodeFailed(message, input=said[0], advice="Set one of them to none")
    if longest_side is not None:
        return fitted(size, (longest_side, longest_side), cover=False)
    if megapixels is not None:
        factor = (megapixels * MEGAPIXEL / (size[0] * size[1])) ** 0.5
    if width is not None and height is not None:
        return height, width
    if width is not None:
        return max(round(size[0] * width / size[1]), 1), width
    if height is not None:
        return height, max(round(size[1] * height / size[0]), 1)
    return max(round(size[0] * factor), 1), max(round(size[1] * factor), 1)


def to_multiple(size: Size, of: int) -> Size:
    """The nearest size whose sides are multiples, and not nothing."""
    height, width = (max(round(side / of), 1) * of for side in size)
    return height, width
