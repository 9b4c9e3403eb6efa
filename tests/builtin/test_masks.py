"""Nodes that make and change masks."""

from __future__ import annotations

import numpy as np
import pytest

import nodes
from nodeflow.errors import NodeFailed
from nodeflow.raster import Resampling
from nodeflow.raster.masking import Combination
from nodeflow.values import Image, Mask
from nodes.mask import Channel

SOFT = Mask(np.random.default_rng(2).random((2, 8, 12), np.float32))


def test_solid_and_rectangular_masks() -> None:
    assert (nodes.solid_mask(0.25, 5, 3).values == 0.25).all()
    box = nodes.rectangle_mask(10, 6, left=2, top=1, box_width=3, box_height=4).values
    assert (box.shape, box.sum(), box[0, 1:5, 2:5].min()) == ((1, 6, 10), 12, 1)


def test_a_rectangle_outside_is_refused() -> None:
    with pytest.raises(NodeFailed, match=r"^box_width: 5 from 8 on reach beyond the width of 10. Use 1 to 2"):
        nodes.rectangle_mask(10, 6, left=8, top=0, box_width=5, box_height=1)
    with pytest.raises(NodeFailed, match=r"^top: 6 lies outside: the height is 6. Use 0 to 5"):
        nodes.rectangle_mask(10, 6, left=8, top=6, box_width=1, box_height=1)


def test_masks_from_brightness_colours_and_back() -> None:
    image = Image(np.array([[[[1, 0, 0], [0, 1, 0], [1, 1, 1], [0, 0, 0]]]], np.float32))
    brightness = nodes.mask_from_image(image).values[0, 0]
    np.testing.assert_allclose(brightness, [0.299, 0.587, 1, 0], atol=1e-6)
    assert nodes.mask_from_image(image, Channel.GREEN).values[0, 0].tolist() == [0, 1, 1, 0]
    np.testing.assert_array_equal(
        nodes.mask_from_image(nodes.mask_to_image(SOFT), Channel.RED).values, SOFT.values
    )


def test_masks_from_thresholds_and_colours() -> None:
    ramp = Image(np.repeat(np.linspace(0, 1, 11, dtype=np.float32)[None, None, :, None], 3, axis=-1))
    hard = nodes.mask_from_threshold(ramp, 0.45, 0.75).values[0, 0]
    assert hard.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0]
    soft = nodes.mask_from_threshold(ramp, 0.5, 1.0, 0.2).values[0, 0]
    np.testing.assert_allclose(soft[:6], [0, 0, 0, 0, 0.5, 1], atol=1e-5)
    grey = nodes.mask_from_color(ramp, "#808080", 0.11).values[0, 0]
    assert grey.tolist() == [0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]
    with pytest.raises(NodeFailed, match=r"^low: 0.8 is more than high, 0.2\. Use 0 to 0.2"):
        nodes.mask_from_threshold(ramp, 0.8, 0.2)


def test_inverting_twice_changes_nothing() -> None:
    np.testing.assert_allclose(nodes.invert_mask(nodes.invert_mask(SOFT)).values, SOFT.values, atol=1e-7)
    np.testing.assert_array_equal(nodes.invert_mask(nodes.solid_mask(1.0, 3, 3)).values, 0)


def test_growing_feathering_resizing_and_cropping() -> None:
    box = nodes.rectangle_mask(32, 24, left=8, top=8, box_width=8, box_height=8)
    grown = nodes.grow_mask(box, 4).values
    assert (grown[0, 12].sum(), grown[0, 4, 4], grown[0, 5, 10]) == (16, 0, 1)
    assert nodes.grow_mask(box, -3).values.sum() == 4
    feathered = nodes.feather_mask(box, 2.0).values
    assert feathered.sum() == pytest.approx(64, rel=1e-3)
    assert 0 < feathered[0, 7, 12] < 0.5 < feathered[0, 9, 12] < 1
    np.testing.assert_array_equal(nodes.feather_mask(box, 0.0).values, box.values)
    assert nodes.resize_mask(box, 16, 12, Resampling.NEAREST).values.sum() == 16
    assert nodes.crop_mask(box, 8, 8, 8, 8).values.min() == 1
    with pytest.raises(NodeFailed, match=r"^left: 32 lies outside"):
        nodes.crop_mask(box, 32)


@pytest.mark.parametrize("how", Combination)
def test_combining_with_nothing(how: Combination) -> None:
    nothing = nodes.solid_mask(0.0, 12, 8)
    kept = nodes.combine_masks(SOFT, nothing, how).values
    np.testing.assert_array_equal(kept, 0 if how is Combination.INTERSECTION else SOFT.values)
    with pytest.raises(NodeFailed, match=r"^second: it has 3 x 3 pixels, the other 12 x 8"):
        nodes.combine_masks(SOFT, nodes.solid_mask(0.0, 3, 3), how)
