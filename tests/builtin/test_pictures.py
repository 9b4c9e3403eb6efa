"""Nodes that change, mix and compare pictures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PIL import Image as PILImage

import nodes
from nodeflow.errors import NodeFailed, OutOfMemory
from nodeflow.hardware.ram import Ram
from nodeflow.raster import Resampling
from nodeflow.raster.blending import BlendMode
from nodeflow.raster.shape import Anchor, Border, Direction
from nodeflow.values import Image, Mask
from nodes.picture_compare import View
from nodes.resizing import Fit

GENERATOR = np.random.default_rng(1)
IMAGE = Image(GENERATOR.random((2, 16, 24, 3), np.float32), seeds=(5, 6))
OTHER = Image(GENERATOR.random((2, 16, 24, 3), np.float32), seeds=(7, 8))


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (32, 48)),
        ({"factor": 0.5}, (8, 12)),
        ({"width": 12}, (8, 12)),
        ({"height": 32}, (32, 48)),
        ({"longest_side": 6}, (4, 6)),
        ({"width": 20, "height": 20}, (20, 20)),
        ({"width": 20, "height": 20, "fit": Fit.PAD}, (20, 20)),
        ({"width": 20, "height": 20, "fit": Fit.STRETCH}, (20, 20)),
        ({"width": 20, "height": 20, "fit": Fit.INSIDE}, (13, 20)),
        ({"width": 21, "multiple_of": 8}, (16, 24)),
        ({"longest_side": 1}, (1, 1)),
        ({"megapixels": 0.25, "multiple_of": 8}, (416, 624)),
        ({"megapixels": 0.001}, (26, 40)),
    ],
)
def test_ways_to_say_how_large(asked: dict[str, Any], size: tuple[int, int]) -> None:
    resized = nodes.resize_image(IMAGE, **asked)
    assert (resized.size, resized.seeds) == (size, (5, 6))
    assert resized.pixels.min() >= 0
    assert resized.pixels.max() <= 1


def test_two_ways_at_once_are_refused() -> None:
    with pytest.raises(NodeFailed, match=r"^longest_side: both it and width or height say how large"):
        nodes.resize_image(IMAGE, width=4, longest_side=5)
    with pytest.raises(NodeFailed, match=r"^megapixels: both it and width or height say how large"):
        nodes.resize_image(IMAGE, height=4, megapixels=1.0)
    with pytest.raises(NodeFailed, match=r"^longest_side: both it and megapixels say how large"):
        nodes.resize_image(IMAGE, longest_side=5, megapixels=1.0)


@pytest.mark.parametrize("method", Resampling)
@pytest.mark.parametrize("linear", [False, True])
def test_resizing_to_the_same_size_changes_nothing(method: Resampling, linear: bool) -> None:
    same = nodes.resize_image(IMAGE, width=24, height=16, method=method, linear_light=linear)
    np.testing.assert_array_equal(same.pixels, IMAGE.pixels)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: nodes.resize_image(IMAGE, factor=16.0),
            "2 pictures of 384 x 256 pixels would need 0.0 GB, and 0.0 GB are free. Make smaller ones",
        ),
        (lambda: nodes.resize_image(nodes.crop_image(IMAGE, height=1), width=64, height=64), "1536 x 64 "),
        (lambda: nodes.pad_image(IMAGE, left=400, top=184), "424 x 200 "),
        (lambda: nodes.pad_for_outpainting(IMAGE, left=400, top=184), "424 x 200 "),
        (lambda: nodes.repeat_image(IMAGE, 64), "128 pictures of 24 x 16 "),
    ],
)
def test_what_does_not_fit_into_memory_is_not_begun(
    make: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodes.room.ram", lambda: Ram(0, 1_000_000))
    with pytest.raises(OutOfMemory, match=said):
        make()


def test_cropping_to_a_size_keeps_the_part_at_the_anchor() -> None:
    left = nodes.resize_image(IMAGE, width=16, height=16, anchor=Anchor.LEFT)
    np.testing.assert_array_equal(left.pixels, IMAGE.pixels[:, :, :16])
    middle = nodes.resize_image(IMAGE, width=16, height=16)
    np.testing.assert_array_equal(middle.pixels, IMAGE.pixels[:, :, 4:20])


def test_padding_to_a_size_fills_with_the_colour() -> None:
    padded = nodes.resize_image(IMAGE, width=24, height=20, fit=Fit.PAD, color="#ff0000", anchor=Anchor.TOP)
    np.testing.assert_array_equal(padded.pixels[:, :16], IMAGE.pixels)
    np.testing.assert_array_equal(padded.pixels[:, 16:], np.broadcast_to([1, 0, 0], (2, 4, 24, 3)))


def test_linear_light_keeps_how_bright_it_is() -> None:
    """A fine pattern of black and white is half the light, which is 0.735 in sRGB and not 0.5."""
    stripes = Image(
        np.repeat(np.tile(np.array([0, 1], np.float32), 8)[None, None, :, None], 3, axis=-1).repeat(
            16, axis=1
        )
    )
    plain = nodes.resize_image(stripes, width=4, height=4, method=Resampling.AREA)
    linear = nodes.resize_image(stripes, width=4, height=4, method=Resampling.AREA, linear_light=True)
    np.testing.assert_allclose(plain.pixels, 0.5, atol=1e-6)
    np.testing.assert_allclose(linear.pixels, 0.7354, atol=1e-3)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"left": 24}, r"^left: 24 lies outside: the width is 24\. Use 0 to 23$"),
        ({"top": 3, "height": 14}, r"^height: 14 from 3 on reach beyond the height of 16\. Use 1 to 13$"),
        ({"width": 25}, r"^width: 25 from 0 on reach beyond the width of 24\. Use 1 to 24$"),
    ],
)
def test_a_part_outside_is_refused_with_what_can_be_used(part: dict[str, int], said: str) -> None:
    with pytest.raises(NodeFailed, match=said):
        nodes.crop_image(IMAGE, **part)


def test_cropping_takes_a_border_off() -> None:
    for border in Border:
        padded = nodes.pad_image(IMAGE, left=3, top=1, right=2, bottom=30, border=border)
        assert padded.size == (47, 29)
        back = nodes.crop_image(padded, 3, 1, 24, 16)
        np.testing.assert_array_equal(back.pixels, IMAGE.pixels)
    assert nodes.crop_image(IMAGE, 3, 1).size == (15, 21)


def test_flips_and_quarters_come_back() -> None:
    for direction, expected in (
        (Direction.HORIZONTAL, IMAGE.pixels[:, :, ::-1]),
        (Direction.VERTICAL, IMAGE.pixels[:, ::-1]),
    ):
        flipped = nodes.flip_image(IMAGE, direction)
        np.testing.assert_array_equal(flipped.pixels, expected)
        np.testing.assert_array_equal(nodes.flip_image(flipped, direction).pixels, IMAGE.pixels)
    turned = IMAGE
    for _ in range(4):
        turned = nodes.rotate_image(turned, 90.0)
    np.testing.assert_array_equal(turned.pixels, IMAGE.pixels)
    np.testing.assert_array_equal(nodes.rotate_image(IMAGE, -270.0).pixels, nodes.rotate_image(IMAGE).pixels)
    assert nodes.rotate_image(IMAGE, 360.0) is IMAGE


def test_turning_is_clockwise_as_the_exif_says() -> None:
    picture = PILImage.fromarray((IMAGE.pixels[0] * 255).round().astype(np.uint8))
    expected = np.asarray(picture.transpose(PILImage.Transpose.ROTATE_270), np.float32)
    np.testing.assert_allclose(nodes.rotate_image(IMAGE, 90.0).pixels[0] * 255, expected, atol=0.51)


def test_turning_without_more_room_keeps_the_size() -> None:
    assert nodes.rotate_image(IMAGE, 90.0, expand=False).size == (16, 24)
    assert nodes.rotate_image(IMAGE, 30.0, expand=False).size == (16, 24)
    wide = nodes.rotate_image(IMAGE, 30.0, color="#0000ff")
    assert wide.size == (26, 29)
    np.testing.assert_allclose(wide.pixels[0, 0, 0], [0, 0, 1], atol=1e-6)


def test_adjusting_nothing_changes_nothing() -> None:
    assert nodes.adjust_image(IMAGE).pixels is IMAGE.pixels
    assert nodes.blur_image(IMAGE, 0.0) is IMAGE
    assert nodes.sharpen_image(IMAGE, 0.0) is IMAGE


def test_adjusting_does_what_it_says() -> None:
    def spread(image: Image) -> float:
        return float(image.pixels.std())

    assert nodes.adjust_image(IMAGE, brightness=0.5).pixels.mean() < IMAGE.pixels.mean()
    assert spread(nodes.adjust_image(IMAGE, contrast=0.5)) < spread(IMAGE)
    grey = nodes.adjust_image(IMAGE, saturation=0.0).pixels
    np.testing.assert_allclose(grey[..., 0], grey[..., 2], atol=1e-6)
    assert nodes.adjust_image(IMAGE, gamma=2.0).pixels.mean() > IMAGE.pixels.mean()
    assert not np.allclose(nodes.adjust_image(IMAGE, hue=90.0).pixels, IMAGE.pixels)
    assert spread(nodes.blur_image(IMAGE, 2.0)) < spread(IMAGE) < spread(nodes.sharpen_image(IMAGE, 2.0))


def test_twice_inverted_is_as_before() -> None:
    inverted = nodes.invert_image(IMAGE)
    np.testing.assert_array_equal(inverted.pixels, 1 - IMAGE.pixels)
    assert inverted.seeds == IMAGE.seeds
    np.testing.assert_allclose(nodes.invert_image(inverted).pixels, IMAGE.pixels, rtol=0, atol=1e-7)


def test_matched_colours_are_those_of_the_reference_as_far_as_is_said() -> None:
    muted = Image(0.4 + 0.2 * OTHER.pixels[:1], seeds=(7,))
    matched = nodes.match_colors(IMAGE, muted)
    np.testing.assert_allclose(matched.pixels.mean((1, 2)), muted.pixels.mean((1, 2)).repeat(2, 0), atol=1e-3)
    assert matched.seeds == (5, 6)
    np.testing.assert_array_equal(nodes.match_colors(IMAGE, muted, 0.0).pixels, IMAGE.pixels)
    half = nodes.match_colors(IMAGE, muted, 0.5)
    np.testing.assert_allclose(half.pixels, (IMAGE.pixels + matched.pixels) / 2, atol=1e-6)
    with pytest.raises(NodeFailed, match=r"^reference: a batch of 3 does not go with one of 2"):
        nodes.match_colors(IMAGE, nodes.repeat_image(muted, 3))


@pytest.mark.parametrize("mode", BlendMode)
def test_blending_with_opacity_0_is_the_lower_picture(mode: BlendMode) -> None:
    blended = nodes.blend_images(IMAGE, OTHER, mode=mode, opacity=0.0)
    np.testing.assert_array_equal(blended.pixels, IMAGE.pixels)
    assert blended.seeds == (5, 6)


def test_blending_normally_with_opacity_1_is_the_upper_picture() -> None:
    np.testing.assert_array_equal(nodes.blend_images(IMAGE, OTHER, opacity=1.0).pixels, OTHER.pixels)


def test_blending_happens_where_the_mask_says() -> None:
    mask = Mask(np.zeros((1, 8, 12), np.float32))
    np.testing.assert_array_equal(
        nodes.blend_images(IMAGE, OTHER, opacity=1.0, mask=mask).pixels, IMAGE.pixels
    )


def test_light_adds_up_in_linear_light() -> None:
    grey = Image(np.full((1, 2, 2, 3), 0.5))
    plain = nodes.blend_images(grey, grey, mode=BlendMode.ADD, opacity=1.0)
    linear = nodes.blend_images(grey, grey, mode=BlendMode.ADD, opacity=1.0, linear_light=True)
    np.testing.assert_array_equal(plain.pixels, 1)
    np.testing.assert_allclose(linear.pixels, 0.6858, atol=1e-3)


@pytest.mark.parametrize(("value", "expected"), [(1.0, OTHER), (0.0, IMAGE)])
def test_composite_with_a_full_and_an_empty_mask(value: float, expected: Image) -> None:
    whole = nodes.composite_images(IMAGE, OTHER, Mask(np.full((1, 16, 24), value)))
    np.testing.assert_array_equal(whole.pixels, expected.pixels)


def test_composite_reaching_beyond_the_edge_is_cut_off() -> None:
    small = nodes.crop_image(OTHER, 0, 0, 10, 8)
    result = nodes.composite_images(IMAGE, small, left=20, top=-4)
    expected = IMAGE.pixels.copy()
    expected[:, :4, 20:] = small.pixels[:, 4:, :4]
    np.testing.assert_array_equal(result.pixels, expected)
    far = nodes.composite_images(IMAGE, small, left=100)
    np.testing.assert_array_equal(far.pixels, IMAGE.pixels)


def test_a_mask_is_scaled_to_what_it_is_for() -> None:
    mask = Mask(np.concatenate([np.ones((1, 4, 3)), np.zeros((1, 4, 3))], axis=2))
    result = nodes.composite_images(IMAGE, OTHER, mask)
    np.testing.assert_array_equal(result.pixels[:, :, :8], OTHER.pixels[:, :, :8])
    np.testing.assert_array_equal(result.pixels[:, :, 16:], IMAGE.pixels[:, :, 16:])


@pytest.mark.parametrize("make", [nodes.blend_images, nodes.compare_images])
def test_pictures_of_other_sizes_or_numbers_are_refused(make: Any) -> None:
    name = "above" if make is nodes.blend_images else "second"
    with pytest.raises(NodeFailed, match=f"^{name}: it has 48 x 32 pixels, the other 24 x 16. Resize one"):
        make(IMAGE, nodes.resize_image(OTHER))
    with pytest.raises(NodeFailed, match=f"^{name}: a batch of 4 does not go with one of 2"):
        make(IMAGE, nodes.repeat_image(OTHER))


def test_batches_join_repeat_and_come_apart() -> None:
    joined = nodes.batch_images([IMAGE, OTHER])
    assert joined.seeds == (5, 6, 7, 8)
    picked = nodes.select_images(joined, 2, 2)
    np.testing.assert_array_equal(picked.pixels, np.stack([IMAGE.pixels[1], OTHER.pixels[0]]))
    assert picked.seeds == (6, 7)
    assert nodes.repeat_image(IMAGE, 3).seeds == (5, 6) * 3
    with pytest.raises(NodeFailed, match=r"^first: there is no item 5\. Use 1 to 4"):
        nodes.select_images(joined, 5)
    with pytest.raises(NodeFailed, match=r"^images: it has 48 x 32 pixels, the other 24 x 16"):
        nodes.batch_images([IMAGE, nodes.resize_image(OTHER)])
    with pytest.raises(NodeFailed, match=r"^images: nothing is linked to it"):
        nodes.batch_images([])


def test_a_grid_shows_all_with_a_line_each() -> None:
    sheet = nodes.image_grid(IMAGE, "one\ntwo", columns=1, gap=2)
    assert (len(sheet), sheet.size) == (1, (2 * (16 + 14 + 2) + 2, 28))
    bare = nodes.image_grid(IMAGE, columns=1, gap=2)
    assert bare.size == (2 * 18 + 2, 28)
    assert nodes.image_grid(IMAGE, columns=1, gap=2, seeds=True).size == sheet.size
    with pytest.raises(NodeFailed, match=r"^labels: has 3 lines for 2 pictures"):
        nodes.image_grid(IMAGE, "a\nb\nc")


def test_comparing_shows_and_counts() -> None:
    same = nodes.compare_images(IMAGE, IMAGE)
    assert (same.psnr, same.largest_difference) == (math.inf, 0)
    assert same.ssim == pytest.approx(1)
    assert same.image.size == (16, 48)
    darker = nodes.adjust_image(IMAGE, brightness=0.9)
    seen = nodes.compare_images(IMAGE, darker, View.DIFFERENCE, 4.0)
    np.testing.assert_allclose(seen.image.pixels, (IMAGE.pixels * 0.4).clip(0, 1), atol=1e-5)
    assert seen.largest_difference == pytest.approx(float(IMAGE.pixels.max()) * 0.1, rel=1e-4)
    assert 20 < seen.psnr < 40
    split = nodes.compare_images(IMAGE, OTHER, View.SPLIT).image.pixels
    np.testing.assert_array_equal(split[:, :, :12], IMAGE.pixels[:, :, :12])
    np.testing.assert_array_equal(split[:, :, 12:], OTHER.pixels[:, :, 12:])
