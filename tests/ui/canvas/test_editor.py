"""The one editor: appears over a field, commits, cancels, goes on to the next."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ui.canvas.actions import Port
from ui.canvas.canvas import Canvas
from ui.canvas.edit.chooser import Chooser
from ui.canvas.testing import Hand


def _open(canvas: Canvas, hand: Hand, node: str, name: str) -> QLineEdit:
    hand.double_click(hand.field(node, name))
    widget = canvas.editor.widget
    assert isinstance(widget, QLineEdit)
    return widget


def test_a_number_is_entered_as_an_expression(canvas: Canvas, hand: Hand) -> None:
    line = _open(canvas, hand, "latent", "width")
    assert line.text() == "128"
    assert line.geometry().contains(canvas.mapFromScene(hand.field("latent", "width")))
    QTest.keyClicks(line, "1024/2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert hand.called("edit_value") == [(Port("latent", "width"), 512, None)]
    assert canvas.editor.widget is None


def test_escape_and_no_change_edit_nothing(canvas: Canvas, hand: Hand) -> None:
    line = _open(canvas, hand, "latent", "width")
    QTest.keyClicks(line, "512")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    QTest.keyClick(_open(canvas, hand, "latent", "width"), Qt.Key.Key_Return)
    assert hand.called("edit_value") == []
    assert canvas.editor.widget is None


def test_a_wrong_value_stays_open_and_says_why(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    line = _open(canvas, hand, "latent", "width")
    QTest.keyClicks(line, "513")
    with qtbot.waitSignal(canvas.statusMessage) as told:
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert told.args[0].startswith("Width must go in steps of 8")
    assert canvas.editor.widget is line
    canvas.editor.cancel()


def test_tab_goes_on_to_the_next_field(canvas: Canvas, hand: Hand) -> None:
    line = _open(canvas, hand, "latent", "width")
    QTest.keyClicks(line, "256")
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert canvas.editor.port == Port("latent", "height")
    assert canvas.canvas.workflow.nodes["latent"].inputs["width"] == 256
    canvas.editor.cancel()


def test_a_click_elsewhere_commits(canvas: Canvas, hand: Hand) -> None:
    line = _open(canvas, hand, "latent", "width")
    QTest.keyClicks(line, "256")
    hand.click(hand.header("save"))
    assert canvas.editor.widget is None
    assert canvas.canvas.workflow.nodes["latent"].inputs["width"] == 256


def test_a_prompt_has_many_lines(canvas: Canvas, hand: Hand) -> None:
    hand.double_click(hand.field("prompt", "text"))
    prompt = canvas.editor.widget
    assert isinstance(prompt, QPlainTextEdit)
    QTest.keyClicks(prompt, "a pear")
    QTest.keyClick(prompt, Qt.Key.Key_Return)
    QTest.keyClicks(prompt, "on a table")
    QTest.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert canvas.canvas.workflow.nodes["prompt"].inputs["text"] == "a pear\non a table"


def test_a_choice_is_searched(canvas: Canvas, hand: Hand) -> None:
    hand.click(hand.field("sampler", "scheduler"))
    chooser = canvas.editor.widget
    assert isinstance(chooser, Chooser)
    assert chooser.list.currentItem().text() == "euler"
    QTest.keyClicks(chooser.search, "uni")
    QTest.keyClick(chooser.search, Qt.Key.Key_Return)
    assert canvas.canvas.workflow.nodes["sampler"].inputs["scheduler"] == "unipc"
    assert canvas.editor.widget is None


def test_the_editor_follows_the_view(canvas: Canvas, hand: Hand) -> None:
    line = _open(canvas, hand, "sampler", "steps")
    before = line.pos()
    canvas.pan(QPoint(30, 20))
    assert line.pos() == before - QPoint(30, 20)
    canvas.editor.cancel()
