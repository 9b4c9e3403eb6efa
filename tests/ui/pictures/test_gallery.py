"""The gallery, by mouse and keys."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDrag, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from nodeflow.document.values import Link
from tests.ui.pictures.conftest import names, press_menu, save_picture, workflow_text
from ui.pictures.gallery import Gallery
from ui.pictures.viewer import Viewer
from ui.window.main_window import MainWindow

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def place(gallery: Gallery, row: int) -> QPoint:
    """The middle of a picture."""
    assert gallery.model is not None
    return gallery.view.visualRect(gallery.model.index(row)).center()


def click(gallery: Gallery, row: int, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(gallery.view.viewport(), LEFT, keys, place(gallery, row))


def menu_on(gallery: Gallery, row: int) -> None:
    click(gallery, row)
    at = place(gallery, row)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, gallery.view.viewport().mapToGlobal(at))
    QApplication.sendEvent(gallery.view.viewport(), event)


def search(gallery: Gallery, qtbot: QtBot, text: str) -> None:
    gallery.search.clear()
    QTest.keyClicks(gallery.search, text)
    assert gallery.model is not None
    qtbot.wait(150)


def test_the_latest_comes_first(gallery: Gallery) -> None:
    assert names(gallery) == ["0", "1", "2", "3"]
    assert gallery.count.text() == "4"


def test_searching_by_prompt_and_value(gallery: Gallery, qtbot: QtBot) -> None:
    search(gallery, qtbot, "apple")
    assert names(gallery) == ["0", "2"]
    search(gallery, qtbot, "apple seed:3")
    assert names(gallery) == ["2"]
    assert gallery.count.text() == "1 of 4"
    QTest.keyClick(gallery.search, Key.Key_Return)
    assert [picture.path.stem for picture in gallery.chosen] == ["2"]
    assert gallery.view.hasFocus()
    search(gallery, qtbot, "seed:9")
    assert gallery.hint.text() == "No picture fits “seed:9”."
    search(gallery, qtbot, "")
    assert len(names(gallery)) == 4


def test_new_pictures_appear_by_themselves_and_the_selection_stays(
    gallery: Gallery, qtbot: QtBot, tmp_path: Path, pictures: list[Path]
) -> None:
    click(gallery, 1)
    assert gallery.model is not None
    QAbstractItemModelTester(gallery.model, QAbstractItemModelTester.FailureReportingMode.Fatal, gallery)
    save_picture(tmp_path / "output/2027/new.png", workflow_text("a plum", 5), age=-100)
    qtbot.waitUntil(lambda: names(gallery) == ["new", "0", "1", "2", "3"])
    assert [picture.path.stem for picture in gallery.chosen] == ["1"]
    save_picture(tmp_path / "output/2027/later.png", age=-200)
    pictures[0].unlink()
    qtbot.waitUntil(lambda: names(gallery) == ["later", "new", "1", "2", "3"])
    assert [picture.path.stem for picture in gallery.chosen] == ["1"]


def test_pictures_that_are_read_once_are_known_at_the_next_start(
    gallery: Gallery, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.pictures import library
    from ui.pictures.library import Library

    read: list[Path] = []
    monkeypatch.setattr(library, "read_facts", read.append)
    again = Library(window.desk.folders.output, window.desk.folders.cache)
    again.look()
    qtbot.waitUntil(lambda: not again.busy)
    assert read == []
    assert again.facts == window.pictures.library.facts
    again.end()


def test_thumbnails_appear_and_are_kept(gallery: Gallery, window: MainWindow, qtbot: QtBot) -> None:
    assert gallery.model is not None
    index = gallery.model.index(0)
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.DecorationRole) is not None)
    pixmap = index.data(Qt.ItemDataRole.DecorationRole)
    assert pixmap.toImage().pixelColor(5, 5).name() == "#ff0000"
    assert "#ff0000" in {
        gallery.view.viewport().grab().toImage().pixelColor(place(gallery, 0) - QPoint(0, 20)).name()
    }


def test_enter_opens_and_two_are_compared(gallery: Gallery, viewer: Callable[[], Viewer]) -> None:
    click(gallery, 1)
    QTest.keyClick(gallery.view, Key.Key_Return)
    assert viewer().picture == gallery.pictures[1]
    click(gallery, 0)
    click(gallery, 2, CONTROL)
    QTest.keyClick(gallery.view, Key.Key_Return)
    assert (viewer().picture, viewer().other) == (gallery.pictures[0], gallery.pictures[2])


def test_a_double_click_opens(gallery: Gallery, viewer: Callable[[], Viewer]) -> None:
    at = place(gallery, 3)
    QTest.mouseClick(gallery.view.viewport(), LEFT, NONE, at)
    QTest.mouseDClick(gallery.view.viewport(), LEFT, NONE, at)
    assert viewer().picture == gallery.pictures[3]


def test_copying_gives_the_file_and_the_picture(gallery: Gallery, qtbot: QtBot, pictures: list[Path]) -> None:
    click(gallery, 0)
    QTest.keyClick(gallery.view, Key.Key_C, CONTROL)
    data = QGuiApplication.clipboard().mimeData()
    assert [url.toLocalFile() for url in data.urls()] == [str(pictures[0])]
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().mimeData().hasImage())
    assert QGuiApplication.clipboard().image().pixelColor(0, 0).name() == "#ff0000"


def test_pixels_that_come_late_replace_nothing_newer(
    gallery: Gallery, qtbot: QtBot, window: MainWindow
) -> None:
    click(gallery, 0)
    QTest.keyClick(gallery.view, Key.Key_C, CONTROL)
    QGuiApplication.clipboard().setText("something else")
    qtbot.wait(100)
    assert QGuiApplication.clipboard().text() == "something else"


def test_moving_to_the_trash_asks_and_can_be_taken_back(
    gallery: Gallery, window: MainWindow, qtbot: QtBot, pictures: list[Path], tmp_path: Path
) -> None:
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    window.pictures.commands.move_to_trash = lambda path: Path(shutil.move(path, bin_ / path.name))
    click(gallery, 0)
    click(gallery, 1, CONTROL)
    QTest.keyClick(gallery.view, Key.Key_Delete)
    (box,) = gallery.findChildren(QMessageBox)
    assert "2 pictures" in box.text()
    QTest.keyClick(box, Key.Key_Escape)
    qtbot.waitUntil(lambda: not gallery.findChildren(QMessageBox))
    assert pictures[0].exists()

    QTest.keyClick(gallery.view, Key.Key_Delete)
    (box,) = gallery.findChildren(QMessageBox)
    QTest.keyClick(box, Key.Key_Return)
    qtbot.waitUntil(lambda: names(gallery) == ["2", "3"])
    assert not pictures[0].exists()
    (put_back,) = (b for b in window.notice._buttons if b.text() == "Put back")
    QTest.mouseClick(put_back, LEFT)
    qtbot.waitUntil(lambda: names(gallery) == ["0", "1", "2", "3"])


def test_a_picture_dragged_to_the_canvas_brings_its_workflow_back(
    gallery: Gallery, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[QMimeData] = []

    def carry(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:  # a real one waits for the pointer
        data, copy = drag.mimeData(), QMimeData()
        copy.setUrls(data.urls())
        carried.append(copy)
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", carry)
    port, start = gallery.view.viewport(), place(gallery, 1)
    QTest.mousePress(port, LEFT, NONE, start)
    for step in range(1, 4):
        QTest.mouseMove(port, start + QPoint(12 * step, -12 * step))
    QTest.mouseRelease(port, LEFT, NONE, start + QPoint(40, -40))
    assert carried

    assert window.editing is not None
    target = window.editing.canvas.viewport()
    there = target.rect().center()
    for event in (
        QDragEnterEvent(there, Qt.DropAction.CopyAction, carried[0], LEFT, NONE),
        QDropEvent(QPointF(there), Qt.DropAction.CopyAction, carried[0], LEFT, NONE),
    ):
        QApplication.sendEvent(target, event)
        assert event.isAccepted()
    assert len(window.documents.editings) == 2
    inputs = window.editing.document.workflow.nodes["prompt"].inputs
    assert inputs["text"] == "a green pear"
    assert window.editing.document.workflow.nodes["sampler"].inputs["seed"] == 2


def test_a_picture_is_sent_to_image_to_image(gallery: Gallery, window: MainWindow) -> None:
    menu_on(gallery, 1)
    press_menu("Send to", "Image to image")
    assert window.editing is not None
    nodes = window.editing.document.workflow.nodes
    assert nodes["sketch"].inputs["file"] == "2026/1.png"
    assert nodes["latent"].inputs == {
        "image": Link("sketch", "image"),
        "model": Link("checkpoint", "model"),
    }
    assert nodes["sampler"].inputs["latent"] == Link("latent", "latent")
    assert nodes["sampler"].inputs["denoise"] == 0.6
    assert nodes["sampler"].inputs["seed"] == 2
    assert nodes["prompt"].inputs["text"] == "a green pear"
    window.editing.faults.look()
    assert not window.editing.faults.here()


def test_a_picture_without_a_workflow_gets_the_template(gallery: Gallery, window: MainWindow) -> None:
    menu_on(gallery, 3)
    press_menu("Send to", "Image to image")
    assert window.editing is not None
    nodes = window.editing.document.workflow.nodes
    assert nodes["sketch"].inputs["file"] == "2026/3.png"
    assert nodes["sampler"].inputs["denoise"] == 0.8


def test_a_picture_becomes_the_input_of_a_node_that_is_there(gallery: Gallery, window: MainWindow) -> None:
    window.documents.open_template("image_to_image")
    assert window.editing is not None
    menu_on(gallery, 0)
    press_menu("Send to", "“sketch” in this document")
    assert window.editing.document.workflow.nodes["sketch"].inputs["file"] == "2026/0.png"
    window.editing.document.undo()
    assert window.editing.document.workflow.nodes["sketch"].inputs["file"] == "sketch.png"


def test_the_comparison_waits_for_a_second_picture(
    gallery: Gallery, window: MainWindow, viewer: Callable[[], Viewer]
) -> None:
    menu_on(gallery, 0)
    press_menu("Send to", "Comparison")
    assert viewer().other is None
    menu_on(gallery, 2)
    press_menu("Send to", "Comparison")
    assert (viewer().picture, viewer().other) == (gallery.pictures[0], gallery.pictures[2])
