"""Resizing equals Pillow's."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as PILImage

from nodeflow.raster import Resampling, from_planes, resize, to_planes
from nodeflow.raster.light import to_linear, to_srgb
from nodeflow.raster.resample import fitted

PILLOW = {
    Resampling.NEAREST: PILImage.Resampling.NEAREST,
    Resampling.AREA: PILImage.Resampling.BOX,
    Resampling.BILINEAR: PILImage.Resampling.BILINEAR,
    Resampling.BICUBIC: PILImage.Resampling.BICUBIC,
    Resampling.LANCZOS: PILImage.Resampling.LANCZOS,
}


@pytest.fixture
def picture() -> PILImage.Image:
    """Middle tones: in 8 bits, Pillow cuts off what curves overshoot between its two passes."""
    generator = np.random.default_rng(1)
    return PILImage.fromarray(generator.integers(90, 166, (24, 36, 3), np.uint8))


@pytest.mark.parametrize("method", Resampling)
@pytest.mark.parametrize("size", [(12, 18), (48, 72), (31, 17), (1, 1)])
def test_pictures_are_as_pillow_resizes_them(
    picture: PILImage.Image, method: Resampling, size: tuple[int, int]
) -> None:
    pixels = np.asarray(picture, np.float32) / np.float32(255)
    ours = from_planes(resize(to_planes(pixels), size, method)).clip(0, 1) * 255
    theirs = np.asarray(picture.resize(size[::-1], PILLOW[method]), np.float32)
    assert np.abs(ours - theirs).max() < 1.5  # it rounds between the passes and after them


@pytest.mark.parametrize("method", Resampling)
def test_the_same_size_changes_nothing(method: Resampling) -> None:
    planes = np.random.default_rng(2).normal(size=(2, 4, 5, 7)).astype(np.float32) * 9
    assert resize(planes, (5, 7), method) is planes


@pytest.mark.parametrize("method", Resampling)
def test_a_level_plane_stays_level(method: Resampling) -> None:
    planes = np.full((2, 4, 5, 7), -3.25, np.float32)
    np.testing.assert_allclose(resize(planes, (9, 3), method), -3.25, rtol=1e-6)


def test_area_is_the_mean_of_blocks() -> None:
    plane = np.random.default_rng(3).random((6, 8), np.float32)
    means = plane.reshape(3, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(resize(plane, (3, 4), Resampling.AREA), means, atol=1e-6)


def test_doubled_nearest_repeats() -> None:
    plane = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(
        resize(plane, (4, 6), Resampling.NEAREST), plane.repeat(2, axis=0).repeat(2, axis=1)
    )


@pytest.mark.parametrize(
    ("size", "bounds", "inside", "cover"),
    [((10, 20), (10, 10), (5, 10), (10, 20)), ((3, 1000), (8, 8), (1, 8), (8, 2667))],
)
def test_proportions_stay(
    size: tuple[int, int], bounds: tuple[int, int], inside: tuple[int, int], cover: tuple[int, int]
) -> None:
    assert fitted(size, bounds, cover=False) == inside
    assert fitted(size, bounds, cover=True) == cover


def test_linear_light_and_back() -> None:
    values = np.linspace(0, 1, 1001, dtype=np.float32)
    np.testing.assert_allclose(to_srgb(to_linear(values)), values, atol=2e-6)
    np.testing.assert_allclose(to_linear(np.array([0, 0.5, 1], np.float32)), [0, 0.21404114, 1], atol=1e-6)
