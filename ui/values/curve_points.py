"""The points of a curve while it is drawn: adding, moving and removing them, and curves to begin with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from nodeflow.document.values import JSONValue
from nodeflow.node.annotations import CurveRange
from nodeflow.node.spec import InputSpec

Point = tuple[float, float]
Points = tuple[Point, ...]

GAP = 0.005
"""How near two points may come."""
EASE_POINTS = 9


@dataclass(frozen=True)
class Limits:
    """What values a curve may have.

    Attributes:
        minimum: The smallest.
        maximum: The largest.
        low: Where the graph begins.
        high: Where it ends.
    """

    minimum: float
    maximum: float
    low: float
    high: float

    @property
    def step(self) -> float:
        """A hundredth of the graph, to the nearest smaller 1, 2 or 5 of its decimal place."""
        raw = (self.high - self.low) / 100
        unit = 10.0 ** math.floor(math.log10(raw))
        return max(unit * factor for factor in (1, 2, 5) if unit * factor <= raw * 1.0001)

    def around(self, points: Points) -> Limits:
        """The same with a graph that holds these points, too."""
        values = [value for _, value in points]
        return Limits(self.minimum, self.maximum, min([self.low, *values]), max([self.high, *values]))


def limits_of(spec: InputSpec) -> Limits:
    """The limits of a curve's input."""
    if not isinstance(spec.widget, CurveRange):
        return Limits(-math.inf, math.inf, 0.0, 1.0)
    low, high = spec.widget.slider or (spec.widget.minimum, spec.widget.maximum)
    return Limits(spec.widget.minimum, spec.widget.maximum, low, high)


def points_of(value: JSONValue) -> Points:
    """The points that a literal means; none if it is no curve."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ((0.0, float(value)),)
    try:
        return tuple((float(position), float(height)) for position, height in value)
    except (TypeError, ValueError):
        return ()


def literal_of(points: Points) -> list[list[float]]:
    """How points are written."""
    return [[round(position, 4), round(value, 6)] for position, value in points]


def at(points: Points, position: float) -> float:
    """The value of a curve; 0 without points."""
    if not points:
        return 0.0
    before = [point for point in points if point[0] <= position]
    after = [point for point in points if point[0] > position]
    if not before or not after:
        return (before[-1] if before else after[0])[1]
    (left, low), (right, high) = before[-1], after[0]
    return low + (high - low) * (position - left) / (right - left)


def moved(points: Points, index: int, to: Point, limits: Limits) -> Points:
    """The points with one of them elsewhere, but still between its neighbours and inside the limits."""
    low = points[index - 1][0] + GAP if index else 0.0
    high = points[index + 1][0] - GAP if index + 1 < len(points) else 1.0
    position = min(max(to[0], low), high) if low <= high else points[index][0]
    value = min(max(to[1], limits.minimum), limits.maximum)
    return (*points[:index], (position, value), *points[index + 1 :])


def added(points: Points, point: Point, limits: Limits) -> tuple[Points, int]:
    """The points with one more, and which one that is; a point at that position already is moved instead."""
    near = next((i for i, other in enumerate(points) if abs(other[0] - point[0]) < GAP), None)
    if near is not None:
        return moved(points, near, point, limits), near
    index = sum(other[0] < point[0] for other in points)
    return moved((*points[:index], point, *points[index:]), index, point, limits), index


def removed(points: Points, index: int) -> Points:
    """The points without one; the last one stays."""
    return points if len(points) < 2 else (*points[:index], *points[index + 1 :])


def _span(points: Points, limits: Limits) -> tuple[float, float]:
    """From where to where a ramp goes: as far as the curve does, or over the middle of the graph."""
    values = [value for _, value in points]
    if values and max(values) > min(values):
        return min(values), max(values)
    width, step = limits.high - limits.low, limits.step
    return tuple(round((limits.low + share * width) / step) * step for share in (0.15, 0.6))  # type: ignore[return-value]


def constant(points: Points, limits: Limits) -> Points:
    """The same everywhere: the middle of what there is."""
    low, high = _span(points, limits)
    value = at(points, 0.5) if points else (low + high) / 2
    return ((0.0, round(value / limits.step) * limits.step),)


def ramp_down(points: Points, limits: Limits) -> Points:
    """Straight from high to low."""
    low, high = _span(points, limits)
    return ((0.0, high), (1.0, low))


def ramp_up(points: Points, limits: Limits) -> Points:
    """Straight from low to high."""
    low, high = _span(points, limits)
    return ((0.0, low), (1.0, high))


def ease_down(points: Points, limits: Limits) -> Points:
    """From high to low, gently at both ends."""
    low, high = _span(points, limits)
    places = [index / (EASE_POINTS - 1) for index in range(EASE_POINTS)]
    return tuple((x, low + (high - low) * (1 + math.cos(math.pi * x)) / 2) for x in places)


def ease_up(points: Points, limits: Limits) -> Points:
    """From low to high, gently at both ends."""
    falling = ease_down(points, limits)
    return tuple((x, value) for (x, _), (_, value) in zip(falling, reversed(falling), strict=True))


SHAPES: dict[str, Callable[[Points, Limits], Points]] = {
    "Constant": constant,
    "Ramp down": ramp_down,
    "Ramp up": ramp_up,
    "Ease down": ease_down,
    "Ease up": ease_up,
}
