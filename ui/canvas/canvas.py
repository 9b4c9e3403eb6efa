"""The canvas widget: the view with mouse, touchpad, keyboard and drops."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from ui.canvas.actions import CanvasActions
from ui.canvas.begin import begin, click, double_click
from ui.canvas.gestures.gesture import Gesture
from ui.canvas.gestures.small import Pan
from ui.canvas.hit import Hit, hit_at
from ui.canvas.hover import Hover
from ui.canvas.keyboard import Keyboard
from ui.canvas.scene import CanvasScene
from ui.canvas.view import CanvasView

THRESHOLD = 4
"""Pixels that make a drag out of a click."""
EDGE = 24
EDGE_PACE = 14
WHEEL_STEP = 1.0015


class Canvas(CanvasView):
    """A `CanvasView` that answers to the user."""

    def __init__(self, scene: CanvasScene, actions: CanvasActions, parent: QWidget | None = None) -> None:
        super().__init__(scene, actions, parent)
        self.gesture: Gesture | None = None
        self._pressed: tuple[QPoint, Hit] | None = None
        self._dragging = False
        self._space = False
        self._keys = Qt.KeyboardModifier.NoModifier
        self._pointer = QPoint()
        self.keyboard = Keyboard(self)
        self._hover = Hover(self)
        self._edge = QTimer(self, interval=16)
        self._edge.timeout.connect(self._pan_at_edge)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Find out what a drag from here would be."""
        if self.gesture is not None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if not self.editor.commit():
            self.editor.cancel()
        pixel, keys = event.position().toPoint(), event.modifiers()
        point = self.mapToScene(pixel)
        self._pointer, self._keys, self._dragging = pixel, keys, False
        if event.button() == Qt.MouseButton.MiddleButton or (
            self._space and event.button() == Qt.MouseButton.LeftButton
        ):
            self._pressed = (pixel, Hit())
            self.gesture = Pan(self, point, pixel)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        hit = hit_at(self.canvas, point, self.zoom)
        self._pressed = (pixel, hit)
        self.gesture = begin(self, hit, point, event.button(), keys)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the pointer."""
        pixel = event.position().toPoint()
        self._pointer, self._keys = pixel, event.modifiers()
        if self.gesture is None or self._pressed is None:
            self._hover.move(self.mapToScene(pixel))
            return
        if isinstance(self.gesture, Pan):
            self._dragging = True
            self.gesture.drag(pixel)
            return
        if not self._dragging and (pixel - self._pressed[0]).manhattanLength() < THRESHOLD:
            return
        self._dragging = True
        self.gesture.move(self.mapToScene(pixel), event.modifiers())
        if self.far:
            self.redraw()
        if self.gesture.auto_pan and not self._edge.isActive() and not self._edge_shift().isNull():
            self._edge.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the gesture, or take it for a click."""
        gesture, pressed, dragged = self.gesture, self._pressed, self._dragging
        self._end()
        if gesture is None or pressed is None or isinstance(gesture, Pan):
            return
        point = self.mapToScene(event.position().toPoint())
        if dragged:
            gesture.finish(point, event.modifiers())
        else:
            if pressed[1].node is None:
                gesture.finish(point, event.modifiers())
            else:
                gesture.cancel()
            click(self, pressed[1], point, event.modifiers())
        if self.far:
            self.redraw()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Edit or open what was hit."""
        if event.button() == Qt.MouseButton.LeftButton:
            double_click(self, hit_at(self.canvas, self.mapToScene(event.position().toPoint()), self.zoom))

    def _end(self) -> None:
        self.gesture, self._pressed, self._dragging = None, None, False
        self._edge.stop()
        if not self._space:
            self.unsetCursor()

    def cancel_gesture(self) -> bool:
        """Give up the gesture under way; False if there is none."""
        gesture = self.gesture
        self._end()
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def _edge_shift(self) -> QPoint:
        area, pointer = self.viewport().rect(), self._pointer
        x = (pointer.x() > area.right() - EDGE) - (pointer.x() < area.left() + EDGE)
        y = (pointer.y() > area.bottom() - EDGE) - (pointer.y() < area.top() + EDGE)
        return QPoint(x, y) * EDGE_PACE

    def _pan_at_edge(self) -> None:
        shift = self._edge_shift()
        if self.gesture is None or shift.isNull():
            self._edge.stop()
            return
        self.pan(shift)
        self.gesture.move(self.mapToScene(self._pointer), self._keys)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl and wheel zoom to the pointer; a wheel zooms too, a touchpad scrolls."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control or (pixels.isNull() and not event.modifiers()):
            self.set_zoom(self.zoom * WHEEL_STEP ** angle.y(), event.position().toPoint())
        else:
            shift = QPoint(angle.x() or angle.y(), 0) if pixels.isNull() else pixels
            self.pan(-shift)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Zoom by pinching, on touchpads and touch screens."""
        if isinstance(event, QNativeGestureEvent) and (
            event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.set_zoom(self.zoom * (1 + event.value()), event.position().toPoint())
            return True
        if event.type() is QEvent.Type.Gesture:
            pinch = cast(QGestureEvent, event).gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.set_zoom(
                    self.zoom * pinch.scaleFactor(),
                    self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()),
                )
                return True
        if event.type() is QEvent.Type.Leave:
            self._hover.leave()
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space pans, Escape gives up, the rest is the keyboard's."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif event.key() == Qt.Key.Key_Escape and self.cancel_gesture():
            self.overlay.clear()
        elif not self.keyboard.press(event):
            event.ignore()
        if self.far:
            self.redraw()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space let go."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.unsetCursor()
        else:
            super().keyReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Ask for a menu, unless links are being cut."""
        if self.gesture is None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            hit = hit_at(self.canvas, self.mapToScene(event.pos()), self.zoom)
            name = hit.node.look.name if hit.node else None
            self.intents.context_menu(event.globalPos(), name, hit.port)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        """Take files anywhere."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Hand the files on."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.intents.drop_files(QPointF(self.mapToScene(event.position().toPoint())), paths)
