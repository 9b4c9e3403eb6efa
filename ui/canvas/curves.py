"""The course of links: cubic curves that leave and arrive level."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

MIN_REACH = 24.0
MAX_REACH = 220.0


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


def points(start: QPointF, end: QPointF, count: int = 24) -> list[QPointF]:
    """Points along the curve, for finding out what is near or crosses it."""
    handle = reach(start, end)
    result = []
    for step in range(count + 1):
        t = step / count
        s = 1 - t
        a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
        x = a * start.x() + b * (start.x() + handle) + c * (end.x() - handle) + d * end.x()
        result.append(QPointF(x, (a + b) * start.y() + (c + d) * end.y()))
    return result


def distance(point: QPointF, start: QPointF, end: QPointF) -> float:
    """How far a point lies from the curve."""
    along = points(start, end)
    return min(_to_segment(point, one, two) for one, two in pairwise(along))


def _to_segment(point: QPointF, one: QPointF, two: QPointF) -> float:
    dx, dy = two.x() - one.x(), two.y() - one.y()
    length = dx * dx + dy * dy
    t = ((point.x() - one.x()) * dx + (point.y() - one.y()) * dy) / length if length else 0.0
    t = min(max(t, 0.0), 1.0)
    return float(((one.x() + t * dx - point.x()) ** 2 + (one.y() + t * dy - point.y()) ** 2) ** 0.5)
