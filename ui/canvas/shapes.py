"""The outlines of sockets, as paths around the origin, and rounded boxes."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF

from ui.theme.socket_style import Shape

RADIUS = 5.5
CORNER = 6.0


def _polygon(corners: int, turn: float, radius: float) -> QPainterPath:
    angles = (turn + 2 * math.pi * corner / corners for corner in range(corners))
    points = [QPointF(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]
    return _closed(points)


def _star(points: int, outer: float, inner: float) -> QPainterPath:
    angles = (math.pi * corner / points for corner in range(2 * points))
    radii = (outer, inner) * points
    return _closed([QPointF(r * math.cos(a), r * math.sin(a)) for a, r in zip(angles, radii, strict=True)])


def _closed(points: list[QPointF]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


@cache
def socket_path(shape: Shape, radius: float = RADIUS) -> QPainterPath:
    """The outline of a socket. Areas are about equal, so that no type looks more important."""
    match shape:
        case Shape.HEXAGON:
            path = _polygon(6, 0.0, radius * 1.08)
        case Shape.DIAMOND:
            path = _polygon(4, 0.0, radius * 1.2)
        case Shape.SQUARE:
            path = _polygon(4, math.pi / 4, radius * 1.2)
        case Shape.TRIANGLE:
            path = _polygon(3, 0.0, radius * 1.3)
        case Shape.STAR:
            path = _star(4, radius * 1.45, radius * 0.6)
        case Shape.CHEVRON:
            corners = ((-1.0, -1.1), (0.1, -1.1), (1.2, 0.0), (0.1, 1.1), (-1.0, 1.1), (-0.1, 0.0))
            path = _closed([QPointF(x * radius, y * radius) for x, y in corners])
        case _:
            path = _of_parts(shape, radius)
    return path


def _of_parts(shape: Shape, radius: float) -> QPainterPath:
    path = QPainterPath()
    match shape:
        case Shape.HALF:
            path.moveTo(-radius / 2, -radius)
            path.arcTo(QRectF(-1.5 * radius, -radius, 2 * radius, 2 * radius), 90, -180)
            path.closeSubpath()
        case Shape.BAR:
            path.addRoundedRect(QRectF(-radius * 0.55, -radius * 1.15, radius * 1.1, radius * 2.3), 2, 2)
        case Shape.RING:
            path.addEllipse(QPointF(), radius, radius)
            path.addEllipse(QPointF(), radius * 0.45, radius * 0.45)
        case Shape.CROSS:
            path.setFillRule(Qt.FillRule.WindingFill)  # the middle belongs to both bars
            path.addRect(QRectF(-radius * 1.15, -radius * 0.4, radius * 2.3, radius * 0.8))
            path.addRect(QRectF(-radius * 0.4, -radius * 1.15, radius * 0.8, radius * 2.3))
            path = path.simplified()
        case Shape.DROP:
            path.moveTo(0, -radius * 1.45)
            path.cubicTo(radius * 0.9, -radius * 0.4, radius * 1.1, 0, radius * 1.1, radius * 0.25)
            path.arcTo(QRectF(-radius * 1.1, -radius * 0.85, radius * 2.2, radius * 2.2), 0, -180)
            path.cubicTo(-radius * 1.1, 0, -radius * 0.9, -radius * 0.4, 0, -radius * 1.45)
            path.closeSubpath()
        case _:
            path.addEllipse(QPointF(), radius, radius)
    return path


@cache
def header_path(width: float, height: float) -> QPainterPath:
    """A bar whose upper corners are round."""
    path = QPainterPath()
    path.moveTo(0, height)
    path.lineTo(0, CORNER)
    path.arcTo(QRectF(0, 0, 2 * CORNER, 2 * CORNER), 180, -90)
    path.lineTo(width - CORNER, 0)
    path.arcTo(QRectF(width - 2 * CORNER, 0, 2 * CORNER, 2 * CORNER), 90, -90)
    path.lineTo(width, height)
    path.closeSubpath()
    return path
