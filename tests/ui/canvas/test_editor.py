"""The one editor: appears over a field, commits, cancels, goes on to the next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ui.bare_canvas.testing import Hand
from ui.canvas.actions import Port
from ui.canvas.canvas import Canvas
from ui.values.chooser import Chooser
from ui.values.curve import CurveEditor
from ui.values.number import NumberEditor
from ui.values.pick import PickEditor
from ui.values.prompt import PromptEditor


def _open(canvas: Canvas, hand: Hand, node: str, name: str) -> QLineEdit:
    hand.double_click(hand.field(node, name))
    return _line(canvas)


def _line(canvas: Canvas) -> QLineEdit:
    widget = canvas.editor.widget
    assert isinstance(widget, NumberEditor)
    return widget.field


def test_a_number_is_entered_as_an_expression(canvas: Canvas, hand: Hand) -> None:
    line = _open(canvas, hand, "latent", "width")
    assert line.text() == "128"
    place = line.mapFrom(canvas.viewport(), canvas.mapFromScene(hand.field("latent", "width")))
    assert line.rect().contains(place)
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
    assert _line(canvas) is line
    assert line.text() == "513"
    canvas.editor.cancel()


def test_what_is_wrong_is_said_beside_the_field_until_one_types_or_leaves(canvas: Canvas, hand: Hand) -> None:
    line = _open(canvas, hand, "sampler", "steps")
    for _ in range(2):
        QTest.keyClicks(line, "99999")
        QTest.keyClick(line, Qt.Key.Key_Return)
        bubble = canvas.overlay.bubble
        assert bubble is not None
        assert bubble[1].startswith("Steps ")
        widget = canvas.editor.widget
        assert widget is not None
        said = canvas.mapFromScene(canvas.overlay.bubble_box(canvas.zoom).center())
        assert 0 < said.y() - widget.geometry().bottom() < 60
        QTest.keyClick(line, Qt.Key.Key_Backspace)
        assert canvas.overlay.bubble is None
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert canvas.overlay.bubble is None


def test_the_minimap_gives_way_to_what_is_edited(canvas: Canvas, hand: Hand) -> None:
    canvas.fit_all()
    corner = canvas.mapToScene(canvas.minimap.geometry().center())
    canvas.centerOn(canvas.visible_rect().center() + hand.field("latent", "width") - corner)
    _open(canvas, hand, "latent", "width")
    in_corner = canvas.minimap.geometry().center()
    assert canvas.childAt(in_corner) is not canvas.minimap
    QTest.keyClick(_line(canvas), Qt.Key.Key_Escape)
    assert canvas.childAt(in_corner) is canvas.minimap


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
    assert isinstance(canvas.editor.widget, PromptEditor)
    prompt = canvas.editor.widget.text
    QTest.keyClicks(prompt, "a pear")
    QTest.keyClick(prompt, Qt.Key.Key_Return)
    QTest.keyClicks(prompt, "on a table")
    QTest.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert canvas.canvas.workflow.nodes["prompt"].inputs["text"] == "a pear\non a table"


def _chooser(canvas: Canvas) -> Chooser:
    widget = canvas.editor.widget
    assert isinstance(widget, PickEditor)
    assert widget.chooser is not None
    return widget.chooser


def test_a_choice_is_searched(canvas: Canvas, hand: Hand) -> None:
    hand.click(hand.field("sampler", "scheduler"))
    chooser = _chooser(canvas)
    assert chooser.list.currentItem().text() == "euler"
    QTest.keyClicks(chooser.search, "uni")
    QTest.keyClick(chooser.search, Qt.Key.Key_Return)
    assert canvas.canvas.workflow.nodes["sampler"].inputs["scheduler"] == "unipc"
    assert canvas.editor.widget is None


def test_a_list_that_is_left_changes_nothing(canvas: Canvas, hand: Hand) -> None:
    hand.click(hand.field("sampler", "scheduler"))
    QTest.keyClick(_chooser(canvas).search, Qt.Key.Key_Escape)
    assert hand.called("edit_value") == []
    assert canvas.editor.widget is None


def test_a_curve_is_drawn_and_kept_by_a_click_elsewhere(canvas: Canvas, hand: Hand) -> None:
    canvas.canvas.toggle_seldom("sampler")
    hand.click(hand.field("sampler", "guidance_curve"))
    editor = canvas.editor.widget
    assert isinstance(editor, CurveEditor)
    for point in ((0.0, 15.0), (1.0, 1.0)):
        place = editor.chart.place(point).toPoint()
        QTest.mouseClick(editor.chart, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert hand.called("edit_value") == []
    hand.click(hand.header("save"))
    curve = canvas.canvas.workflow.nodes["sampler"].inputs["guidance_curve"]
    assert [position for position, _ in curve] == [0.0, 1.0]
    assert [value for _, value in curve] == pytest.approx([15.0, 1.0], abs=0.2)


def test_a_prompt_is_weighed_on_the_canvas(canvas: Canvas, hand: Hand) -> None:
    hand.double_click(hand.field("prompt", "text"))
    assert isinstance(canvas.editor.widget, PromptEditor)
    prompt = canvas.editor.widget.text
    QTest.keyClicks(prompt, "pear")
    QTest.keyClick(prompt, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert canvas.canvas.workflow.nodes["prompt"].inputs["text"] == "(pear:1.05)"


def test_the_editor_follows_the_view(canvas: Canvas, hand: Hand) -> None:
    line = _open(canvas, hand, "sampler", "steps")
    before = line.mapTo(canvas.viewport(), QPoint(0, 0))
    canvas.pan(QPoint(30, 20))
    assert line.mapTo(canvas.viewport(), QPoint(0, 0)) == before - QPoint(30, 20)
    canvas.editor.cancel()
