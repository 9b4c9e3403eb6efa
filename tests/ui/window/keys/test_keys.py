"""Keys that the user chose: kept, without conflicts, shown everywhere, and brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from shiboken6 import isValid

from ui.actions.keys import Keys
from ui.editing.editing import Editing
from ui.keys.dialog import KeysDialog
from ui.window.main_window import MainWindow

CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


def settings(folder: Path) -> QSettings:
    return QSettings(str(folder / "editor.ini"), QSettings.Format.IniFormat)


def test_what_is_chosen_is_kept_readably(tmp_path: Path) -> None:
    store = settings(tmp_path)
    keys = Keys(store)
    keys.choose("edit.undo", ["Alt+Backspace", "Ctrl+;"])
    keys.choose("file.quit", [])
    store.sync()
    text = (tmp_path / "editor.ini").read_text()
    assert "[keys]" in text
    assert 'edit.undo="Alt+Backspace; Ctrl+;"' in text
    again = Keys(settings(tmp_path))
    assert again.of("edit.undo") == ("Alt+Backspace", "Ctrl+;")
    assert again.of("file.quit") == ()
    assert again.differ("edit.undo")
    assert not again.differ("edit.redo")


def test_a_key_belongs_to_one_action(tmp_path: Path) -> None:
    keys = Keys(settings(tmp_path))
    keys.choose("edit.redo", ["Ctrl+Z"])
    assert keys.of("edit.undo") == ()
    assert [action.id for action in keys.owners("Ctrl+Z")] == ["edit.redo"]
    keys.reset("edit.undo")
    assert keys.of("edit.undo") == ("Ctrl+Z",)
    assert keys.of("edit.redo") == ()
    keys.reset_all()
    assert keys.of("edit.redo") == ("Ctrl+Shift+Z", "Ctrl+Y")


def test_what_is_usual_gives_way_to_what_was_chosen(tmp_path: Path) -> None:
    store = settings(tmp_path)
    store.setValue("keys/edit.copy", "Ctrl+Z")
    keys = Keys(store)
    assert keys.of("edit.copy") == ("Ctrl+Z",)
    assert keys.of("edit.undo") == ()


@pytest.mark.parametrize("text", ["Ctrl+Nonsense", "", "Ctrl+A; ; x+y+z"])
def test_a_damaged_line_leaves_the_usual_keys_or_none(tmp_path: Path, text: str) -> None:
    store = settings(tmp_path)
    store.setValue("keys/edit.copy", text)
    assert Keys(store).of("edit.copy") == (("Ctrl+C",) if text else ())


@pytest.fixture
def dialog(window: MainWindow, editing: Editing) -> Iterator[KeysDialog]:
    """The list of keys, opened by its own key."""
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Slash, CONTROL)
    (dialog,) = window.findChildren(KeysDialog)
    yield dialog
    if isValid(dialog):
        dialog.close()


def leave(dialog: KeysDialog, window: MainWindow) -> None:
    """Close the list, so that keys are for the window again."""
    dialog.close()
    window.activateWindow()
    QTest.qWait(1)


@pytest.fixture
def give(dialog: KeysDialog) -> Callable[..., None]:
    """Searches for a command and records a key for it."""

    def record(command: str, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        dialog.line.clear()
        QTest.keyClicks(dialog.line, command)
        QTest.mouseClick(dialog.recorder, LEFT)
        QTest.keyClick(dialog.recorder, key, modifiers)

    return record


def shown(dialog: KeysDialog) -> list[str]:
    return [name.text() for row, (name, *_) in enumerate(dialog._rows) if not dialog.table.isRowHidden(row)]


def test_commands_are_found_by_name_menu_and_key(dialog: KeysDialog) -> None:
    for text, found in (("undo", "Undo"), ("arrange snap", "Snap to the grid"), ("ctrl+shift+k", "Minimap")):
        dialog.line.clear()
        QTest.keyClicks(dialog.line, text)
        assert shown(dialog) == [found]


def test_a_recorded_key_works_at_once_and_is_shown_everywhere(
    window: MainWindow, editing: Editing, dialog: KeysDialog, give: Callable[..., None]
) -> None:
    give("select all", Qt.Key.Key_Y, CONTROL | ALT)
    action = window.board.actions["edit.select_all"]
    assert [key.toString() for key in action.shortcuts()] == ["Ctrl+A", "Ctrl+Alt+Y"]
    leave(dialog, window)
    editing.canvas.select(frozenset())
    QTest.keyClick(editing.canvas, Qt.Key.Key_Y, CONTROL | ALT)
    assert editing.selection == set(editing.document.workflow.nodes)
    assert ("Select all", "Ctrl+A, Ctrl+Alt+Y") in window.board.keys_of_all()


def test_tool_tips_and_the_palette_show_the_new_key(
    window: MainWindow, dialog: KeysDialog, give: Callable[..., None]
) -> None:
    (chip,) = _chips(dialog, "undo")
    QTest.mouseClick(chip, LEFT)
    give("undo", Qt.Key.Key_F7)
    assert window.board.actions["edit.undo"].toolTip() == "Undo  F7"
    give("cancel", Qt.Key.Key_F8)
    dialog.close()
    window.open_commands()
    palette = window.popups.commands
    QTest.keyClicks(palette.line, "undo")
    assert next(row.detail for row in palette.model.rows if row.title == "Undo") == "F7"
    palette.close()


def _chips(dialog: KeysDialog, command: str) -> list[QPushButton]:
    dialog.line.clear()
    QTest.keyClicks(dialog.line, command)
    QTest.qWait(1)
    return [b for b in dialog.findChildren(QPushButton) if "Remove" in b.toolTip() and b.isVisible()]


def test_a_conflict_is_told_and_resolved(
    window: MainWindow, dialog: KeysDialog, give: Callable[..., None]
) -> None:
    give("select all", Qt.Key.Key_D, CONTROL)
    assert dialog._message.text() == "Ctrl+D is for “Duplicate” now."
    QTest.mouseClick(dialog.leave, LEFT)
    assert window.board.keys.of("edit.select_all") == ("Ctrl+A",)
    give("select all", Qt.Key.Key_D, CONTROL)
    QTest.mouseClick(dialog.use, LEFT)
    assert window.board.keys.of("edit.select_all") == ("Ctrl+A", "Ctrl+D")
    assert window.board.actions["edit.duplicate"].shortcuts() == []
    QTest.mouseClick(dialog.reset_all, LEFT)
    assert window.board.keys.of("edit.duplicate") == ("Ctrl+D",)
    assert not dialog.reset_all.isEnabled()


def test_one_command_gets_its_usual_keys_back(dialog: KeysDialog, give: Callable[..., None]) -> None:
    give("select all", Qt.Key.Key_Y, CONTROL | ALT)
    QTest.mouseClick(dialog.reset, LEFT)
    assert dialog._keys.of("edit.select_all") == ("Ctrl+A",)


@pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_5])
def test_keys_of_the_canvas_are_refused(dialog: KeysDialog, give: Callable[..., None], key: Qt.Key) -> None:
    give("select all", key)
    assert "cannot be changed" in dialog._message.text()
    assert dialog._keys.of("edit.select_all") == ("Ctrl+A",)


def test_escape_gives_up_recording(dialog: KeysDialog, give: Callable[..., None]) -> None:
    give("select all", Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert not dialog.recorder.isChecked()


def test_a_key_taken_from_fitting_does_nothing_on_the_canvas(
    window: MainWindow, editing: Editing, dialog: KeysDialog
) -> None:
    while chips := _chips(dialog, "fit all"):
        QTest.mouseClick(chips[0], LEFT)
    assert window.board.keys.of("view.fit_all") == ()
    leave(dialog, window)
    editing.canvas.set_zoom(0.5)
    QTest.keyClick(editing.canvas, Qt.Key.Key_A)
    assert editing.canvas.zoom == 0.5
