"""Growing, shrinking and combining masks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from nodeflow.raster.masking import Combination, combine, grow, within

GENERATOR = np.random.default_rng(6)
SOFT = GENERATOR.random((2, 21, 17), np.float32)
HARD = (GENERATOR.random((2, 21, 17)) > 0.97).astype(np.float32)


def disk(radius: int) -> np.ndarray:
    away = np.arange(-radius, radius + 1)
    return away[:, None] ** 2 + away**2 <= radius**2


@pytest.mark.parametrize("radius", [1, 2, 3, 5, 30])
@pytest.mark.parametrize("masks", [SOFT, HARD])
def test_growing_takes_the_largest_value_in_a_disk(masks: np.ndarray, radius: int) -> None:
    expected = [ndimage.grey_dilation(m, footprint=disk(radius), mode="constant", cval=-1) for m in masks]
    np.testing.assert_array_equal(grow(masks, radius), expected)


@pytest.mark.parametrize("radius", [1, 4])
def test_shrinking_is_growing_what_is_not_masked(radius: int) -> None:
    np.testing.assert_allclose(grow(SOFT, -radius), 1 - grow(1 - SOFT, radius))
    full = np.ones((1, 9, 9), np.float32)
    np.testing.assert_array_equal(grow(full, -3), full)


def test_not_growing_changes_nothing() -> None:
    assert grow(SOFT, 0) is SOFT


def test_growing_and_shrinking_a_disk_gives_it_back() -> None:
    mask = np.zeros((1, 41, 41), np.float32)
    mask[0, 10:31, 10:31] = disk(10)
    np.testing.assert_array_equal(grow(grow(mask, 4), -4), mask)


def test_combining_hard_masks_is_logic() -> None:
    a, b = (GENERATOR.random((2, 1, 6, 6)) > 0.5).astype(np.float32)
    x, y = a.astype(bool), b.astype(bool)
    expected = {
        Combination.UNION: x | y,
        Combination.INTERSECTION: x & y,
        Combination.DIFFERENCE: x & ~y,
        Combination.EITHER: x ^ y,
    }
    for how, values in expected.items():
        np.testing.assert_array_equal(combine(a, b, how), values)


def test_a_range_fades_out() -> None:
    values = np.array([0.0, 0.2, 0.3, 0.5, 0.6, 0.7, 1.0], np.float32)
    np.testing.assert_array_equal(within(values, 0.3, 0.6, 0), [0, 0, 1, 1, 1, 0, 0])
    np.testing.assert_allclose(within(values, 0.3, 0.6, 0.2), [0, 0.5, 1, 1, 1, 0.5, 0], atol=1e-6)
