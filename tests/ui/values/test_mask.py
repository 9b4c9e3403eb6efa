"""Masks: painting, erasing, undo, zoom, pens; what is kept; and the picture they are painted over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QImage,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nodeflow.document.model import Node, Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.document.values import GraphInput, Link
from nodeflow.node.spec import InputSpec
from tests.ui.values.conftest import Shown
from ui.desk import Desk
from ui.pictures.thumbnails import read_scaled
from ui.values import mask
from ui.values.background import background_of
from ui.values.mask_canvas import MaskCanvas
from ui.values.mask_dialog import MaskDialog
from ui.values.mask_paint import MaskPaint, Stroke
from ui.values.mask_view import TINTS, tint_for

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
Show = Callable[[InputSpec, object], Shown]
Spec = Callable[[str], InputSpec]


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk) -> Iterator[MaskDialog]:
    """A mask of 200 by 100 pixels, nothing painted, with a brush of 20 pixels."""
    owner = QWidget()
    dialog = MaskDialog(MaskPaint(QSize(200, 100)), QImage(), owner)
    dialog.open()
    dialog.resize(700, 500)
    dialog.canvas.set_size(20)
    dialog.canvas.set_hardness(1)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    dialog.canvas.setFocus()
    yield dialog
    dialog.close()
    owner.deleteLater()


def _stroke(canvas: MaskCanvas, *places: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
    """Drag over places of the picture."""
    pixels = [canvas.on_screen(QPointF(*place)) for place in places]
    QTest.mousePress(canvas, button, NONE, pixels[0].toPoint())
    for pixel in pixels[1:]:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            pixel,
            QPointF(canvas.mapToGlobal(pixel)),
            Qt.MouseButton.NoButton,
            button,
            NONE,
        )
        QApplication.sendEvent(canvas, event)
    QTest.mouseRelease(canvas, button, NONE, pixels[-1].toPoint())


def _at(canvas: MaskCanvas, x: int, y: int) -> int:
    return canvas.painting.image.pixelColor(x, y).red()


def _wheel(canvas: MaskCanvas, turn: int, keys: Qt.KeyboardModifier = NONE) -> None:
    place = QPointF(canvas.rect().center())
    everywhere = QPointF(canvas.mapToGlobal(place))
    event = QWheelEvent(
        place, everywhere, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_the_left_button_paints_and_the_right_one_erases(dialog: MaskDialog) -> None:
    canvas = dialog.canvas
    _stroke(canvas, (20, 50), (180, 50))
    assert (_at(canvas, 100, 50), _at(canvas, 100, 58), _at(canvas, 100, 75)) == (255, 255, 0)
    _stroke(canvas, (100, 30), (100, 70), button=RIGHT)
    assert (_at(canvas, 100, 50), _at(canvas, 60, 50)) == (0, 255)


def test_a_soft_brush_fades_and_does_not_grow_hard_where_it_crosses(dialog: MaskDialog) -> None:
    canvas = dialog.canvas
    canvas.set_hardness(0)
    _stroke(canvas, (20, 50), (180, 50))
    edge = _at(canvas, 100, 55)
    assert 60 < edge < 200
    _stroke(canvas, (180, 50), (20, 50))
    assert _at(canvas, 100, 55) == pytest.approx(edge, abs=12)


def test_keys_undo_redo_erase_fill_invert_and_clear(dialog: MaskDialog) -> None:
    canvas = dialog.canvas
    _stroke(canvas, (20, 50), (180, 50))
    QTest.keyClick(canvas, Qt.Key.Key_Z, CONTROL)
    assert canvas.painting.is_empty()
    QTest.keyClick(canvas, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert _at(canvas, 100, 50) == 255
    QTest.keyClick(canvas, Qt.Key.Key_X)
    assert dialog.erase.isChecked()
    _stroke(canvas, (20, 50), (180, 50))
    assert _at(canvas, 100, 50) == 0
    QTest.keyClick(canvas, Qt.Key.Key_F)
    assert _at(canvas, 0, 0) == 255
    QTest.keyClick(canvas, Qt.Key.Key_I)
    assert canvas.painting.is_empty()
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Z, CONTROL)
    assert _at(canvas, 100, 50) == 255
    assert dialog.redo.isEnabled()
    QTest.keyClick(canvas, Qt.Key.Key_C)
    assert canvas.painting.is_empty()
    assert not dialog.redo.isEnabled()


def test_buttons_do_the_same(dialog: MaskDialog) -> None:
    QTest.mouseClick(dialog.fill, LEFT)
    assert _at(dialog.canvas, 0, 0) == 255
    QTest.mouseClick(dialog.undo, LEFT)
    assert dialog.canvas.painting.is_empty()
    QTest.mouseClick(dialog.invert, LEFT)
    assert _at(dialog.canvas, 0, 0) == 255


def test_wheel_brackets_and_the_field_size_the_brush(dialog: MaskDialog) -> None:
    canvas = dialog.canvas
    _wheel(canvas, 120)
    assert canvas.brush.size == pytest.approx(22)
    QTest.keyClick(canvas, Qt.Key.Key_BracketLeft)
    assert canvas.brush.size == pytest.approx(20)
    QTest.mouseDClick(dialog.brush_size, LEFT)
    QTest.keyClicks(dialog.brush_size, "64/2")
    QTest.keyClick(dialog.brush_size, Qt.Key.Key_Return)
    assert canvas.brush.size == 32
    assert dialog.isVisible()


def test_ctrl_and_wheel_zoom_and_the_middle_button_pans(dialog: MaskDialog) -> None:
    canvas = dialog.canvas
    zoom, center = canvas.zoom, canvas.on_picture(QPointF(canvas.rect().center()))
    _wheel(canvas, 120, CONTROL)
    assert canvas.zoom == pytest.approx(1.25 * zoom)
    assert canvas.on_picture(QPointF(canvas.rect().center())).x() == pytest.approx(center.x(), abs=0.5)
    before = canvas.on_screen(QPointF(0, 0))
    _stroke(canvas, (50, 50), (60, 50), button=MIDDLE)
    assert canvas.on_screen(QPointF(0, 0)).x() == pytest.approx(before.x() + 10 * canvas.zoom, abs=2)
    assert canvas.painting.is_empty()
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.zoom == pytest.approx(zoom)


def test_space_moves_the_view_instead_of_painting(dialog: MaskDialog) -> None:
    canvas = dialog.canvas
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    _stroke(canvas, (50, 50), (90, 50))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.painting.is_empty()
    _stroke(canvas, (50, 50), (90, 50))
    assert not canvas.painting.is_empty()


def _pen(canvas: MaskCanvas, kind: QEvent.Type, place: tuple[int, int], pressure: float) -> None:
    pixel = canvas.on_screen(QPointF(*place))
    device = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Pressure, 1, 1, "", QPointingDeviceUniqueId(),
    )  # fmt: skip
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else LEFT
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else LEFT
    event = QTabletEvent(
        kind, device, pixel, QPointF(canvas.mapToGlobal(pixel)), pressure, 0, 0, 0, 0, 0, NONE, button, held
    )
    assert isinstance(event.point(0), QEventPoint)
    QApplication.sendEvent(canvas, event)


def test_a_pen_paints_as_wide_as_it_is_pressed(dialog: MaskDialog) -> None:
    canvas = dialog.canvas
    for x, pressure in ((40, 1.0), (140, 0.3)):
        _pen(canvas, QEvent.Type.TabletPress, (x, 50), pressure)
        _pen(canvas, QEvent.Type.TabletMove, (x + 10, 50), pressure)
        _pen(canvas, QEvent.Type.TabletRelease, (x + 10, 50), 0.0)
    assert (_at(canvas, 45, 58), _at(canvas, 145, 50), _at(canvas, 145, 58)) == (255, 255, 0)
    QTest.keyClick(canvas, Qt.Key.Key_Z, CONTROL)
    assert (_at(canvas, 145, 50), _at(canvas, 45, 50)) == (0, 255)


def test_the_tint_stands_out_from_the_picture() -> None:
    for tint in TINTS:
        picture = QImage(8, 8, QImage.Format.Format_RGB32)
        picture.fill(QColor(tint))
        assert tint_for(picture) != tint


def test_a_painted_mask_is_kept_by_its_content(
    show: Show, spec: Spec, desk: Desk, picture: Path, qtbot: QtBot
) -> None:
    shown = show(spec("LoadMask.file"), None)
    shown.editor.background = lambda: picture
    names = []
    for _ in range(2):
        QTest.mouseClick(shown.editor.paint, LEFT)
        canvas = shown.editor.dialog.canvas
        qtbot.waitUntil(canvas.isEnabled)
        assert canvas.painting.image.size() == QSize(64, 32)
        _stroke(canvas, (10, 10), (50, 20))
        QTest.mouseClick(shown.editor.dialog.use, LEFT)
        names.append(shown.editor.value)
    assert len(shown.told) == len(set(names))
    files = sorted((desk.folders.pictures / "masks").iterdir())
    assert {f"masks/{file.name}" for file in files} == set(names)
    kept = QImage(str(desk.folders.pictures / names[0]))
    assert kept.isGrayscale()
    assert kept.pixelColor(30, 15).red() == 255
    assert shown.editor.thumbnail.path is not None


def test_picture_and_mask_are_read_beside_the_window(
    show: Show, spec: Spec, picture: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, go_on = threading.Event(), threading.Event()

    def slowly(path: Path, side: int) -> QImage:
        read.set()
        assert go_on.wait(10)
        return read_scaled(path, side)

    monkeypatch.setattr(mask, "read_scaled", slowly)
    shown = show(spec("LoadMask.file"), None)
    shown.editor.background = lambda: picture
    QTest.mouseClick(shown.editor.paint, LEFT)
    dialog = shown.editor.dialog
    assert read.wait(10)
    _stroke(dialog.canvas, (10, 10), (50, 20))
    QTest.mouseClick(dialog.use, LEFT)
    assert dialog.isVisible()
    assert dialog.canvas.painting.is_empty()
    go_on.set()
    qtbot.waitUntil(dialog.canvas.isEnabled)
    assert dialog.canvas.painting.image.size() == QSize(64, 32)
    assert dialog.canvas.hasFocus()
    assert dialog.use.isDefault()
    _stroke(dialog.canvas, (10, 10), (50, 20))
    QTest.mouseClick(dialog.use, LEFT)
    assert len(shown.told) == 1


def test_a_window_that_is_closed_while_it_reads_is_not_missed(
    show: Show, spec: Spec, picture: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, done = threading.Event(), threading.Event()

    def slowly(path: Path, side: int) -> QImage:
        assert go_on.wait(10)
        done.set()
        return read_scaled(path, side)

    monkeypatch.setattr(mask, "read_scaled", slowly)
    shown = show(spec("LoadMask.file"), None)
    shown.editor.background = lambda: picture
    QTest.mouseClick(shown.editor.paint, LEFT)
    QTest.keyClick(shown.editor.dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown.editor.dialog is None)
    go_on.set()
    assert done.wait(10)
    qtbot.wait(50)
    assert shown.told == []


def test_leaving_the_window_changes_nothing(show: Show, spec: Spec, desk: Desk) -> None:
    shown = show(spec("LoadMask.file"), None)
    QTest.mouseClick(shown.editor.thumbnail, LEFT)
    assert shown.editor.dialog.canvas.painting.image.size() == QSize(1024, 1024)
    _stroke(shown.editor.dialog.canvas, (10, 10), (50, 20))
    QTest.keyClick(shown.editor.dialog, Qt.Key.Key_Escape)
    assert shown.told == []
    assert not (desk.folders.pictures / "masks").exists()


def test_a_mask_is_chosen_from_a_file(show: Show, spec: Spec, picture: Path) -> None:
    shown = show(spec("LoadMask.file"), None)
    QTest.mouseClick(shown.editor.browse, LEFT)
    shown.editor.file_dialog.fileSelected.emit(str(picture))
    shown.editor.file_dialog.reject()
    assert shown.told == [("red.png", False)]


def test_only_what_changed_is_kept_for_undo() -> None:
    painting = MaskPaint(QSize(400, 400))
    painting.begin()
    changed = painting.paint(QPointF(50, 50), Stroke(20, 1.0))
    painting.end()
    assert changed.width() < 40
    painting.undo()
    assert painting.is_empty()


def _workflow() -> Workflow:
    return Workflow(
        nodes={
            "load": Node(type="LoadImage", inputs={"file": "a.png"}),
            "far": Node(type="LoadImage", inputs={"file": "far.png"}),
            "encode": Node(type="VAEEncode", inputs={"image": Link("far", "image")}),
            "decode": Node(type="VAEDecode", inputs={"latent": Link("encode", "latent")}),
            "mask": Node(type="LoadMask", inputs={"image": Link("load", "image")}),
            "mask 2": Node(type="LoadMask", inputs={"image": Link("decode", "image")}),
            "mask 3": Node(type="LoadMask", inputs={}),
        }
    )


def test_the_picture_below_is_the_nearest_one_upstream(desk: Desk) -> None:
    found = [background_of(_workflow(), desk.specs, TOP, f"mask{n}", "image") for n in ("", " 2", " 3")]
    assert found == ["a.png", "far.png", None]


def test_the_picture_below_is_found_through_subgraphs(desk: Desk) -> None:
    inner = {
        "inputs": {"picture": {}, "name": {}},
        "outputs": {"picture": {"from": "load.image"}},
        "nodes": {
            "load": {"type": "LoadImage", "inputs": {"file": {"input": "name"}}},
            "mask": {"type": "LoadMask", "inputs": {"image": {"input": "picture"}}},
        },
    }
    workflow = Workflow.model_validate(
        {
            "subgraphs": {"inner": inner},
            "nodes": {
                "load": {"type": "LoadImage", "inputs": {"file": "outer.png"}},
                "group": {
                    "subgraph": "inner",
                    "type": "Subgraph",
                    "inputs": {"picture": {"from": "load.image"}, "name": "inside.png"},
                },
                "mask": {"type": "LoadMask", "inputs": {"image": {"from": "group.picture"}}},
            },
        }
    )
    assert isinstance(workflow.subgraphs["inner"].nodes["mask"].inputs["image"], GraphInput)
    assert background_of(workflow, desk.specs, Scope(("group",)), "mask", "image") == "outer.png"
    assert background_of(workflow, desk.specs, TOP, "mask", "image") == "inside.png"
