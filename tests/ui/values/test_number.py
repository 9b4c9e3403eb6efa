"""Numbers: dragging, typing, steps; seeds and switches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nodeflow.document.model import SeedMode
from nodeflow.node.sockets import socket_of
from nodeflow.node.spec import InputSpec
from tests.ui.values.conftest import Shown

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
Show = Callable[[InputSpec, object], Shown]
Spec = Callable[[str], InputSpec]


def _drag(widget: QWidget, by: int, keys: Qt.KeyboardModifier = NONE, *, release: bool = True) -> None:
    start = widget.rect().center()
    QTest.mousePress(widget, LEFT, keys, start)
    for step in (1, 2, 3, 4):
        place = QPointF(start + QPoint(by * step // 4, 0))
        QApplication.sendEvent(widget, _move(widget, place, keys))
    if release:
        QTest.mouseRelease(widget, LEFT, keys, start + QPoint(by, 0))


def _move(widget: QWidget, place: QPointF, keys: Qt.KeyboardModifier) -> QMouseEvent:
    everywhere = QPointF(widget.mapToGlobal(place))
    return QMouseEvent(QEvent.Type.MouseMove, place, everywhere, Qt.MouseButton.NoButton, LEFT, keys)


def _wheel(widget: QWidget, up: bool) -> bool:
    turn = QPoint(0, 120 if up else -120)
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_a_drag_slides_over_the_sliders_range_and_ends_once(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.steps"), 20)
    _drag(shown.editor.field, 60)
    values = [int(str(value)) for value, _ in shown.told]
    assert values == sorted(values)
    assert [going for _, going in shown.told] == [True] * (len(values) - 1) + [False]
    assert shown.editor.value == values[-1] == pytest.approx(20 + 59 * 60 / 240, abs=1)


def test_shift_makes_a_drag_ten_times_finer(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.guidance_scale"), 5.0)
    _drag(shown.editor.field, 24, Qt.KeyboardModifier.ShiftModifier)
    assert shown.editor.value == pytest.approx(5.14, abs=0.02)


def test_escape_puts_back_what_a_drag_began_with(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.steps"), 20)
    _drag(shown.editor.field, 60, release=False)
    QTest.keyClick(shown.editor.field, Qt.Key.Key_Escape)
    assert shown.told[-1] == (20, False)


def test_an_expression_is_typed_after_a_double_click(show: Show, spec: Spec) -> None:
    shown = show(spec("EmptyLatent.width"), 1024)
    field = shown.editor.field
    QTest.mouseDClick(field, LEFT)
    QTest.keyClicks(field, "1024/2+64")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.told == [(576, False)]
    assert not field.typing


def test_a_digit_begins_typing_over_the_value(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.steps"), 20)
    shown.editor.setFocus()
    QTest.keyClicks(shown.editor.field, "31")
    QTest.keyClick(shown.editor.field, Qt.Key.Key_Return)
    assert shown.told == [(31, False)]


def test_a_wrong_value_says_why_and_stays_to_be_mended(show: Show, spec: Spec) -> None:
    shown = show(spec("EmptyLatent.width"), 1024)
    QTest.mouseDClick(shown.editor.field, LEFT)
    QTest.keyClicks(shown.editor.field, "513")
    QTest.keyClick(shown.editor.field, Qt.Key.Key_Return)
    assert shown.told == []
    assert shown.editor.field.typing
    assert shown.editor._wrong.text().startswith("Must go in steps of 8")
    QTest.keyClick(shown.editor.field, Qt.Key.Key_Escape)
    assert shown.editor.field.text() == "1024"
    assert not shown.editor._wrong.isVisible()


def test_arrows_step_and_holding_one_is_one_step_of_undo(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.guidance_scale"), 5.0)
    shown.editor.setFocus()
    QTest.keyPress(shown.editor.field, Qt.Key.Key_Up)
    QTest.keyPress(shown.editor.field, Qt.Key.Key_Up)
    QTest.keyRelease(shown.editor.field, Qt.Key.Key_Up)
    assert shown.told == [(5.1, True), (5.2, True), (5.2, False)]
    QTest.keyClick(shown.editor.field, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert shown.editor.value == 5.19


def test_the_wheel_changes_nothing_without_the_focus(show: Show, spec: Spec, qtbot: QtBot) -> None:
    shown = show(spec("Sampler.steps"), 20)
    field = shown.editor.field
    field.clearFocus()
    assert not _wheel(field, True)
    assert shown.told == []
    field.setFocus()
    assert _wheel(field, True)
    assert shown.editor.value == 21


def test_an_optional_number_can_be_none_again(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.end_step"), 20)
    QTest.mouseClick(shown.editor.none, LEFT)
    assert shown.told == [(None, False)]
    assert shown.editor.field.text() == "none"
    assert not shown.editor.none.isVisible()


def test_several_values_become_one(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.steps"), 20)
    shown.editor.set_mixed()
    assert shown.editor.field.text() == "several values"
    shown.editor.setFocus()
    QTest.keyClicks(shown.editor.field, "8")
    QTest.keyClick(shown.editor.field, Qt.Key.Key_Return)
    assert shown.told == [(8, False)]


def test_a_seed_is_drawn_and_its_mode_chosen(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.seed"), 7)
    modes: list[SeedMode] = []
    shown.editor.seed_mode_changed.connect(modes.append)
    QTest.mouseClick(shown.editor.dice, LEFT)
    ((value, going),) = shown.told
    assert isinstance(value, int)
    assert 0 <= value < 2**32
    assert not going
    QTest.mouseClick(shown.editor.mode, LEFT)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert modes == [SeedMode.INCREMENT]
    assert shown.editor.seed_mode is SeedMode.INCREMENT


def test_a_switch_is_clicked_and_pressed(show: Show) -> None:
    shown = show(InputSpec("on", socket_of(bool), False, default=False), False)
    switch = shown.editor.switch
    QTest.mouseClick(switch, LEFT, NONE, QPoint(10, switch.height() // 2))
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert shown.told == [(True, False), (False, False)]
    assert switch.text() == "off"


def test_a_line_is_kept_by_enter_and_taken_back_by_escape(show: Show, spec: Spec) -> None:
    shown = show(spec("SaveImage.filename"), "{date}")
    line = shown.editor.line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "x")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "{date}"
    QTest.keyClicks(line, "-cat")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert shown.told == [("{date}-cat", False)]
