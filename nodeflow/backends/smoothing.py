"""Smoothing along a side of a grid, as matrices: any backend can multiply by them, however long it is."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

from nodeflow.values.arrays import FloatArray

_Exact = NDArray[np.float64]

_BINOMIAL = np.array([1, 4, 6, 4, 1]) / 16
"""The kernel of image pyramids (Burt and Adelson, 1983)."""


@lru_cache(maxsize=64)
def gaussian(length: int, sigma: float) -> FloatArray:
    """Blurs along a side by a Gaussian of 3 sigma, but no wider than the side; mirrored beyond its ends.

    As smoothed energy guidance does (arXiv:2408.00760, in its authors' code).

    Args:
        length: Of the side, 1 and up.
        sigma: In places of the grid, above 0.
    """
    reach = min(ceil(6 * sigma) // 2, length // 2)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return _convolution(length, kernel / kernel.sum()).astype(np.float32)


@lru_cache(maxsize=64)
def coarse(length: int) -> FloatArray:
    """Leaves along a side what a Laplacian pyramid of two levels has on its lower one.

    Blurred, halved, brought back to its length and blurred again; halves of odd lengths are rounded up.

    Args:
        length: Of the side, 1 and up.
    """
    half, blur = (length + 1) // 2, _convolution(length, _BINOMIAL)
    found = blur @ _linear(half, length) @ _linear(length, half) @ blur
    return found.astype(np.float32)


def _convolution(length: int, kernel: _Exact) -> _Exact:
    """Convolves with a kernel of odd length, mirrored beyond the ends."""
    reach = len(kernel) // 2
    places = np.pad(np.arange(length), reach, mode="reflect")
    matrix = np.zeros((length, length))
    for offset, weight in enumerate(kernel):
        np.add.at(matrix, (np.arange(length), places[offset : offset + length]), weight)
    return matrix


def _linear(given: int, wanted: int) -> _Exact:
    """Resizes a side linearly; the first and the last place go on beyond it."""
    place = ((np.arange(wanted) + 0.5) * given / wanted - 0.5).clip(0, given - 1)
    before = np.floor(place).astype(int)
    matrix = np.zeros((wanted, given))
    np.add.at(matrix, (np.arange(wanted), before), 1 - (place - before))
    np.add.at(matrix, (np.arange(wanted), (before + 1).clip(max=given - 1)), place - before)
    return matrix
