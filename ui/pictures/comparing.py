"""Two pictures compared: over each other with a line between them, beside each other, or what differs."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui.theme import Theme
from ui.theme.metrics import SPACE, ui_font

GAIN = 4
"""How much stronger differences are shown than they are."""
Aspect = Qt.AspectRatioMode


class Comparing(Enum):
    """How two pictures are compared."""

    SLIDER = "slider"
    BESIDE = "beside"
    DIFFERENCE = "difference"


def inside(box: QRectF, picture: QSizeF) -> QRectF:
    """Where a picture of another shape lies in a box: all of it, in the middle."""
    size = picture.scaled(box.size(), Aspect.KeepAspectRatio)
    result = QRectF(QPointF(), size)
    result.moveCenter(box.center())
    return result


def difference(one: QImage, two: QImage) -> QImage:
    """Where two pictures differ, made stronger; the second is laid over the first at its size."""
    result = one.convertToFormat(QImage.Format.Format_RGB32)
    over = QImage(result.size(), QImage.Format.Format_RGB32)
    over.fill(Qt.GlobalColor.black)
    painter = QPainter(over)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(inside(QRectF(over.rect()), QSizeF(two.size())), two)
    painter.end()
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, over)
    painter.end()
    weak = result.copy()
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    for _ in range(GAIN - 1):
        painter.drawImage(0, 0, weak)
    painter.end()
    return result


def draw_line(painter: QPainter, line: float, room: QRectF, theme: Theme) -> None:
    """Draw the line between two pictures, with something to take hold of."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, width in ((QColor(0, 0, 0, 120), 4), (QColor(255, 255, 255), 2)):
        painter.setPen(QPen(color, width))
        painter.drawLine(QPointF(line, room.top()), QPointF(line, room.bottom()))
    painter.setBrush(QColor(theme.colors.accent))
    painter.drawEllipse(QPointF(line, room.center().y()), SPACE.one, SPACE.one)


def draw_name(painter: QPainter, text: str, room: QRectF, theme: Theme, *, right: bool) -> None:
    """Name a picture in the lower left or right corner of its room."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(ui_font(theme.type.body))
    wide = painter.fontMetrics().horizontalAdvance(text) + SPACE.three
    wide = min(wide, max(int(room.width()) - 2 * SPACE.two, 40))
    left = room.right() - wide - SPACE.two if right else room.left() + SPACE.two
    box = QRectF(left, room.bottom() - 5 * SPACE.one, wide, SPACE.three)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawRoundedRect(box, SPACE.half, SPACE.half)
    painter.setPen(QColor(255, 255, 255))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(wide) - SPACE.two)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
