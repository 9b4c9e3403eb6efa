"""The canvas behind the nodes: a quiet grid of dots that thins out from afar."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ui.canvas.paints import Paints
from ui.theme.metrics import GRID

STEP = 4 * GRID
SPARSEST = 22.0
"""Dots closer than this many pixels are thinned out."""


def draw_dots(painter: QPainter, rect: QRectF, zoom: float, paints: Paints) -> None:
    """Fill `rect` (scene coordinates) and draw the dots in it."""
    painter.fillRect(rect, paints.canvas)
    step = float(STEP)
    while step * zoom < SPARSEST:
        step *= 2
    left, top = math.floor(rect.left() / step) * step, math.floor(rect.top() / step) * step
    # Rounded up to whole blocks, so that a few grids serve for all.
    columns, rows = (
        int((rect.right() - left) / step) // 8 * 8 + 8,
        int((rect.bottom() - top) / step) // 8 * 8 + 8,
    )
    pen = QPen(QColor(paints.colors.dots), 2)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    painter.translate(left, top)
    painter.drawPoints(_grid(columns + 1, rows + 1, step))
    painter.translate(-left, -top)


@lru_cache(maxsize=64)
def _grid(columns: int, rows: int, step: float) -> QPolygonF:
    return QPolygonF([QPointF(x * step, y * step) for y in range(rows) for x in range(columns)])
