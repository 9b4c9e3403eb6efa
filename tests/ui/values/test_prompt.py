"""Prompts: weights, colours, tokens and presets."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from nodeflow.node.spec import InputSpec
from nodeflow.prompts import Mark, Syntax
from tests.ui.values.conftest import Shown
from ui.desk import Desk
from ui.theme.contrast import DEFICIENCIES, difference
from ui.theme.theme import theme_for
from ui.values.presets import Presets, appended, wrapped
from ui.values.prompt_weights import shifted

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Show = Callable[[InputSpec, object], Shown]
Spec = Callable[[str], InputSpec]


@given(
    st.text('ab()[]:1.+-"\\|BREAK \n', max_size=40),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from(Syntax),
)
def test_any_text_can_be_weighed(text: str, one: int, two: int, syntax: Syntax) -> None:
    change = shifted(text, min(one, len(text)), min(two, len(text)), 0.05, syntax)
    assert change is None or 0 <= change.start <= change.end <= len(text)


def _prompt(show: Show, spec: Spec, text: str, position: int) -> tuple[Shown, Any]:
    shown = show(spec("TextEncode.text"), text)
    edit = shown.editor.text
    edit.setFocus()
    cursor = edit.textCursor()
    cursor.setPosition(position)
    edit.setTextCursor(cursor)
    return shown, edit


def test_ctrl_up_weighs_the_word_under_the_cursor(show: Show, spec: Spec) -> None:
    shown, edit = _prompt(show, spec, "a red cat", 3)
    QTest.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.toPlainText() == "a (red:1.05) cat"
    QTest.keyClick(edit, Qt.Key.Key_Up, CONTROL | SHIFT)
    assert edit.toPlainText() == "a (red:1.15) cat"
    QTest.keyClick(edit, Qt.Key.Key_Down, CONTROL | SHIFT)
    QTest.keyClick(edit, Qt.Key.Key_Down, CONTROL)
    assert edit.toPlainText() == "a red cat"
    finals = [value for value, going in shown.told if not going]
    assert finals == ["a (red:1.05) cat", "a (red:1.15) cat", "a (red:1.05) cat", "a red cat"]


def test_ctrl_down_weighs_a_selection_and_one_undo_takes_it_back(show: Show, spec: Spec) -> None:
    _, edit = _prompt(show, spec, "a red cat", 2)
    for _ in range(2):
        QTest.keySequence(edit, QKeySequence("Ctrl+Shift+Right"))
    QTest.keyClick(edit, Qt.Key.Key_Down, CONTROL)
    assert edit.toPlainText() == "a (red cat:0.95)"
    assert edit.textCursor().selectedText() == "(red cat:0.95)"
    QTest.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert edit.toPlainText() == "a red cat"


def test_round_brackets_without_a_weight_count_as_one_and_a_tenth(show: Show, spec: Spec) -> None:
    _, edit = _prompt(show, spec, "a (red cat)", 5)
    QTest.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    assert edit.toPlainText() == "a (red cat:1.15)"


@pytest.mark.parametrize(
    ("text", "step", "changed"),
    [("(cat:0.03)", -0.05, "(cat:0)"), ("(cat:-0.5)", 0.1, "(cat:-0.4)"), ("(cat:-0.5)", -0.1, "(cat:-0.6)")],
)
def test_weights_stop_at_0_but_those_written_below_stay(text: str, step: float, changed: str) -> None:
    change = shifted(text, 2, 2, step)
    assert change is not None
    assert change.text == changed


@pytest.mark.parametrize(
    ("text", "place", "changed"),
    [
        ("a red cat", (2, 2), "a (red)1.05 cat"),
        ("a (red)1.05 cat", (4, 4), "a (red)1.1 cat"),
        ("a (red)0.95 cat", (4, 4), "a red cat"),
        ("a red++ cat", (3, 3), "a (red)1.26 cat"),
        ('a "red cat"1.95.', (4, 4), "a (red cat)2.0."),
        ("a red cat", (2, 9), "a (red cat)1.05"),
        ("a ((red)1.2 cat)0.5", (5, 5), "a ((red)1.25 cat)0.5"),
    ],
)
def test_weights_stand_behind_in_compels_syntax(text: str, place: tuple[int, int], changed: str) -> None:
    found = shifted(text, *place, 0.05, Syntax.COMPEL)
    assert found is not None
    assert text[: found.start] + found.text + text[found.end :] == changed


def test_typing_tells_at_once_and_leaving_ends_the_step(show: Show, spec: Spec) -> None:
    shown, edit = _prompt(show, spec, "", 0)
    QTest.keyClicks(edit, "cat")
    assert shown.told == [("c", True), ("ca", True), ("cat", True)]
    edit.clearFocus()
    assert shown.told[3:] == [("cat", False)]
    shown.editor.set_value("cat")
    assert len(shown.told) == 4


def test_what_the_text_cannot_undo_is_left_to_the_document(show: Show, spec: Spec) -> None:
    _, edit = _prompt(show, spec, "cat", 0)
    undone: list[bool] = []
    action = QShortcut(QKeySequence.StandardKey.Undo, edit.window())
    action.activated.connect(lambda: undone.append(True))
    QTest.keyClicks(edit, "x")
    QTest.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert (edit.toPlainText(), undone) == ("cat", [])
    QTest.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert undone == [True]


def test_colours_reach_over_lines(show: Show, spec: Spec, qtbot: QtBot) -> None:
    _, edit = _prompt(show, spec, "a red\ncat", 2)
    QTest.keyClicks(edit, "(")
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    QTest.keyClicks(edit, ":1.3)")
    color = edit.highlighter._formats[Mark.STRONGER].foreground().color()
    for line in (0, 1):
        formats = edit.document().findBlockByNumber(line).layout().formats()
        assert color in [item.format.foreground().color() for item in formats]


def test_what_changes_during_a_run_is_coloured_and_counted_where_it_is_longest(
    show: Show, spec: Spec, qtbot: QtBot
) -> None:
    shown, edit = _prompt(show, spec, "", 0)
    QTest.keyClicks(edit, "a [red:dark blue:0.4] cat")
    color = edit.highlighter._formats[Mark.CHANGE].foreground().color()
    formats = edit.document().firstBlock().layout().formats()
    changes = [(item.start, item.length) for item in formats if item.format.foreground().color() == color]
    assert changes == [(2, 1), (6, 1), (16, 5)]
    qtbot.waitUntil(lambda: shown.editor.count.text() == "4 / 75 tokens")


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_what_marks_do_is_told_apart_by_colour(
    show: Show, spec: Spec, dark: bool, deficiency: str | None
) -> None:
    _, edit = _prompt(show, spec, "", 0)
    edit.highlighter.set_theme(theme_for(dark=dark))
    marks = (Mark.STRONGER, Mark.WEAKER, Mark.CHANGE, Mark.UNBALANCED)
    tones = [edit.highlighter._formats[mark].foreground().color().name() for mark in marks]
    assert all(difference(one, other, deficiency) > 10 for one, other in combinations(tones, 2))


def test_the_tokens_are_counted(show: Show, spec: Spec, qtbot: QtBot) -> None:
    shown, edit = _prompt(show, spec, "a (red:1.2) cat", 0)
    qtbot.waitUntil(lambda: shown.editor.count.text() == "3 / 75 tokens")
    edit.setPlainText("cat " * 80)
    assert shown.editor.count.text() == "80 / 150 tokens (2 \N{MULTIPLICATION SIGN} 75)"


def test_an_optional_prompt_can_be_empty_or_none(show: Show, spec: Spec) -> None:
    shown = show(spec("TextEncode.text_2"), None)
    QTest.keyClicks(shown.editor.text, "x")
    QTest.keyClick(shown.editor.text, Qt.Key.Key_Backspace)
    assert shown.editor.value == ""
    QTest.mouseClick(shown.editor.none, Qt.MouseButton.LeftButton)
    assert shown.editor.value is None


def _choose(menu: QMenu, *names: str) -> None:
    """Choose through submenus, by keys."""
    for number, name in enumerate(names):
        actions = [action for action in menu.actions() if not action.isSeparator()]
        action = next(item for item in actions if item.text() == name)
        menu.setActiveAction(action)
        if number + 1 < len(names):
            QTest.keyClick(menu, Qt.Key.Key_Right)
            menu = action.menu()  # type: ignore[assignment]
        else:
            QTest.keyClick(menu, Qt.Key.Key_Return)


def test_a_preset_is_appended_and_one_undo_takes_it_back(show: Show, spec: Spec) -> None:
    _, edit = _prompt(show, spec, "a cat", 0)
    editor = edit.parentWidget()
    QTest.mouseClick(editor.presets, Qt.MouseButton.LeftButton)
    _choose(editor.presets.presets_menu, "Golden hour", "Append")
    assert edit.toPlainText() == "a cat, golden hour, warm rim light, long shadows"
    QTest.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert edit.toPlainText() == "a cat"


def test_a_preset_is_put_around_the_prompt(show: Show, spec: Spec) -> None:
    _, edit = _prompt(show, spec, "a cat", 0)
    QTest.mouseClick(edit.parentWidget().presets, Qt.MouseButton.LeftButton)
    _choose(edit.parentWidget().presets.presets_menu, "Ink drawing", "Put around the prompt")
    assert edit.toPlainText().startswith("ink drawing of a cat, black and white")


def test_a_prompt_is_kept_as_a_preset_renamed_and_deleted(
    show: Show, spec: Spec, desk: Desk, qtbot: QtBot
) -> None:
    _, edit = _prompt(show, spec, "my (style:1.2) ✨", 0)
    button = edit.parentWidget().presets
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    _choose(button.presets_menu, "Save as preset…")
    line = button.dialog.findChild(QLineEdit)
    QTest.keyClicks(line, "Mine")
    QTest.keyClick(line, Qt.Key.Key_Return)
    file = desk.folders.config / "prompt_presets.json"
    kept = json.loads(file.read_text("utf-8"))
    assert kept["Mine"] == "my (style:1.2) ✨"
    assert "Golden hour" in kept
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    _choose(button.presets_menu, "Manage presets…")
    dialog = button.dialog
    dialog.list.setCurrentRow(dialog.list.count() - 1)
    QTest.mouseClick(dialog.rename, Qt.MouseButton.LeftButton)
    line = dialog.list.findChild(QLineEdit)
    QTest.keyClicks(line, "Ours")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: list(Presets(desk.folders).all())[-1] == "Ours")
    QTest.mouseClick(dialog.delete, Qt.MouseButton.LeftButton)
    assert "Ours" not in Presets(desk.folders).all()
    dialog.close()


def test_a_damaged_file_of_presets_is_put_aside(desk: Desk) -> None:
    desk.folders.config.mkdir()
    file = desk.folders.config / "prompt_presets.json"
    file.write_text("{not json")
    presets = Presets(desk.folders)
    assert "Golden hour" in presets.all()
    presets.keep("Mine", "x")
    assert presets.all()["Mine"] == "x"
    assert file.with_suffix(".unreadable").read_text() == "{not json"


def test_presets_read_well_without_a_prompt() -> None:
    assert wrapped("ink drawing of {prompt}, fine lines", "") == "fine lines"
    assert appended("a cat, ", "crisp") == "a cat, crisp"
    assert appended("", "crisp") == "crisp"
