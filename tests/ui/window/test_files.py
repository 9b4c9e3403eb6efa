"""Opening, saving and closing documents, by keys and clicks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from nodeflow.document.files import find_workflow, load_workflow
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(window: MainWindow, key: Qt.Key, keys: Qt.KeyboardModifier = CONTROL) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, keys)


def titles(window: MainWindow) -> list[str]:
    tabs = window.tab_row.tabs
    return [tabs.tabText(index) for index in range(tabs.count())]


def in_file_dialog(text: str) -> None:
    """When the next file dialog is open, type a name and press Enter."""

    def type_it() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert line is not None
        line.setText(text)
        QTest.keyClick(line, Qt.Key.Key_Return)

    QTimer.singleShot(50, type_it)


def in_question(button: QMessageBox.StandardButton, seen: list[str]) -> None:
    """When the next question is open, note what it says and click a button."""

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.text())
        QTest.mouseClick(box.button(button), Qt.MouseButton.LeftButton)

    QTimer.singleShot(50, answer)


def test_the_window_begins_with_a_start_page(window: MainWindow) -> None:
    assert window.pages.currentWidget() is window.pages.start
    assert not window.tab_row.isVisible()
    assert not any(window.docks.panel(name).isVisible() for name in ("outline", "inspector"))


def test_a_template_opens_by_a_click_on_its_card(window: MainWindow) -> None:
    card = next(card for card in window.pages.start.cards if card.accessibleName() == "Text to image")
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert window.editing is not None
    assert set(window.editing.document.workflow.nodes) == set(load_workflow("text_to_image").nodes)
    assert window.editing.document.path is None, "templates are not to be overwritten"
    assert window.pages.currentWidget() is window.editing.canvas


def test_new_and_close_by_keys(window: MainWindow) -> None:
    press(window, Qt.Key.Key_N)
    press(window, Qt.Key.Key_N)
    assert len(titles(window)) == 2
    press(window, Qt.Key.Key_W)
    press(window, Qt.Key.Key_W)
    assert titles(window) == []
    assert window.pages.currentWidget() is window.pages.start


def test_a_document_is_saved_under_a_name_that_is_typed(
    window: MainWindow, editing: Editing, tmp_path: Path
) -> None:
    in_file_dialog(str(tmp_path / "apple"))
    press(window, Qt.Key.Key_S)
    assert load_workflow(tmp_path / "apple.json") == editing.document.workflow
    assert titles(window) == ["apple"]
    assert window.desk.session.recent.paths() == [tmp_path / "apple.json"]


def test_saving_again_asks_nothing(window: MainWindow, tmp_path: Path) -> None:
    path = copy_of("text_to_image", tmp_path)
    window.documents.open([path])
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_M)
    assert window.isWindowModified()
    press(window, Qt.Key.Key_S)
    assert not window.isWindowModified()
    assert all(node.mode for node in load_workflow(path).nodes.values())


def copy_of(name: str, folder: Path) -> Path:
    path = folder / f"{name}.json"
    path.write_bytes(find_workflow(name).read_bytes())
    return path


def test_opening_shows_the_files_that_are_chosen(window: MainWindow, tmp_path: Path) -> None:
    path = copy_of("two_loras", tmp_path)
    in_file_dialog(str(path))
    press(window, Qt.Key.Key_O)
    assert titles(window) == ["two_loras"]
    assert window.editing is not None
    assert window.editing.document.path == path


def test_a_faulty_file_is_told_and_keeps_no_other_from_opening(window: MainWindow, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": 1, "nodes": 7}')
    good = copy_of("text_to_image", tmp_path)
    window.documents.open([bad, good, tmp_path / "gone.json"])
    assert titles(window) == ["text_to_image"]
    assert "gone.json" in window.notice.text
    assert window.notice.isVisible()
    assert "Traceback" not in window.notice.text


def test_a_save_that_fails_says_so_until_it_is_done(
    window: MainWindow, editing: Editing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fifo, gone = tmp_path / "pipe.json", tmp_path / "gone" / "mine.json"
    os.mkfifo(fifo)
    for path, fault in ((fifo, "not an ordinary file"), (gone, "cannot be written")):
        monkeypatch.setattr(window.asking, "file_to_save", lambda *_, path=path: path)
        press(window, Qt.Key.Key_S)
        assert fault in window.notice.text
        assert window.notice.isVisible()
        assert editing.document.path is None
    assert fifo.is_fifo()
    gone.parent.mkdir()
    press(window, Qt.Key.Key_S)
    assert gone.is_file()
    assert not window.notice.isVisible()


def test_every_faulty_file_is_named(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "<b>empty.json").write_bytes(b"")
    (tmp_path / "page.png").write_bytes(b"<html></html>")
    (tmp_path / "album.d").mkdir()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in sorted(tmp_path.glob("*.*"))])
    how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(400, 400), *how))
    QApplication.sendEvent(window, QDropEvent(QPointF(400, 400), *how))
    assert "“<b>empty.json”: the file is empty" in window.notice.text
    assert "“page.png” holds no workflow" in window.notice.text
    assert "“album.d” is a folder" in window.notice.text
    assert titles(window) == []


@pytest.mark.parametrize(
    ("button", "left", "saved"),
    [
        (QMessageBox.StandardButton.Save, 0, True),
        (QMessageBox.StandardButton.Discard, 0, False),
        (QMessageBox.StandardButton.Cancel, 1, False),
    ],
)
def test_closing_asks_about_unsaved_changes(
    window: MainWindow, tmp_path: Path, button: QMessageBox.StandardButton, left: int, saved: bool
) -> None:
    path, seen = copy_of("text_to_image", tmp_path), list[str]()
    window.documents.open([path])
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_M)
    in_question(button, seen)
    press(window, Qt.Key.Key_W)
    assert "text_to_image" in seen[0]
    assert len(titles(window)) == left
    assert any(node.mode for node in load_workflow(path).nodes.values()) is saved


def test_the_window_stays_open_if_the_question_is_given_up(window: MainWindow, editing: Editing) -> None:
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_M)
    in_question(QMessageBox.StandardButton.Cancel, [])
    press(window, Qt.Key.Key_Q)
    assert window.isVisible()
    assert window.editing is editing


def test_undo_and_redo_by_keys_say_what_they_do(window: MainWindow, editing: Editing) -> None:
    before = editing.document.workflow
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_M)
    assert window.board.actions["edit.undo"].text() == "Undo: Mute nodes"
    press(window, Qt.Key.Key_Z)
    assert editing.document.workflow == before
    assert window.board.actions["edit.redo"].text() == "Redo: Mute nodes"
    assert not window.board.actions["edit.undo"].isEnabled()
    press(window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert editing.document.workflow != before


def test_a_tab_shows_unsaved_changes_and_closes_by_the_middle_button(
    window: MainWindow, editing: Editing, qtbot: QtBot
) -> None:
    window.documents.new()
    tabs = window.tab_row.tabs
    tabs.setCurrentIndex(0)
    assert window.editing is editing
    QTest.mouseClick(tabs, Qt.MouseButton.MiddleButton, pos=tabs.place_of(1))
    assert titles(window) == ["text_to_image"]
    editing.select_all()
    editing.toggle_mute()
    assert getattr(tabs.tabButton(0, tabs.ButtonPosition.RightSide), "modified", None) is True


def test_tabs_are_put_in_another_order_by_dragging(window: MainWindow) -> None:
    for name in ("text_to_image", "two_loras"):
        window.documents.open_template(name)
    tabs = window.tab_row.tabs
    start, end = tabs.place_of(0), tabs.place_of(1) + QPoint(30, 0)
    QTest.mousePress(tabs, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 11):
        QTest.mouseMove(tabs, start + (end - start) * step / 10)
    QTest.mouseRelease(tabs, Qt.MouseButton.LeftButton, pos=end)
    assert [document.title for document in window.desk.session.documents] == ["two_loras", "text_to_image"]
    assert [e.document for e in window.documents.editings] == window.desk.session.documents


def test_the_next_tab_by_keys(window: MainWindow) -> None:
    for name in ("text_to_image", "two_loras"):
        window.documents.open_template(name)
    press(window, Qt.Key.Key_PageDown)
    assert window.editing is window.documents.editings[0]
    press(window, Qt.Key.Key_PageUp)
    assert window.editing is window.documents.editings[1]


def test_an_untouched_new_document_gives_way(window: MainWindow, tmp_path: Path) -> None:
    press(window, Qt.Key.Key_N)
    window.documents.open([copy_of("text_to_image", tmp_path)])
    assert titles(window) == ["text_to_image"]


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(window: MainWindow, tmp_path: Path) -> None:
    path = copy_of("text_to_image", tmp_path)
    window.documents.open([path])
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_M)
    theirs = find_workflow("two_loras").read_bytes()
    path.write_bytes(theirs)
    press(window, Qt.Key.Key_S)
    assert path.read_bytes() == theirs
    assert window.isWindowModified()
    assert "text_to_image" in window.notice.text
    (button,) = (b for b in window.notice.findChildren(QPushButton) if "Replace" in b.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.editing is not None
    assert load_workflow(path) == window.editing.document.workflow
    assert not window.isWindowModified()
    press(window, Qt.Key.Key_M)
    press(window, Qt.Key.Key_S)
    assert not window.isWindowModified(), "it is our own version now"


def test_a_file_that_was_only_touched_is_saved(window: MainWindow, tmp_path: Path) -> None:
    path = copy_of("text_to_image", tmp_path)
    window.documents.open([path])
    os.utime(path, (1, 1))
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_M)
    press(window, Qt.Key.Key_S)
    assert not window.isWindowModified()


def test_a_file_that_went_away_is_written_again(window: MainWindow, tmp_path: Path) -> None:
    path = copy_of("text_to_image", tmp_path)
    window.documents.open([path])
    path.unlink()
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_M)
    press(window, Qt.Key.Key_S)
    assert all(node.mode for node in load_workflow(path).nodes.values())


def test_saving_over_another_tab_is_refused(window: MainWindow, tmp_path: Path) -> None:
    path = copy_of("two_loras", tmp_path)
    before = path.read_bytes()
    window.documents.open([path])
    window.documents.open_template("text_to_image")
    in_file_dialog(str(path))
    QTimer.singleShot(300, agree_to_replace)
    press(window, Qt.Key.Key_S)
    assert path.read_bytes() == before
    assert "another tab" in window.notice.text
    assert [editing.document.path for editing in window.documents.editings] == [path, None]


def agree_to_replace() -> None:
    """The file dialog asks first whether the file may be replaced."""
    box = QApplication.activeModalWidget()
    if isinstance(box, QMessageBox):
        QTest.mouseClick(box.button(QMessageBox.StandardButton.Yes), Qt.MouseButton.LeftButton)
