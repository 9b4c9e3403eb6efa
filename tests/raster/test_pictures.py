"""Blurring, filling, comparing, and the contact sheet."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image as PILImage
from PIL import ImageFilter

from nodeflow.raster.filling import Filling, fill
from nodeflow.raster.filters import blur, sharpen
from nodeflow.raster.quality import psnr, ssim
from nodeflow.raster.sheet import contact_sheet

GENERATOR = np.random.default_rng(7)
PIXELS = GENERATOR.random((2, 20, 30, 3), np.float32)


def test_a_blur_is_a_gaussian() -> None:
    dot = np.zeros((1, 41, 41), np.float32)
    dot[0, 20, 20] = 1
    away = np.arange(41) - 20
    bell = np.exp(-(away**2) / (2 * 3**2))
    np.testing.assert_allclose(blur(dot, 3)[0], np.outer(bell, bell) / bell.sum() ** 2, atol=2e-5)
    assert blur(dot, 0) is dot


def test_a_blur_is_near_pillows() -> None:
    smooth = PILImage.fromarray((PIXELS[0] * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(2))
    picture = np.moveaxis(np.asarray(smooth, np.float32) / 255, -1, 0)
    ours = blur(np.moveaxis(PIXELS[0], -1, 0), 2)
    assert np.abs(ours - picture).mean() < 0.01  # it approximates by boxes


def test_sharpening_adds_what_a_blur_takes() -> None:
    planes = np.moveaxis(PIXELS, -1, 1)
    np.testing.assert_allclose(sharpen(planes, 2, 0.5), planes + 0.5 * (planes - blur(planes, 2)), atol=1e-6)


def test_numbers_of_likeness() -> None:
    assert psnr(PIXELS, PIXELS) == math.inf
    assert psnr(PIXELS * 0, PIXELS * 0 + 0.1) == pytest.approx(20, abs=1e-4)
    assert ssim(PIXELS, PIXELS) == pytest.approx(1)
    noisy = (PIXELS + GENERATOR.normal(0, 0.1, PIXELS.shape).astype(np.float32)).clip(0, 1)
    noisier = (PIXELS + GENERATOR.normal(0, 0.4, PIXELS.shape).astype(np.float32)).clip(0, 1)
    assert 1 > ssim(PIXELS, noisy) > ssim(PIXELS, noisier)
    assert ssim(PIXELS, noisy) == ssim(noisy, PIXELS)
    # Two level pictures: only the means count, and the formula is short.
    expected = (2 * 0.25 * 0.75 + 1e-4) / (0.25**2 + 0.75**2 + 1e-4)
    assert ssim(PIXELS * 0 + 0.25, PIXELS * 0 + 0.75) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("how", Filling)
def test_filling_leaves_what_is_not_masked(how: Filling) -> None:
    mask = np.zeros((1, 20, 30), np.float32)
    mask[0, 5:15, 8:20] = 1
    filled = fill(PIXELS, mask, how)
    outside = mask[0] == 0
    np.testing.assert_array_equal(filled[:, outside], PIXELS[:, outside])
    assert (how is Filling.ORIGINAL) == bool((filled == PIXELS).all())
    assert filled.min() >= 0
    assert filled.max() <= 1


def test_surroundings_flow_in() -> None:
    pixels = np.zeros((1, 32, 64, 3), np.float32)
    pixels[:, :, :32, 0] = 1
    pixels[:, :, 32:, 2] = 1
    mask = np.zeros((1, 32, 64), np.float32)
    mask[0, 8:24, 8:56] = 1
    pixels[0, mask[0] == 1] = (0, 1, 0)
    filled = fill(pixels, mask, Filling.SURROUNDINGS)[0]
    assert filled[..., 1].max() < 0.01
    np.testing.assert_allclose(filled[16, (12, 52)], [(1, 0, 0), (0, 0, 1)], atol=0.3)
    everything = fill(pixels, np.ones_like(mask), Filling.SURROUNDINGS)
    np.testing.assert_array_equal(everything, 0.5)


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (4, 2, 2), (5, 3, 2)])
def test_a_sheet_holds_every_picture_as_it_is(count: int, columns: int, rows: int) -> None:
    pixels = GENERATOR.random((count, 10, 14, 3), np.float32)
    sheet = contact_sheet(pixels, gap=3, background=0.0)
    assert sheet.shape == (rows * 13 + 3, columns * 17 + 3, 3)
    for index in range(count):
        top, left = 3 + index // columns * 13, 3 + index % columns * 17
        np.testing.assert_array_equal(sheet[top : top + 10, left : left + 14], pixels[index])
    assert not sheet[:3].any()


def test_labels_are_written_below_and_cut_where_they_are_too_long() -> None:
    pixels = np.full((2, 64, 64, 3), 0.5, np.float32)
    plain = contact_sheet(pixels, columns=2)
    labelled = contact_sheet(pixels, ["a", "a text that is far too long for its picture"], columns=2)
    assert labelled.shape[0] > plain.shape[0]
    strip = labelled[8 + 64 : -8]
    assert strip[:, 8:72].min() < 0.3
    assert strip[:, 8 + 64 + 8 :].min() < 0.3
    np.testing.assert_array_equal(strip[:, -8:], 1)
    endless = contact_sheet(pixels, ["a" * 2_000_000], columns=2)
    np.testing.assert_array_equal(endless, contact_sheet(pixels, ["a" * 50], columns=2))
    dark = contact_sheet(pixels, ["a"], columns=2, background=np.zeros(3, np.float32))
    assert dark[72:-8].max() > 0.7
