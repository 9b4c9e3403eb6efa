"""Fingers on a touchpad or a screen, and the other end of a pen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture

if TYPE_CHECKING:
    from ui.canvas.canvas import Canvas


def takes(canvas: Canvas, event: QEvent) -> bool:
    """Handle an event of the viewport; False if it is nothing of ours."""
    if isinstance(event, QNativeGestureEvent):
        return _touchpad(canvas, event)
    if isinstance(event, QTabletEvent):
        return _eraser(canvas, event)
    if event.type() is QEvent.Type.Gesture:
        pinch = cast(QGestureEvent, event).gesture(Qt.GestureType.PinchGesture)
        if isinstance(pinch, QPinchGesture):
            _pinch(canvas, pinch)
            return True
    return False


def _touchpad(canvas: Canvas, event: QNativeGestureEvent) -> bool:
    """Two fingers on a touchpad: pinching zooms, a double tap fits the selection."""
    kind = event.gestureType()
    if kind is Qt.NativeGestureType.ZoomNativeGesture:
        canvas.set_zoom(canvas.zoom * (1 + event.value()), event.position().toPoint())
    elif kind is Qt.NativeGestureType.SmartZoomNativeGesture:
        canvas.fit_selection()
    elif kind is Qt.NativeGestureType.PanNativeGesture:
        canvas.pan(-event.delta().toPoint())
    else:
        return False
    return True


def _pinch(canvas: Canvas, pinch: QPinchGesture) -> None:
    """Two fingers on a screen: what is between them stays between them."""
    canvas.cancel_gesture()  # the first finger has pressed something
    center = canvas.viewport().mapFromGlobal(pinch.centerPoint().toPoint())
    before = canvas.viewport().mapFromGlobal(pinch.lastCenterPoint().toPoint())
    if pinch.state() is Qt.GestureState.GestureUpdated:
        canvas.pan(before - center)
    canvas.set_zoom(canvas.zoom * pinch.scaleFactor(), center)


def _eraser(canvas: Canvas, event: QTabletEvent) -> bool:
    """Cut the wires that the eraser crosses; the other end of the pen is a mouse."""
    if event.pointerType() is not QPointingDevice.PointerType.Eraser:
        return False
    point = canvas.mapToScene(event.position().toPoint())
    if event.type() is QEvent.Type.TabletPress:
        canvas.begin_cut(point)
    elif event.type() is QEvent.Type.TabletRelease:
        canvas.finish_gesture(point)
    elif canvas.gesture is not None:
        canvas.gesture.move(point, event.modifiers())
    event.accept()
    return True
