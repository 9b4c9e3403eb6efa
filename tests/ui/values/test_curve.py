"""Curves: points that are clicked, dragged, typed, walked over with the keyboard, and begun from a shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nodeflow.node.spec import InputSpec
from nodeflow.values import Curve
from tests.ui.values.conftest import Shown
from ui.values.curve_chart import CurveChart
from ui.values.curve_points import SHAPES, Limits, Point, Points, added, at, moved, removed

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
LIMITS = Limits(0.0, 100.0, 1.0, 15.0)
Show = Callable[[InputSpec, object], Shown]
Spec = Callable[[str], InputSpec]


@pytest.fixture
def shown(show: Show, spec: Spec) -> Shown:
    """A curve of three points, 400 by 300 pixels."""
    shown = show(spec("Sampler.guidance_curve"), [[0, 8], [0.5, 5], [1, 3]])
    shown.editor.resize(400, 300)
    QApplication.processEvents()
    return shown


def _click(chart: CurveChart, point: Point, button: Qt.MouseButton = LEFT) -> None:
    QTest.mouseClick(chart, button, NONE, chart.place(point).toPoint())


def _drag(chart: CurveChart, start: Point, end: Point, *, release: bool = True) -> None:
    QTest.mousePress(chart, LEFT, NONE, chart.place(start).toPoint())
    one, two = chart.place(start), chart.place(end)
    for step in (0.5, 1.0):
        place = QPointF(one + (two - one) * step)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            QPointF(chart.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            LEFT,
            NONE,
        )
        QApplication.sendEvent(chart, event)
    if release:
        QTest.mouseRelease(chart, LEFT, NONE, two.toPoint())


def test_a_click_adds_a_point_where_it_is(shown: Shown) -> None:
    _click(shown.editor.chart, (0.25, 12.0))
    points = shown.editor.value
    assert len(points) == 4
    assert points[1] == pytest.approx([0.25, 12.0], abs=0.15)
    assert [going for _, going in shown.told] == [True, False]


def test_a_drag_tells_all_the_way_and_ends_once(shown: Shown) -> None:
    _drag(shown.editor.chart, (0.5, 5.0), (0.6, 10.0))
    assert shown.editor.value[1] == pytest.approx([0.6, 10.0], abs=0.15)
    assert [going for _, going in shown.told] == [True, True, False]


def test_a_point_stays_between_its_neighbours(shown: Shown) -> None:
    _drag(shown.editor.chart, (0.5, 5.0), (0.99, 5.0))
    _drag(shown.editor.chart, (0.0, 8.0), (0.9, 8.0))
    positions = [position for position, _ in shown.editor.value]
    assert positions == sorted(set(positions))
    assert positions[-1] == 1.0


def test_escape_puts_the_point_back_that_is_dragged(shown: Shown) -> None:
    _drag(shown.editor.chart, (0.5, 5.0), (0.6, 10.0), release=False)
    QTest.keyClick(shown.editor.chart, Qt.Key.Key_Escape)
    assert shown.told[-1] == ([[0.0, 8.0], [0.5, 5.0], [1.0, 3.0]], False)


def test_a_right_click_and_delete_remove_points_but_not_the_last(shown: Shown) -> None:
    chart = shown.editor.chart
    _click(chart, (0.5, 5.0), RIGHT)
    assert shown.editor.value == [[0.0, 8.0], [1.0, 3.0]]
    chart.setFocus()
    for _ in range(3):
        QTest.keyClick(chart, Qt.Key.Key_Delete)
    assert len(shown.editor.value) == 1


def test_tab_walks_over_the_points_and_arrows_move_them(shown: Shown) -> None:
    chart = shown.editor.chart
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    assert chart.chosen == 0
    QTest.keyClick(chart, Qt.Key.Key_Tab)
    assert chart.chosen == 1
    QTest.keyClick(chart, Qt.Key.Key_Up)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert shown.editor.value[1] == [0.51, 5.1]
    QTest.keyClick(chart, Qt.Key.Key_Insert)
    assert len(shown.editor.value) == 4
    assert chart.chosen == 2
    QTest.keyClick(chart, Qt.Key.Key_Tab)
    QTest.keyClick(chart, Qt.Key.Key_Tab)
    assert not chart.hasFocus()


def test_a_point_is_typed_exactly(shown: Shown) -> None:
    editor = shown.editor
    _click(editor.chart, (0.5, 5.0))
    QTest.mouseDClick(editor.height_field, LEFT)
    QTest.keyClicks(editor.height_field, "7.25*2")
    QTest.keyClick(editor.height_field, Qt.Key.Key_Return)
    QTest.mouseDClick(editor.position, LEFT)
    QTest.keyClicks(editor.position, "1/3")
    QTest.keyClick(editor.position, Qt.Key.Key_Return)
    assert editor.value[1] == [0.3333, 14.5]


def test_a_shape_begins_a_curve(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.guidance_curve"), None)
    QTest.mouseClick(shown.editor.shapes, LEFT)
    for _ in range(2):
        QTest.keyClick(shown.editor.menu, Qt.Key.Key_Down)
    QTest.keyClick(shown.editor.menu, Qt.Key.Key_Return)
    (first, last) = shown.editor.value
    assert (first[0], last[0]) == (0.0, 1.0)
    assert first[1] > last[1]
    QTest.mouseClick(shown.editor.none, LEFT)
    assert shown.told[-1] == (None, False)


def test_a_plain_number_is_a_level_curve(show: Show, spec: Spec) -> None:
    shown = show(spec("Sampler.guidance_curve"), 6.0)
    _drag(shown.editor.chart, (0.0, 6.0), (0.0, 9.0))
    ((position, value),) = shown.editor.value
    assert position == 0.0
    assert value == pytest.approx(9.0, abs=0.2)


_VALUES = st.floats(0, 100)
_POINTS = st.lists(
    st.tuples(st.floats(0, 1).map(lambda x: round(x, 2)), _VALUES), min_size=1, unique_by=lambda p: p[0]
)


@given(_POINTS, st.floats(-1, 2), st.floats(-10, 120), st.data())
def test_whatever_is_drawn_is_a_curve(points: list[Point], x: float, y: float, data: st.DataObject) -> None:
    start: Points = tuple(sorted(points))
    index = data.draw(st.integers(0, len(start) - 1))
    for changed in (
        moved(start, index, (x, y), LIMITS),
        added(start, (min(max(x, 0), 1), y), LIMITS)[0],
        removed(start, index),
        *(shape(start, LIMITS) for shape in SHAPES.values()),
    ):
        curve = Curve(changed)
        assert curve.at(0.3) == pytest.approx(at(changed, 0.3))
