"""Adjusting colours as Pillow and colorsys do."""

from __future__ import annotations

import colorsys
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image as PILImage
from PIL import ImageEnhance

from nodeflow.raster import color
from nodeflow.values.arrays import FloatArray

PIXELS = np.random.default_rng(4).integers(0, 256, (1, 16, 20, 3)).astype(np.float32) / np.float32(255)
Enhance = Callable[[PILImage.Image], ImageEnhance._Enhance]


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.7])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (color.brighten, ImageEnhance.Brightness),
        (color.contrast, ImageEnhance.Contrast),
        (color.saturate, ImageEnhance.Color),
    ],
)
def test_factors_are_those_of_pillow(
    ours: Callable[[FloatArray, float], FloatArray], theirs: Enhance, factor: float
) -> None:
    picture = PILImage.fromarray((PIXELS[0] * 255).round().astype(np.uint8))
    expected = np.asarray(theirs(picture).enhance(factor), np.float32)
    np.testing.assert_allclose(ours(PIXELS, factor)[0] * 255, expected, atol=1.8)  # it rounds greys too


@pytest.mark.parametrize("degrees", [-90, 17, 120, 180])
def test_hue_turns_as_in_colorsys(degrees: float) -> None:
    turned = color.turn_hue(PIXELS, degrees)
    for pixel, found in zip(PIXELS.reshape(-1, 3)[:60], turned.reshape(-1, 3), strict=False):
        hue, saturation, value = colorsys.rgb_to_hsv(*map(float, pixel))
        expected = colorsys.hsv_to_rgb((hue + degrees / 360) % 1, saturation, value)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_hue_leaves_greys_and_comes_back() -> None:
    greys = np.repeat(np.linspace(0, 1, 12).astype(np.float32).reshape(1, 3, 4, 1), 3, axis=-1)
    np.testing.assert_allclose(color.turn_hue(greys, 77), greys, atol=1e-6)
    np.testing.assert_allclose(color.turn_hue(PIXELS, 360), PIXELS, atol=1e-5)
    np.testing.assert_allclose(
        color.turn_hue(np.array([[[[1, 0, 0]]]], np.float32), 120)[0, 0, 0], [0, 1, 0], atol=1e-6
    )


def test_gamma_is_a_power_and_can_be_undone() -> None:
    np.testing.assert_allclose(color.gamma(PIXELS, 2.2), PIXELS ** (1 / 2.2), atol=1e-6)
    np.testing.assert_allclose(color.gamma(color.gamma(PIXELS, 2.2), 1 / 2.2), PIXELS, atol=1e-5)


def test_matched_colours_spread_as_those_of_the_reference() -> None:
    random = np.random.default_rng(5)
    tint = np.array([[0.2, 0.1, 0], [0, 0.1, 0.05], [0, 0, 0.3]])
    reference = (0.4 + (random.random((1, 30, 10, 3)) - 0.5) @ tint).astype(np.float32)
    both = np.concatenate([PIXELS, PIXELS[:, :, ::-1] * 0.5])
    for found in color.matched(both, reference).reshape(2, -1, 3):
        np.testing.assert_allclose(found.mean(0), reference.mean((0, 1, 2)), atol=1e-5)
        np.testing.assert_allclose(np.cov(found.T), np.cov(reference.reshape(-1, 3).T), rtol=2e-2, atol=1e-5)


def test_matching_moves_a_picture_with_the_same_colours_nowhere() -> None:
    np.testing.assert_allclose(color.matched(PIXELS, PIXELS[:, ::-1]), PIXELS, atol=1e-5)
    level = np.full_like(PIXELS, 0.25)
    np.testing.assert_allclose(color.matched(PIXELS, level), level, atol=1e-5)
    mean = PIXELS.mean((1, 2))
    np.testing.assert_allclose(color.matched(level, PIXELS), np.broadcast_to(mean, PIXELS.shape), atol=1e-4)
