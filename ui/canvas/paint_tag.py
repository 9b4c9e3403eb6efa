"""Draws the tag that stands for the links of a wireless output, at the output and at each input."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPen

from ui.canvas.brush import NO_PEN, Brush

TAG = QRectF(0, -9, 96, 18)
PAD = 8.0
GAP = 14.0
"""Between a socket and its tag."""


def paint_tag(brush: Brush, box: QRectF, socket: QPointF, name: str, color: QColor) -> None:
    """Draw a tag and the short line to its socket.

    Args:
        brush: The scene's, with a painter.
        box: The tag.
        socket: The middle of the socket, left or right of it.
        name: What it shows.
        color: Of its outline.
    """
    painter, small = brush.painter, brush.paints.small_font
    _, width = brush.texts.line(name, small, box.width() - 2 * PAD)
    spare = box.width() - width - 2 * PAD
    right = socket.x() > box.right()
    box = box.adjusted(spare, 0, 0, 0) if right else box.adjusted(0, 0, -spare, 0)
    near = box.right() if right else box.left()
    painter.setPen(QPen(color, 1.2))
    painter.drawLine(socket, QPointF(near, socket.y()))
    painter.setBrush(brush.paints.node)
    painter.drawRoundedRect(box, 9, 9)
    painter.setPen(brush.paints.text)
    brush.texts.draw(
        painter, name, small, QRectF(box.left() + PAD, box.top(), TAG.width() - 2 * PAD, box.height())
    )
    painter.setPen(NO_PEN)
