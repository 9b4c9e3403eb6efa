"""Blend modes against the formulas in float64, and against Pillow where it has them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image as PILImage
from PIL import ImageChops

from nodeflow.raster.blending import BlendMode, blend, mix

GENERATOR = np.random.default_rng(5)
BELOW, ABOVE = GENERATOR.integers(0, 256, (2, 8, 12, 3)).astype(np.float32) / 255
PILLOW: dict[BlendMode, Callable[[PILImage.Image, PILImage.Image], PILImage.Image]] = {
    BlendMode.MULTIPLY: ImageChops.multiply,
    BlendMode.SCREEN: ImageChops.screen,
    BlendMode.OVERLAY: ImageChops.overlay,
    BlendMode.HARD_LIGHT: ImageChops.hard_light,
    BlendMode.DARKEN: ImageChops.darker,
    BlendMode.LIGHTEN: ImageChops.lighter,
    BlendMode.ADD: ImageChops.add,
    BlendMode.SUBTRACT: ImageChops.subtract,
    BlendMode.DIFFERENCE: ImageChops.difference,
}


def w3c(mode: BlendMode, b: float, s: float) -> float:
    """The formulas as the recommendation writes them, for one backdrop b and source s."""
    match mode:
        case BlendMode.COLOR_DODGE:
            return 0 if b == 0 else 1 if s == 1 else min(1, b / (1 - s))
        case BlendMode.COLOR_BURN:
            return 1 if b == 1 else 0 if s == 0 else 1 - min(1, (1 - b) / s)
        case BlendMode.SOFT_LIGHT:
            d = ((16 * b - 12) * b + 4) * b if b <= 0.25 else math.sqrt(b)
            return b - (1 - 2 * s) * b * (1 - b) if s <= 0.5 else b + (2 * s - 1) * (d - b)
        case BlendMode.EXCLUSION:
            return b + s - 2 * b * s
    return s


@pytest.mark.parametrize("mode", PILLOW)
def test_modes_are_those_of_pillow(mode: BlendMode) -> None:
    below, above = (PILImage.fromarray((p * 255).round().astype(np.uint8)) for p in (BELOW, ABOVE))
    expected = np.asarray(PILLOW[mode](below, above), np.float32)
    np.testing.assert_allclose(blend(BELOW, ABOVE, mode) * 255, expected, atol=2)  # it cuts off


@pytest.mark.parametrize("mode", [mode for mode in BlendMode if mode not in PILLOW])
def test_modes_are_those_of_the_recommendation(mode: BlendMode) -> None:
    corners = np.array([0, 0, 1, 1], np.float32), np.array([0, 1, 0, 1], np.float32)
    below, above = (np.append(p.ravel(), c) for p, c in zip((BELOW, ABOVE), corners, strict=True))
    expected = [w3c(mode, float(b), float(s)) for b, s in zip(below, above, strict=True)]
    np.testing.assert_allclose(blend(below, above, mode), expected, atol=1e-5)


def test_mixing_by_0_and_1_is_exact() -> None:
    np.testing.assert_array_equal(mix(BELOW, ABOVE, 0.0), BELOW)
    np.testing.assert_array_equal(mix(BELOW, ABOVE, 1.0), ABOVE)
    np.testing.assert_allclose(mix(BELOW, ABOVE, 0.25), BELOW * 0.75 + ABOVE * 0.25, atol=1e-6)
    halves = (np.arange(12) < 6).astype(np.float32)[:, None]
    np.testing.assert_array_equal(mix(BELOW, ABOVE, halves)[:, :6], ABOVE[:, :6])
    np.testing.assert_array_equal(mix(BELOW, ABOVE, halves)[:, 6:], BELOW[:, 6:])
