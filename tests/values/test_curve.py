"""A curve is a line through points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.values import Curve

VALUES = st.floats(-1000, 1000)
POSITIONS = st.floats(0, 1)
POINTS = st.dictionaries(POSITIONS, VALUES, min_size=1, max_size=6).map(
    lambda found: tuple(sorted(found.items()))
)


@pytest.mark.parametrize(
    ("position", "value"), [(0, 8), (0.2, 8), (0.35, 6.5), (0.5, 5), (0.75, 4), (1, 3), (2, 3), (-1, 8)]
)
def test_it_is_straight_between_points_and_level_outside(position: float, value: float) -> None:
    assert Curve(((0.2, 8), (0.5, 5), (1, 3))).at(position) == pytest.approx(value)


@given(POINTS)
def test_it_goes_through_its_points(points: tuple[tuple[float, float], ...]) -> None:
    assert [Curve(points).at(position) for position, _ in points] == [value for _, value in points]


@given(POINTS, POSITIONS)
def test_it_stays_between_its_values(points: tuple[tuple[float, float], ...], position: float) -> None:
    curve = Curve(points)
    assert min(curve.values) - 1e-9 <= curve.at(position) <= max(curve.values) + 1e-9


@given(VALUES, POSITIONS, POSITIONS)
def test_a_level_curve_has_its_value_exactly(value: float, position: float, other: float) -> None:
    assert Curve.constant(value).at(position) == value
    assert Curve(((0, value), (0.5, value), (1, value))).at(other) == value


def test_equal_curves_are_one_in_a_set() -> None:
    assert len({Curve(((0, 1), (1, 2))), Curve(((0.0, 1.0), (1.0, 2.0)))}) == 1
