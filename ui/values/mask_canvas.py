"""Where a mask is painted, by mouse, keys and pen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QTabletEvent, QWheelEvent

from ui.values.mask_paint import MaskPaint, Stroke
from ui.values.mask_view import MaskView

SMALLEST, LARGEST = 1.0, 1024.0
GROW = 1.1


class MaskCanvas(MaskView):
    """Paints a mask over its picture.

    The left button paints, the right one erases, the middle one or Space moves the view. The wheel changes
    the brush's size, with Ctrl the zoom.

    Args:
        painting: What is painted.
        picture: What lies below; null: a neutral grey.
    """

    changed = Signal()
    """The mask, or what can be undone, has changed."""
    brushed = Signal()
    """The brush has changed."""

    def __init__(self, painting: MaskPaint, picture: QImage) -> None:
        super().__init__(painting, picture)
        self._held = Qt.MouseButton.NoButton
        self._last = QPointF()
        self._space = self._pen = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)

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
