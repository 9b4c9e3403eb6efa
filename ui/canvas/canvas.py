"""The canvas widget: the view with mouse, touchpad, keyboard and drops."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui.canvas import touch
from ui.canvas.actions import CanvasActions
from ui.canvas.begin import begin, click, double_click
from ui.canvas.gestures.gesture import Gesture
from ui.canvas.gestures.small import Cut, Pan
from ui.canvas.hit import Hit, hit_at, spot_of
from ui.canvas.hover import Hover
from ui.canvas.keyboard import Keyboard
from ui.canvas.scene import CanvasScene
from ui.canvas.view import CanvasView
from ui.canvas.wiring import Wiring

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
        self._button = Qt.MouseButton.NoButton
        self._dragging = False
        self._space = False
        self._keys = Qt.KeyboardModifier.NoModifier
        self._pointer = QPoint()
        self.wiring = Wiring(self)
        self.keyboard = Keyboard(self, self.wiring)
        self._hover = Hover(self)
        self._edge = QTimer(self, interval=16)
        self._edge.timeout.connect(self._pan_at_edge)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Find out what a drag from here would be."""
        if self.gesture is not None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.wiring.cancel()
        self.area_editor.commit()
        if not self.editor.commit():
            self.editor.cancel()
        pixel, keys = event.position().toPoint(), event.modifiers()
        point = self.mapToScene(pixel)
        self._pointer, self._keys, self._dragging = pixel, keys, False
        self._button = event.button()
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
        if not event.buttons():
            self.cancel_gesture()  # the button was let go where nobody told us
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
        if self.gesture.auto_pan and not self._edge.isActive() and not self._edge_shift().isNull():
            self._edge.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the gesture, or take it for a click."""
        if event.button() is not self._button:
            return  # another button went down meanwhile
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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Edit or open what was hit."""
        if event.button() == Qt.MouseButton.LeftButton:
            point = self.mapToScene(event.position().toPoint())
            double_click(self, hit_at(self.canvas, point, self.zoom), point)

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

    def begin_cut(self, point: QPointF) -> None:
        """Cut wires from here on, whatever else was under way."""
        self.cancel_gesture()
        self.gesture = Cut(self, point)

    def finish_gesture(self, point: QPointF) -> None:
        """End the gesture under way at a place."""
        gesture = self.gesture
        self._end()
        if gesture is not None:
            gesture.finish(point, self._keys)

    def interrupt(self) -> None:
        """The document changes: what is under way may be about things that are gone."""
        self.wiring.cancel()
        if self.gesture is not None and not self.gesture.edits:
            self.cancel_gesture()

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
        touchpad = event.device().type() is QInputDevice.DeviceType.TouchPad
        if touchpad and pixels.isNull():
            pixels = angle / 2  # some drivers tell no pixels
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control or (pixels.isNull() and not event.modifiers()):
            self.set_zoom(self.zoom * WHEEL_STEP ** angle.y(), event.position().toPoint())
        else:
            shift = QPoint(angle.x() or angle.y(), 0) if pixels.isNull() else pixels
            self.pan(-shift)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Fingers and pens first; the pointer may leave."""
        if touch.takes(self, event):
            return True
        if event.type() is QEvent.Type.Leave:
            self._hover.leave()
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that choose sockets are no shortcuts meanwhile, and none is while a button is held."""
        if event.type() is QEvent.Type.ShortcutOverride and (
            self.gesture is not None or self.wiring.takes(cast(QKeyEvent, event))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space pans, Escape gives up, the rest is the keyboard's."""
        if self.gesture is not None:
            if event.key() == Qt.Key.Key_Escape:
                self.cancel_gesture()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self.wiring.active:
            self.wiring.press(Qt.Key(event.key()))
        elif not self.keyboard.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space let go."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.unsetCursor()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Whoever has the keys now hears of Space being let go."""
        self._space = False
        if self.gesture is None:
            self.unsetCursor()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab opens the search for nodes; Shift+Tab leaves the canvas."""
        return False if forward else super().focusNextPrevChild(forward)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Ask for a menu, unless links are being cut."""
        if self.gesture is not None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.keyboard.menu()
            return
        position = self.mapToScene(event.pos())
        hit = hit_at(self.canvas, position, self.zoom)
        if hit.node is not None and hit.node.look.name not in self.canvas.selected:
            self.select({hit.node.look.name})
        elif hit.area is not None:
            self.canvas.select((), {hit.area.key})
        self.intents.context_menu(event.globalPos(), spot_of(hit, position))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take what is of use."""
        if self.intents.can_drop(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        """Take it anywhere; a link that it would go into stands out."""
        self._hover.move(self.mapToScene(event.position().toPoint()))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is dropped after all."""
        self._hover.leave()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Hand it on."""
        position = self.mapToScene(event.position().toPoint())
        hit = hit_at(self.canvas, position, self.zoom)
        self._hover.leave()
        event.acceptProposedAction()
        self.intents.drop(spot_of(hit, position), event.mimeData())
