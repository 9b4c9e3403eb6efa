"""A number that changes over the course of something, such as the guidance scale over the steps of a run."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
"""A position and the value there."""


@dataclass(frozen=True)
class Curve:
    """A line through points: straight between two of them, level before the first and after the last.

    Attributes:
        points: At least one; positions lie in 0…1 and rise from point to point.
    """

    __socket__ = "Curve"
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        points = tuple((float(position), float(value)) for position, value in self.points)
        object.__setattr__(self, "points", points)
        if not points:
            raise ValueError("needs at least one point")
        if not all(math.isfinite(number) for point in points for number in point):
            raise ValueError("needs points of finite numbers")
        positions = [position for position, _ in points]
        if positions[0] < 0 or positions[-1] > 1:
            raise ValueError("needs positions from 0 to 1")
        if any(right <= left for left, right in pairwise(positions)):
            raise ValueError("needs positions that rise from point to point")

    @classmethod
    def constant(cls, value: float) -> Curve:
        """A curve that has the same value everywhere."""
        return cls(((0.0, value),))

    @property
    def values(self) -> tuple[float, ...]:
        """The values at the points; between them lie all others."""
        return tuple(value for _, value in self.points)

    def at(self, position: float) -> float:
        """The value at a position; level stretches give their value exactly."""
        after = bisect_right(self.points, position, key=lambda point: point[0])
        if after == 0 or after == len(self.points):
            return self.points[max(after - 1, 0)][1]
        (left, low), (right, high) = self.points[after - 1 : after + 1]
        return low + (high - low) * ((position - left) / (right - left))
