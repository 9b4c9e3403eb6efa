"""Small pictures with rounded corners."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap

RADIUS = 4


def rounded(picture: QPixmap, size: QSize, ratio: float) -> QPixmap:
    """A picture that fills a box, its corners rounded; what does not fit into the box is cut off.

    Args:
        picture: The picture.
        size: The box, in pixels of the layout.
        ratio: Pixels of the screen for each of them.
    """
    result = QPixmap(size * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    scaled = picture.scaled(
        size * ratio,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    scaled.setDevicePixelRatio(ratio)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0, 0, size.width(), size.height()), RADIUS, RADIUS)
    painter.setClipPath(outline)
    free = scaled.deviceIndependentSize()
    painter.drawPixmap(
        round((size.width() - free.width()) / 2), round((size.height() - free.height()) / 2), scaled
    )
    painter.end()
    return result
