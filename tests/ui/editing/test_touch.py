"""Touch screens, touchpads and pens."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QInputDevice,
    QNativeGestureEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.bare_canvas.testing import Hand
from ui.canvas.link_item import LinkKey
from ui.editing.editing import Editing
from ui.editing.testing import differences

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
TOUCHPAD = QInputDevice.DeviceType.TouchPad
made_up = pytest.mark.qt_log_ignore("could not find the target for gesture")
"""Touches of QTest's have no place on the screen when the gesture manager first asks for it."""


@pytest.fixture(scope="module")
def screen() -> QPointingDevice:
    """A touch screen; Qt keeps it."""
    return QTest.createTouchDevice()


def fingers(editing: Editing, screen: QPointingDevice, qtbot: QtBot, *ways: tuple[QPoint, QPoint]) -> None:
    """Put two fingers down and move each along its way."""
    viewport = editing.canvas.viewport()
    touch = QTest.touchEvent(viewport, screen)
    touch.press(0, ways[0][0], viewport).commit()
    QTest.touchEvent(viewport, screen).stationary(0).press(1, ways[1][0], viewport).commit()
    for step in range(1, 11):
        moved = QTest.touchEvent(viewport, screen)
        for index, (start, end) in enumerate(ways):
            moved.move(index, start + (end - start) * step / 10, viewport)
        moved.commit()
        qtbot.wait(1)
    QTest.touchEvent(viewport, screen).release(0, ways[0][1], viewport).release(
        1, ways[1][1], viewport
    ).commit()


@made_up
def test_two_fingers_pan(editing: Editing, screen: QPointingDevice, qtbot: QtBot) -> None:
    before, zoom = editing.canvas.visible_rect().center(), editing.canvas.zoom
    one, two, way = QPoint(200, 200), QPoint(350, 200), QPoint(200, 100)
    fingers(editing, screen, qtbot, (one, one + way), (two, two + way))
    moved = (before - editing.canvas.visible_rect().center()) * editing.canvas.zoom
    assert editing.canvas.zoom == pytest.approx(zoom, rel=0.05)
    assert moved.x() > 120
    assert moved.y() > 50
    assert not editing.document.can_undo


@made_up
def test_two_fingers_that_part_zoom(editing: Editing, screen: QPointingDevice, qtbot: QtBot) -> None:
    zoom = editing.canvas.zoom
    editing.canvas.look_at(Hand(editing.canvas).header("sampler") + QPointF(450, 200), zoom)
    header = editing.canvas.mapFromScene(Hand(editing.canvas).header("sampler"))
    fingers(
        editing,
        screen,
        qtbot,
        (header, header - QPoint(150, 0)),
        (header + QPoint(80, 0), header + QPoint(230, 0)),
    )
    assert editing.canvas.zoom > 1.5 * zoom
    assert editing.canvas.gesture is None
    assert not editing.document.can_undo, "the first finger dragged no node away"
    assert differences(editing) == []


def pen(editing: Editing, kind: QEvent.Type, place: QPointF) -> QTabletEvent:
    viewport = editing.canvas.viewport()
    pixel = QPointF(editing.canvas.mapFromScene(place))
    device = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Eraser,
        QInputDevice.Capability.Pressure, 1, 1, "", QPointingDeviceUniqueId(),
    )  # fmt: skip
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.TabletMove else left
    held = none if kind == QEvent.Type.TabletRelease else left
    there = QPointF(viewport.mapToGlobal(pixel))
    event = QTabletEvent(kind, device, pixel, there, 0.5, 0, 0, 0, 0, 0, NONE, button, held)
    QApplication.sendEvent(viewport, event)
    return event


def test_the_eraser_of_a_pen_cuts_wires(editing: Editing) -> None:
    link = editing.scene.links[LinkKey("save", "image", 0)]
    middle = (link.start + link.end) / 2
    above, below = middle - QPointF(0, 60), middle + QPointF(0, 60)
    assert pen(editing, QEvent.Type.TabletPress, above).isAccepted()
    pen(editing, QEvent.Type.TabletMove, below)
    pen(editing, QEvent.Type.TabletRelease, below)
    assert "image" not in editing.document.workflow.nodes["save"].inputs
    assert editing.canvas.gesture is None
    editing.undo()
    assert "image" in editing.document.workflow.nodes["save"].inputs


@pytest.fixture(scope="module")
def touchpad() -> QPointingDevice:
    """A touchpad."""
    return QPointingDevice(
        "pad", 2, TOUCHPAD, QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Scroll, 2, 0, "", QPointingDeviceUniqueId(),
    )  # fmt: skip


def gesture(
    editing: Editing,
    touchpad: QPointingDevice,
    kind: Qt.NativeGestureType,
    place: QPointF,
    *,
    value: float = 0.0,
    way: QPointF | None = None,
) -> None:
    """What macOS and Wayland make of two fingers on a touchpad."""
    viewport = editing.canvas.viewport()
    there = QPointF(viewport.mapToGlobal(place))
    event = QNativeGestureEvent(kind, touchpad, 2, place, place, there, value, way or QPointF())
    QApplication.sendEvent(viewport, event)


def test_pinching_a_touchpad_zooms_around_the_pointer(editing: Editing, touchpad: QPointingDevice) -> None:
    place, zoom = QPointF(300, 200), editing.canvas.zoom
    under = editing.canvas.mapToScene(place.toPoint())
    for _ in range(4):
        gesture(editing, touchpad, Qt.NativeGestureType.ZoomNativeGesture, place, value=0.1)
    assert editing.canvas.zoom == pytest.approx(zoom * 1.1**4)
    moved = editing.canvas.mapFromScene(under) - place.toPoint()
    assert moved.manhattanLength() < 6
    assert not editing.document.can_undo


def test_a_double_tap_fits_the_selection_and_two_fingers_pan(
    editing: Editing, hand: Hand, touchpad: QPointingDevice
) -> None:
    hand.click(hand.header("save"))
    gesture(editing, touchpad, Qt.NativeGestureType.SmartZoomNativeGesture, QPointF(9, 9))
    away = editing.canvas.visible_rect().center() - editing.scene.nodes["save"].body.center()
    assert away.manhattanLength() < 4
    before = editing.canvas.mapToScene(QPoint(100, 100))
    gesture(editing, touchpad, Qt.NativeGestureType.PanNativeGesture, QPointF(9, 9), way=QPointF(40, 30))
    assert editing.canvas.mapFromScene(before) == QPoint(140, 130)


def test_two_fingers_on_a_touchpad_pan_also_where_pixels_are_not_told(
    editing: Editing, touchpad: QPointingDevice
) -> None:
    viewport = editing.canvas.viewport()
    place = QPointF(viewport.rect().center())
    before, zoom = editing.canvas.visible_rect().center(), editing.canvas.zoom
    event = QWheelEvent(
        place,
        QPointF(viewport.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
        Qt.MouseEventSource.MouseEventNotSynthesized,
        touchpad,
    )
    QApplication.sendEvent(viewport, event)
    assert editing.canvas.zoom == zoom
    assert editing.canvas.visible_rect().center().y() < before.y()


def test_a_lasso_with_ctrl_where_the_desktop_keeps_alt(editing: Editing, hand: Hand) -> None:
    body = editing.scene.nodes["save"].body.adjusted(-30, -30, 30, 30)
    corners = [body.topLeft(), body.topRight(), body.bottomRight(), body.bottomLeft(), body.topLeft()]
    hand.drag(*corners, keys=CTRL)
    assert editing.selection == {"save"}
    assert not editing.document.can_undo
