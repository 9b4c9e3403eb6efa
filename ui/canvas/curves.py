"""The course of links: cubic curves that leave and arrive level."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

MIN_REACH = 24.0
MAX_REACH = 220.0
_ALONG = [step / 24 for step in range(25)]
_WEIGHTS = [((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3) for t in _ALONG]
"""How much each of the curve's four points weighs at places along it."""


def reach(start: QPointF, end: QPointF) -> float:
    """How far the handles of a curve stick out."""
    across, down = end.x() - start.x(), abs(end.y() - start.y())
    wanted = across / 2 if across > 0 else -across / 2 + down / 4
    return float(min(max(wanted, MIN_REACH, min(down / 2, 80)), MAX_REACH))


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """The path of a link."""
    path = QPainterPath(start)
    handle = reach(start, end)
    path.cubicTo(start.x() + handle, start.y(), end.x() - handle, end.y(), end.x(), end.y())
    return path


def bounds(start: QPointF, end: QPointF) -> QRectF:
    """A box around the curve: that of its handles, which is quick."""
    handle = reach(start, end)
    left, right = min(start.x(), end.x() - handle), max(end.x(), start.x() + handle)
    top, bottom = sorted((start.y(), end.y()))
    return QRectF(left - 4, top - 4, right - left + 8, bottom - top + 8)


Place = tuple[float, float]
"""A point as plain numbers, which are quicker to compare than a `QPointF`."""


def points(start: QPointF, end: QPointF) -> list[Place]:
    """Points along the curve, for finding out what is near or crosses it."""
    handle, (x0, y0), (x3, y3) = reach(start, end), start.toTuple(), end.toTuple()
    x1, x2 = x0 + handle, x3 - handle
    return [(a * x0 + b * x1 + c * x2 + d * x3, (a + b) * y0 + (c + d) * y3) for a, b, c, d in _WEIGHTS]


def distance(point: QPointF, start: QPointF, end: QPointF) -> float:
    """How far a point lies from the curve."""
    place = point.x(), point.y()
    return min(_to_segment(place, one, two) for one, two in pairwise(points(start, end)))


def _to_segment(place: Place, one: Place, two: Place) -> float:
    (x, y), (left, top), (right, bottom) = place, one, two
    dx, dy = right - left, bottom - top
    length = dx * dx + dy * dy
    t = ((x - left) * dx + (y - top) * dy) / length if length else 0.0
    t = min(max(t, 0.0), 1.0)
    return hypot(left + t * dx - x, top + t * dy - y)
