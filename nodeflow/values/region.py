"""Where in a picture something acts."""

from __future__ import annotations

from dataclasses import dataclass

from nodeflow.values.arrays import FloatArray, frozen


@dataclass(frozen=True)
class Area:
    """A rectangle of a picture.

    Attributes:
        left: Its left edge.
        top: Its upper edge.
        width: How wide it is.
        height: How high it is.
        fractions: Whether these are fractions of the picture's sides, 0…1, instead of pixels.
        feather: Over how much of the area, inwards from edges that are not the picture's own, it fades in; a
            fraction of its shorter side, 0…0.5.
    """

    left: float
    top: float
    width: float
    height: float
    fractions: bool = False
    feather: float = 0.0

    def pixels(self, height: int, width: int) -> tuple[float, float, float, float]:
        """Top, left, bottom and right edge in pixels of a picture; parts outside of it are cut off."""
        down, across = (height, width) if self.fractions else (1, 1)
        top, left = self.top * down, self.left * across
        bottom, right = top + self.height * down, left + self.width * across
        return min(top, height), min(left, width), min(bottom, height), min(right, width)


@dataclass(frozen=True, eq=False)
class MaskedRegion:
    """A region of any form.

    Attributes:
        values: Shape (1 or batch, height, width), 0 (not here) … 1; of any size, it is scaled to the picture.
        cropped: Whether the prompt sees only the rectangle around the mask, and not the whole picture.
        feather: As of an area, for the edges of that rectangle.
    """

    values: FloatArray
    cropped: bool = False
    feather: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values, ndim=3, what="a mask"))
