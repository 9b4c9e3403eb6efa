"""Where a mask is painted over its picture, with zoom, pan and a pen's pressure."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.panels.panel import theme_of
from ui.theme.contrast import difference
from ui.values.mask_paint import MaskPaint, Stroke

SMALLEST, LARGEST = 1.0, 1024.0
TINTS = ("#ff2d55", "#00b4ff", "#22d645", "#b14bff")
STRENGTH = 0.6
ZOOMS = (0.05, 32.0)
GROW = 1.1
_ALPHA = QImage.Format.Format_Alpha8


class MaskCanvas(QWidget):
    """Shows the picture with the mask over it, and paints.

    The left button paints, the right one erases, the middle one or Space moves the view. The wheel changes
    the brush's size, with Ctrl the zoom.

    Args:
        painting: What is painted.
        picture: What lies below; null: a neutral grey.

    Attributes:
        brush: How it paints.
    """

    changed = Signal()
    """The mask, or what can be undone, has changed."""
    brushed = Signal()
    """The brush has changed."""

    def __init__(self, painting: MaskPaint, picture: QImage) -> None:
        super().__init__()
        self.painting, self._picture = painting, picture
        self.brush = Stroke(size=max(round(min(painting.image.width(), painting.image.height()) / 10), 4))
        self._color = QColor(tint_for(picture))
        self._view = QTransform()
        self._fitted = True
        self._overlay = QImage(painting.image.size(), QImage.Format.Format_ARGB32_Premultiplied)
        self._held = Qt.MouseButton.NoButton
        self._last = QPointF()
        self._pointer: QPointF | None = None
        self._space = self._pen = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 200))
        self.setAccessibleName(self.tr("Mask"))
        self._tint(painting.image.rect())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Most of a small screen."""
        return QSize(820, 560)

    # The view

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

    # The brush

    def set_size(self, size: float) -> None:
        """Use another size of brush."""
        self.brush.size = min(max(size, SMALLEST), LARGEST)
        self._brush_changed()

    def set_hardness(self, hardness: float) -> None:
        """Use a softer or harder brush."""
        self.brush.hardness = min(max(hardness, 0.0), 1.0)
        self._brush_changed()

    def set_erase(self, erase: bool) -> None:
        """Paint or erase with the left button."""
        self.brush.erase = erase
        self._brush_changed()

    def _brush_changed(self) -> None:
        self.brushed.emit()
        self.update()

    # What changes everything

    def undo(self) -> None:
        """Take the last step back."""
        self.painting.undo()
        self._all_new()

    def redo(self) -> None:
        """Do it again."""
        self.painting.redo()
        self._all_new()

    def fill(self, value: int) -> None:
        """Mask everything (255) or nothing (0)."""
        self.painting.fill(value)
        self._all_new()

    def invert(self) -> None:
        """Mask what was not masked."""
        self.painting.invert()
        self._all_new()

    def _all_new(self) -> None:
        self._tint(self.painting.image.rect())
        self.update()
        self.changed.emit()

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

    # Painting

    def _dab(self, pixel: QPointF, pressure: float, erase: bool) -> None:
        stroke = Stroke(self.brush.size * pressure, self.brush.hardness, erase)
        changed = self.painting.paint(self.on_picture(pixel), stroke)
        if not changed.isEmpty():
            self._tint(changed)
            self.update(self._view.mapRect(QRectF(changed)).toAlignedRect().adjusted(-2, -2, 2, 2))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Paint, erase or move the view."""
        if self._held != Qt.MouseButton.NoButton:
            return
        self._held, self._last = event.button(), event.position()
        if self._pans():
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        self.painting.begin()
        self._dab(event.position(), 1.0, self._erases())

    def _pans(self) -> bool:
        return self._held == Qt.MouseButton.MiddleButton or self._space

    def _erases(self) -> bool:
        return self.brush.erase != (self._held == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go on painting or moving."""
        if self._held != Qt.MouseButton.NoButton and self._pans():
            step = (event.position() - self._last) / self.zoom
            self._view.translate(step.x(), step.y())
            self._fitted = False
            self.update()
        elif self._held != Qt.MouseButton.NoButton:
            self._dab(event.position(), 1.0, self._erases())
        self._last = event.position()
        self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The stroke ends."""
        if event.button() != self._held:
            return
        painted = not self._pans()
        self._held = Qt.MouseButton.NoButton
        self._show_cursor()
        if painted:
            self._end_stroke()

    def _end_stroke(self) -> None:
        self.painting.end()
        self.changed.emit()

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802 - Qt's name
        """A pen paints as large as it is pressed, and erases with its other end."""
        kind = event.type()
        eraser = event.pointerType() == event.pointerType().Eraser
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self._pen = True
            self.painting.begin()
        if self._pen and kind in (QEvent.Type.TabletPress, QEvent.Type.TabletMove):
            self._dab(event.position(), max(event.pressure(), 0.05), eraser != self.brush.erase)
        elif self._pen and kind == QEvent.Type.TabletRelease:
            self._pen = False
            self._end_stroke()
        else:
            event.ignore()  # a mouse event follows
            return
        self._point(event.position())
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Another size of brush; with Ctrl, zoom."""
        turns = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1.25**turns, event.position())
        else:
            self.set_size(self.brush.size * GROW**turns)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space moves the view as long as it is held."""
        if event.key() == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Paint again."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        super().keyReleaseEvent(event)

    def _show_cursor(self) -> None:
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space else Qt.CursorShape.CrossCursor)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Show no brush where none is."""
        self._point(None)
        super().leaveEvent(event)

    def _point(self, pixel: QPointF | None) -> None:
        """Show the brush at another place."""
        for place in (self._pointer, pixel):
            if place is not None:
                reach = self.brush.size * self.zoom / 2 + 4
                box = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
                self.update(box.toAlignedRect())
        self._pointer = pixel

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, the mask and the brush."""
        colors = theme_of(self).colors
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(colors.canvas))
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
        if self._pointer is not None and not self._space:
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
