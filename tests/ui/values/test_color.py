"""Colours, by code and in a dialog."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from nodeflow.node.spec import InputSpec
from tests.ui.values.conftest import Shown

Show = Callable[[InputSpec, object], Shown]
Spec = Callable[[str], InputSpec]


@pytest.fixture
def shown(show: Show, spec: Spec) -> Shown:
    return show(spec("SolidColor.color"), "#20a0ff")


def test_the_swatch_shows_the_colour(shown: Shown) -> None:
    swatch = shown.editor.swatch
    assert swatch.grab().toImage().pixelColor(20, 12) == QColor("#20a0ff")


@pytest.mark.parametrize(
    ("typed", "color"), [("#FF8000", "#ff8000"), ("0f0", "#00ff00"), ("abcdef", "#abcdef")]
)
def test_a_code_is_typed_with_or_without_its_sign(shown: Shown, typed: str, color: str) -> None:
    line = shown.editor.line
    line.selectAll()
    QTest.keyClicks(line, typed)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert shown.told == [(color, False)]
    assert line.text() == color


def test_what_is_no_colour_is_refused(shown: Shown) -> None:
    line = shown.editor.line
    line.selectAll()
    QTest.keyClicks(line, "blue")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert shown.told == []
    assert shown.editor._wrong.text() == "Is no colour, such as #20a0ff"
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "#20a0ff"


def test_the_dialog_shows_live_and_takes_back(shown: Shown) -> None:
    QTest.mouseClick(shown.editor.swatch, Qt.MouseButton.LeftButton)
    dialog = shown.editor.dialog
    dialog.setCurrentColor(QColor("#102030"))
    assert shown.told == [("#102030", True)]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert shown.told[-1] == ("#20a0ff", False)


def test_the_dialog_keeps_what_is_chosen(shown: Shown) -> None:
    QTest.mouseClick(shown.editor.swatch, Qt.MouseButton.LeftButton)
    shown.editor.dialog.setCurrentColor(QColor("#102030"))
    QTest.keyClick(shown.editor.dialog, Qt.Key.Key_Return)
    assert shown.told[-1] == ("#102030", False)
