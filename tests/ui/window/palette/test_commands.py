"""The command palette: every action by typing, and what the list of actions promises."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.actions.catalogue import ACTIONS, MENUS, TOOLBAR
from ui.editing.editing import Editing
from ui.palette.commands import CommandPalette
from ui.window.main_window import MainWindow

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def open_commands(window: MainWindow) -> CommandPalette:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_P, CONTROL | SHIFT)
    assert window.popups.commands.isVisible()
    return window.popups.commands


def titles(palette: CommandPalette) -> list[str]:
    return [row.title for row in palette.model.rows]


def test_a_command_is_found_by_its_name(window: MainWindow, editing: Editing) -> None:
    editing.scene.select({"sampler"})
    palette = open_commands(window)
    QTest.keyClicks(palette.line, "mute")
    assert titles(palette)[0] == "Mute"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert editing.document.workflow.nodes["sampler"].mode == "mute"


def test_a_command_is_found_by_other_words_and_by_misspelt_ones(window: MainWindow, editing: Editing) -> None:
    palette = open_commands(window)
    QTest.keyClicks(palette.line, "tidy")
    assert titles(palette)[0] == "Lay out automatically"
    palette.line.clear()
    QTest.keyClicks(palette.line, "minimpa")
    assert titles(palette)[0] == "Minimap"


def test_what_makes_no_sense_comes_last_and_cannot_be_chosen(window: MainWindow, editing: Editing) -> None:
    editing.scene.select({})
    palette = open_commands(window)
    QTest.keyClicks(palette.line, "align left")
    assert not palette.model.rows[0].enabled
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_what_is_called_just_so_comes_first_even_if_it_makes_no_sense_now(
    window: MainWindow, editing: Editing
) -> None:
    editing.scene.select({})
    palette = open_commands(window)
    QTest.keyClicks(palette.line, "copy")
    assert titles(palette)[0] == "Copy"
    assert not palette.model.rows[0].enabled


def test_templates_are_commands_too(window: MainWindow) -> None:
    palette = open_commands(window)
    QTest.keyClicks(palette.line, "two loras")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.editing is not None
    assert window.editing.document.title == "two_loras"


def test_no_two_actions_share_a_name_or_a_key() -> None:
    assert [name for name, count in Counter(a.id for a in ACTIONS).items() if count > 1] == []
    keys = Counter(QKeySequence(key).toString() for action in ACTIONS for key in action.shortcut)
    assert [key for key, count in keys.items() if count > 1] == []
    assert "" not in keys, "a key that Qt does not know"


def test_the_guide_lists_every_key() -> None:
    guide = (Path(__file__).parents[4] / "docs" / "editor.md").read_text("utf-8")
    for action in ACTIONS:
        if action.shortcut:
            keys = ", ".join(re.sub(r"\bDel$", "Delete", key) for key in action.shortcut)
            assert f"| {action.text.rstrip('…')} | {keys} |" in guide


def test_every_action_is_in_a_menu_that_there_is() -> None:
    menus = {menu.id for menu in MENUS}
    assert {action.menu for action in ACTIONS} - menus == {""}
    assert {menu.id.rpartition(".")[0] for menu in MENUS} - menus == {""}
    known = {action.id for action in ACTIONS}
    assert {name for group in TOOLBAR for name in group} <= known
    assert {menu.after for menu in MENUS} - {""} <= known


def test_every_action_survives_being_asked_for_without_a_document(window: MainWindow) -> None:
    asking = {"file.open", "file.quit", "view.full_screen"}  # these wait for an answer, or end the test
    offered = [action for action in ACTIONS if action.enabled(window.board._context)]
    for action in offered:
        if action.id not in asking:
            window.board.run(action)
            while (popup := QApplication.activePopupWidget()) is not None:
                popup.close()
