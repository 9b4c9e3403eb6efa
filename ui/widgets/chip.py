"""What hangs at the pointer while something without a picture is dragged."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap

from ui.theme.metrics import SPACE, ui_font
from ui.theme.theme import Theme

HEIGHT = 28
WIDEST = 240


def chip(title: str, color: QColor, theme: Theme, ratio: float) -> QPixmap:
    """A name on a node's ground.

    Args:
        title: The name.
        color: Of the stripe at its left.
        theme: The theme.
        ratio: Pixels of the screen for each of ours.
    """
    font = ui_font(theme.type.title)
    metrics = QFontMetrics(font)
    wide = min(metrics.horizontalAdvance(title), WIDEST)
    text = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, wide)
    pixmap = QPixmap(QSize(wide + SPACE.three, HEIGHT) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(0.5, 0.5, wide + SPACE.three - 1, HEIGHT - 1)
    painter.setPen(QColor(theme.colors.node_line))
    painter.setBrush(QColor(theme.colors.node))
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(4, 6, 3, HEIGHT - 12), 1.5, 1.5)
    painter.setPen(QColor(theme.colors.text))
    painter.setFont(font)
    painter.drawText(box.adjusted(SPACE.two - 3, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return pixmap
