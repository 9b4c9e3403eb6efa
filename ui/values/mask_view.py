"""A mask over its picture: how they are drawn, and which part of them is seen how large."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.contrast import difference
from ui.theme.theme import theme_of
from ui.values.mask_paint import MaskPaint, Stroke

TINTS = ("#ff2d55", "#00b4ff", "#22d645", "#b14bff")
STRENGTH = 0.6
ZOOMS = (0.05, 32.0)
_ALPHA = QImage.Format.Format_Alpha8


class MaskView(QWidget):
    """Shows the picture with the mask over it, and the brush.

    Args:
        painting: What is painted.
        picture: What lies below; null: a neutral grey.

    Attributes:
        brush: How it paints.
    """

    def __init__(self, painting: MaskPaint, picture: QImage) -> None:
        super().__init__()
        self._view = QTransform()
        self._message = ""
        self._pointer: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 200))
        self.setAccessibleName(self.tr("Mask"))
        self.take(painting, picture)

    def take(self, painting: MaskPaint, picture: QImage) -> None:
        """Show another mask and picture."""
        self.painting, self._picture, self._message = painting, picture, ""
        size = painting.image.size()
        self.brush = Stroke(size=max(round(min(size.width(), size.height()) / 10), 4))
        self._color = QColor(tint_for(picture))
        self._overlay = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._tint(painting.image.rect())
        self.fit()

    def say(self, message: str) -> None:
        """Show words until there is a mask."""
        self._message = message
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Most of a small screen."""
        return QSize(820, 560)

    @property
    def zoom(self) -> float:
        """Screen pixels for a pixel of the picture."""
        return self._view.m11()

    def fit(self) -> None:
        """Show everything."""
        size = self.painting.image.size()
        room = self.rect().adjusted(16, 16, -16, -16)
        scale = min(room.width() / size.width(), room.height() / size.height(), 4.0)
        scale = max(scale, ZOOMS[0])
        left = (self.width() - scale * size.width()) / 2
        top = (self.height() - scale * size.height()) / 2
        self._view = QTransform(scale, 0, 0, scale, left, top)
        self._fitted = True
        self.update()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom, keeping a place of the screen where it is."""
        center = QPointF(self.rect().center()) if around is None else around
        new = min(max(self.zoom * factor, ZOOMS[0]), ZOOMS[1])
        place = self.on_picture(center)
        self._view = QTransform(new, 0, 0, new, center.x() - new * place.x(), center.y() - new * place.y())
        self._fitted = False
        self.update()

    def on_picture(self, pixel: QPointF) -> QPointF:
        """A place of the widget, in pixels of the picture."""
        return self._view.inverted()[0].map(pixel)

    def on_screen(self, place: QPointF) -> QPointF:
        """A place of the picture, in pixels of the widget."""
        return self._view.map(place)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep everything in view as long as nobody has zoomed."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def _tint(self, place: QRect) -> None:
        """Bring the coloured picture of the mask up to date."""
        part = self.painting.image.copy(place)
        part.reinterpretAsFormat(_ALPHA)
        painter = QPainter(self._overlay)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(place, self._color)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.drawImage(place.topLeft(), part)
        painter.end()

    def _point(self, pixel: QPointF | None) -> None:
        """Show the brush at another place."""
        for place in (self._pointer, pixel):
            if place is not None:
                reach = self.brush.size * self.zoom / 2 + 4
                box = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
                self.update(box.toAlignedRect())
        self._pointer = pixel

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, the mask and the brush."""
        colors = theme_of(self).colors
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(colors.canvas))
        if self._message:
            painter.setPen(QColor(colors.text_muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._message)
            return
        size = QRectF(QPointF(), self.painting.image.size().toSizeF())
        painter.save()
        painter.setTransform(self._view)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < 2)
        if self._picture.isNull():
            painter.fillRect(size, QColor(128, 128, 128))
        else:
            painter.drawImage(size, self._picture)
        painter.setOpacity(STRENGTH)
        painter.drawImage(0, 0, self._overlay)
        painter.restore()
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._view.mapRect(size).adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._pointer is not None:
            self._draw_brush(painter, self._pointer)

    def _draw_brush(self, painter: QPainter, place: QPointF) -> None:
        """Two rings, one of them visible over any picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self.brush.size * self.zoom / 2
        for color, offset in (("#000000", 0.75), ("#ffffff", 0.0)):
            painter.setPen(QPen(QColor(color), 1.25))
            painter.drawEllipse(place, radius + offset, radius + offset)


def tint_for(picture: QImage) -> str:
    """The tint that stands out most from a picture's colours."""
    if picture.isNull():
        return TINTS[0]
    small = picture.scaled(
        8, 8, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    found = [small.pixelColor(x, y).name() for x in range(8) for y in range(8)]
    return max(TINTS, key=lambda tint: sum(difference(tint, color) for color in found))
