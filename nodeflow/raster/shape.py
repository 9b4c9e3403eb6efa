"""Cropping, padding, flipping and turning planes. Nothing here makes new values between samples."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from nodeflow.values.arrays import FloatArray


class Edges(NamedTuple):
    """How much lies at each side, in samples."""

    left: int
    top: int
    right: int
    bottom: int


class Border(StrEnum):
    """What padding is filled with."""

    COLOR = "color"
    """One value."""
    EDGE = "edge"
    """The outermost samples, repeated."""
    REFLECT = "reflect"
    """What lies inside, mirrored."""


class Direction(StrEnum):
    """Which sides change places."""

    HORIZONTAL = "horizontal"
    """Left and right."""
    VERTICAL = "vertical"
    """Top and bottom."""


class Turn(StrEnum):
    """By how much to turn, clockwise."""

    QUARTER = "90"
    HALF = "180"
    THREE_QUARTERS = "270"


class Anchor(StrEnum):
    """Which part of a picture stays where it is."""

    CENTER = "center"
    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"
    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


def crop(planes: FloatArray, corner: tuple[int, int], size: tuple[int, int]) -> FloatArray:
    """The part of `size` (height, width) whose upper left corner lies at `corner` (top, left).

    Raises:
        ValueError: If it does not lie inside.
    """
    (top, left), (height, width) = corner, size
    if not (0 <= top <= top + height <= planes.shape[-2] and 0 <= left <= left + width <= planes.shape[-1]):
        raise ValueError("the part does not lie inside")
    return planes[..., top : top + height, left : left + width]


def pad(planes: FloatArray, edges: Edges, border: Border = Border.COLOR, value: float = 0.0) -> FloatArray:
    """Add samples around planes.

    Args:
        planes: Shape (…, height, width).
        edges: How many at each side, 0 and up.
        border: What they hold.
        value: The value for `Border.COLOR`.
    """
    import numpy as np

    around = [(0, 0)] * (planes.ndim - 2) + [(edges.top, edges.bottom), (edges.left, edges.right)]
    match border:
        case Border.COLOR:
            return np.pad(planes, around, constant_values=value)
        case Border.EDGE:
            return np.pad(planes, around, mode="edge")
        case Border.REFLECT:
            # "symmetric" repeats the outermost sample, and so works for a single one too.
            return np.pad(planes, around, mode="symmetric")


def flip(planes: FloatArray, direction: Direction) -> FloatArray:
    """Mirror planes."""
    return planes[..., ::-1] if direction is Direction.HORIZONTAL else planes[..., ::-1, :]


def turn(planes: FloatArray, by: Turn) -> FloatArray:
    """Turn planes clockwise by quarters."""
    import numpy as np

    quarters = int(by.value) // 90
    return np.rot90(planes, -quarters, axes=(-2, -1))


def anchored(size: tuple[int, int], part: tuple[int, int], anchor: Anchor) -> tuple[int, int]:
    """Top and left of a part inside a whole, or, negative, of a larger part around it.

    Args:
        size: Height and width of the whole.
        part: Height and width of the part.
        anchor: Where the part lies.
    """
    room = size[0] - part[0], size[1] - part[1]
    names = anchor.value.split("_")
    top = 0 if "top" in names else room[0] if "bottom" in names else room[0] // 2
    left = 0 if "left" in names else room[1] if "right" in names else room[1] // 2
    return top, left


def placed(planes: FloatArray, size: tuple[int, int], corner: tuple[int, int]) -> FloatArray:
    """Planes of `size`, 0 but for what is put there; what reaches beyond them is cut off.

    Args:
        planes: What is put there, shape (…, height, width).
        size: Height and width of the result.
        corner: Top and left of where it lies; may be negative.
    """
    import numpy as np

    result = np.zeros((*planes.shape[:-2], *size), np.float32)
    (to_y, from_y), (to_x, from_x) = (
        _overlap(start, length, whole)
        for start, length, whole in zip(corner, planes.shape[-2:], size, strict=True)
    )
    result[..., to_y, to_x] = planes[..., from_y, from_x]
    return result


def _overlap(start: int, length: int, whole: int) -> tuple[slice, slice]:
    """Where a piece lies inside a whole, and which part of it that is."""
    first, last = max(start, 0), min(start + length, whole)
    last = max(last, first)
    return slice(first, last), slice(first - start, last - start)
