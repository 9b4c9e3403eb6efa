"""Smoothing by matrices: what filters of others give, on sides of any length."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from nodeflow.backends.smoothing import coarse, gaussian

LENGTHS = st.integers(1, 40)
GRID = np.random.default_rng(0).standard_normal((13, 40)).astype(np.float32)


@pytest.mark.parametrize("sigma", [0.2, 0.7, 1.0, 2.5, 100.0])
@pytest.mark.parametrize("shape", [(13, 40), (1, 7), (2, 2)])
def test_a_gaussian_is_scipys(sigma: float, shape: tuple[int, int]) -> None:
    grid = GRID[: shape[0], : shape[1]]
    reaches = [min(ceil(6 * sigma) // 2, side // 2) for side in shape]
    expected = ndimage.gaussian_filter(grid.astype(float), sigma, mode="mirror", radius=reaches)
    ours = gaussian(shape[0], sigma) @ grid @ gaussian(shape[1], sigma).T
    np.testing.assert_allclose(ours, expected, atol=1e-6)


@given(LENGTHS)
def test_what_is_level_stays_level(length: int) -> None:
    for matrix in (coarse(length), gaussian(length, 1.3)):
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-6)
        np.testing.assert_allclose(matrix, matrix[::-1, ::-1], atol=1e-6)  # neither end is another's


@given(st.integers(2, 40))
def test_what_is_coarse_has_no_finest_detail(length: int) -> None:
    finest = (-1.0) ** np.arange(length)
    assert np.abs(coarse(length) @ finest).max() < 0.5
    assert np.abs(coarse(length) @ finest)[4:-4].max(initial=0) < 1e-6
