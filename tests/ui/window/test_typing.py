"""Keys that mean nodes elsewhere mean nothing while a text is typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.bare_canvas.testing import Hand
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
KEYS = {
    "duplicate": (Qt.Key.Key_D, CONTROL),
    "mute": (Qt.Key.Key_M, CONTROL),
    "bypass": (Qt.Key.Key_B, CONTROL),
    "group": (Qt.Key.Key_G, CONTROL),
    "lay out": (Qt.Key.Key_L, CONTROL),
    "collapse": (Qt.Key.Key_E, CONTROL),
}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("field", [("sampler", "steps"), ("prompt", "text")])
def test_nodes_stay_as_they_are_while_a_text_is_typed(
    window: MainWindow, editing: Editing, qtbot: QtBot, field: tuple[str, str], name: str
) -> None:
    hand, before = Hand(editing.canvas), editing.document.workflow
    hand.double_click(hand.field(*field))
    qtbot.wait(5)
    typing = QApplication.focusWidget()
    assert typing is not None
    assert typing is not editing.canvas
    QTest.keyClick(typing, *KEYS[name])
    assert editing.document.workflow is before
    assert QApplication.focusWidget() is typing
    QTest.keyClick(typing, Qt.Key.Key_Escape)
    QTest.keyClick(editing.canvas, *KEYS[name])
    assert editing.document.workflow is not before
