"""Cropping, padding, flipping and turning change no sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nodeflow.raster.shape import (
    Anchor,
    Border,
    Direction,
    Edges,
    Turn,
    anchored,
    crop,
    flip,
    pad,
    placed,
    turn,
)
from nodeflow.raster.turning import turn_by, turned_size
from nodeflow.values.arrays import FloatArray

PLANES = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 7), st.integers(1, 7)),
    elements=st.floats(0, 1, width=32),
)
EDGES = st.builds(Edges, *[st.integers(0, 9)] * 4)


@given(PLANES, st.sampled_from(Direction))
def test_flipping_twice_changes_nothing(planes: FloatArray, direction: Direction) -> None:
    np.testing.assert_array_equal(flip(flip(planes, direction), direction), planes)


@given(PLANES)
def test_four_quarters_change_nothing(planes: FloatArray) -> None:
    turned = planes
    for _ in range(4):
        turned = turn(turned, Turn.QUARTER)
    np.testing.assert_array_equal(turned, planes)
    np.testing.assert_array_equal(turn(turn(planes, Turn.QUARTER), Turn.THREE_QUARTERS), planes)
    np.testing.assert_array_equal(turn(planes, Turn.HALF), turn(turn(planes, Turn.QUARTER), Turn.QUARTER))


def test_turning_is_clockwise() -> None:
    corner = np.array([[1, 0], [0, 0]], np.float32)
    np.testing.assert_array_equal(turn(corner, Turn.QUARTER), [[0, 1], [0, 0]])
    free = turn_by(
        np.kron(corner, np.ones((8, 8), np.float32))[None, None],
        45,
        expand=False,
        fill=np.zeros(1, np.float32),
    )
    assert free[0, 0, :4].mean() > 10 * max(free[0, 0, -4:].mean(), 0.001)


@given(PLANES, EDGES, st.sampled_from(Border))
def test_cropping_takes_padding_off(planes: FloatArray, edges: Edges, border: Border) -> None:
    padded = pad(planes, edges, border, 0.5)
    inside = planes.shape[-2] + edges.top + edges.bottom, planes.shape[-1] + edges.left + edges.right
    assert padded.shape[-2:] == inside
    np.testing.assert_array_equal(crop(padded, (edges.top, edges.left), planes.shape[-2:]), planes)


def test_borders() -> None:
    row = np.array([[1, 2, 3]], np.float32)
    edges = Edges(2, 0, 2, 0)
    np.testing.assert_array_equal(pad(row, edges, Border.COLOR, 9), [[9, 9, 1, 2, 3, 9, 9]])
    np.testing.assert_array_equal(pad(row, edges, Border.EDGE), [[1, 1, 1, 2, 3, 3, 3]])
    np.testing.assert_array_equal(pad(row, edges, Border.REFLECT), [[2, 1, 1, 2, 3, 3, 2]])


@pytest.mark.parametrize(("corner", "size"), [((-1, 0), (2, 2)), ((0, 0), (5, 2)), ((3, 0), (2, 1))])
def test_a_part_must_lie_inside(corner: tuple[int, int], size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="inside"):
        crop(np.zeros((4, 4), np.float32), corner, size)


@given(PLANES, st.integers(-9, 9), st.integers(-9, 9))
def test_what_is_placed_lies_where_it_should(planes: FloatArray, top: int, left: int) -> None:
    result = placed(planes, (5, 6), (top, left))
    for y in range(5):
        for x in range(6):
            inside = 0 <= y - top < planes.shape[-2] and 0 <= x - left < planes.shape[-1]
            expected = planes[..., y - top, x - left] if inside else np.zeros(planes.shape[:2])
            np.testing.assert_array_equal(result[..., y, x], expected)


@pytest.mark.parametrize(
    ("anchor", "corner"), [(Anchor.CENTER, (2, 3)), (Anchor.TOP, (0, 3)), (Anchor.BOTTOM_RIGHT, (4, 6))]
)
def test_anchors(anchor: Anchor, corner: tuple[int, int]) -> None:
    assert anchored((10, 10), (6, 4), anchor) == corner


@pytest.mark.parametrize("degrees", [10, 45, 90, 133.5, 270])
def test_turning_by_any_angle_keeps_the_middle_and_fills_corners(degrees: float) -> None:
    planes = np.full((1, 2, 30, 20), 0.75, np.float32)
    turned = turn_by(planes, degrees, expand=True, fill=np.array([0.0, 1.0]))
    assert turned.shape[-2:] == turned_size((30, 20), degrees)
    middle = turned[..., turned.shape[-2] // 2, turned.shape[-1] // 2]
    np.testing.assert_allclose(middle, 0.75, atol=1e-5)
    if degrees % 90:
        np.testing.assert_allclose(turned[0, :, 0, 0], [0, 1], atol=0.01)
    np.testing.assert_allclose(turned[:, 0].sum() / 0.75, 600, rtol=0.05)  # its area
