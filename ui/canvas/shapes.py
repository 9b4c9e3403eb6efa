"""The outlines of sockets, as paths around the origin, and rounded boxes."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from ui.theme.socket_style import Shape

RADIUS = 5.5
CORNER = 6.0


def _polygon(corners: int, turn: float, radius: float) -> QPainterPath:
    angles = (turn + 2 * math.pi * corner / corners for corner in range(corners))
    points = [QPointF(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]
    return _closed(points)


def _closed(points: list[QPointF]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


@cache
def socket_path(shape: Shape, radius: float = RADIUS) -> QPainterPath:
    """The outline of a socket. Areas are about equal, so that no type looks more important."""
    path = QPainterPath()
    match shape:
        case Shape.HEXAGON:
            return _polygon(6, 0.0, radius * 1.08)
        case Shape.DIAMOND:
            return _polygon(4, 0.0, radius * 1.2)
        case Shape.SQUARE:
            return _polygon(4, math.pi / 4, radius * 1.2)
        case Shape.TRIANGLE:
            return _polygon(3, 0.0, radius * 1.3)
        case Shape.HALF:
            path.moveTo(-radius / 2, -radius)
            path.arcTo(QRectF(-1.5 * radius, -radius, 2 * radius, 2 * radius), 90, -180)
            path.closeSubpath()
        case Shape.BAR:
            path.addRoundedRect(QRectF(-radius * 0.55, -radius * 1.15, radius * 1.1, radius * 2.3), 2, 2)
        case Shape.RING:
            path.addEllipse(QPointF(), radius, radius)
            path.addEllipse(QPointF(), radius * 0.45, radius * 0.45)
        case Shape.CIRCLE:
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
