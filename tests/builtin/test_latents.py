"""Nodes that change latents: what they do to samples, and what they keep of seeds, masks and noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import nodes
from nodeflow.errors import NodeFailed
from nodeflow.node import Context
from nodeflow.raster import Resampling
from nodeflow.raster.shape import Border, Direction, Turn
from nodeflow.values import Handover, Inpainting, Latent, Mask, Scheduler

GENERATOR = np.random.default_rng(0)
HANDOVER = Handover(Scheduler.EULER, 400.0)
LATENT = Latent(GENERATOR.standard_normal((2, 4, 6, 8), np.float32), seeds=(7, 8))
OTHER = Latent(GENERATOR.standard_normal((2, 4, 6, 8), np.float32), seeds=(9, 10))
NOISY = Latent(LATENT.samples, handover=HANDOVER, seeds=(7, 8))


class Recording(Context):
    """A context that remembers warnings."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def warn(self, message: str) -> None:
        self.said.append(message)


@pytest.fixture
def context() -> Recording:
    return Recording()


CHANGES: list[Callable[[Latent, Context], Latent]] = [
    lambda latent, context: nodes.resize_latent(latent, factor=2.0, context=context),
    lambda latent, context: nodes.crop_latent(latent, left=8, width=16, context=context),
    lambda latent, context: nodes.pad_latent(latent, left=8, bottom=16, context=context),
    lambda latent, context: nodes.flip_latent(latent, context=context),
    lambda latent, context: nodes.rotate_latent(latent, context=context),
]
LOSSES = [*CHANGES, lambda latent, context: nodes.add_noise(latent, context=context)]


@pytest.mark.parametrize("change", CHANGES)
def test_masks_change_with_the_samples_and_seeds_stay(
    change: Callable[[Latent, Context], Latent], context: Recording
) -> None:
    mask = GENERATOR.random((1, 6, 8)).astype(np.float32)
    parts = Inpainting(mask, original=LATENT.samples, surroundings=OTHER.samples)
    changed = change(Latent(LATENT.samples, seeds=(7, 8), inpainting=parts), context)
    alone = change(LATENT, context)
    np.testing.assert_array_equal(changed.samples, alone.samples)
    assert (changed.seeds, context.said) == ((7, 8), [])
    assert changed.inpainting is not None
    assert changed.inpainting.mask.shape == (1, *changed.samples.shape[2:])
    np.testing.assert_array_equal(changed.inpainting.original, alone.samples)
    np.testing.assert_array_equal(changed.inpainting.surroundings, change(OTHER, context).samples)


@pytest.mark.parametrize("change", LOSSES)
def test_noise_that_was_changed_is_lost_and_said(
    change: Callable[[Latent, Context], Latent], context: Recording
) -> None:
    assert change(NOISY, context).handover is None
    assert len(context.said) == 1
    assert context.said[0].startswith("noise that a sampler left in these latents was ")


def test_resizing_to_the_same_size_is_nothing(context: Recording) -> None:
    for method in Resampling:
        same = nodes.resize_latent(NOISY, width=64, height=48, method=method, context=context)
        assert same is NOISY
    assert context.said == []


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({"factor": 2.0}, (96, 128)),
        ({"factor": 1.3}, (64, 80)),
        ({"width": 32}, (24, 32)),
        ({"height": 96}, (96, 128)),
        ({"width": 32, "height": 96}, (96, 32)),
    ],
)
def test_sizes_of_latents_are_pixels(
    asked: dict[str, Any], size: tuple[int, int], context: Recording
) -> None:
    assert nodes.resize_latent(LATENT, **asked, context=context).size == size


def test_flipping_and_turning_back(context: Recording) -> None:
    for direction in Direction:
        flipped = nodes.flip_latent(LATENT, direction, context=context)
        assert not np.array_equal(flipped.samples, LATENT.samples)
        corner = (-1, 0) if direction is Direction.VERTICAL else (0, -1)
        np.testing.assert_array_equal(flipped.samples[:, :, 0, 0], LATENT.samples[:, :, *corner])
        back = nodes.flip_latent(flipped, direction, context=context)
        np.testing.assert_array_equal(back.samples, LATENT.samples)
    turned = LATENT
    for _ in range(4):
        turned = nodes.rotate_latent(turned, Turn.QUARTER, context=context)
    np.testing.assert_array_equal(turned.samples, LATENT.samples)


@pytest.mark.parametrize("border", Border)
def test_cropping_takes_padding_off(border: Border, context: Recording) -> None:
    padded = nodes.pad_latent(LATENT, left=16, top=8, right=24, border=border, context=context)
    assert padded.size == (56, 104)
    back = nodes.crop_latent(padded, left=16, top=8, width=64, height=48, context=context)
    np.testing.assert_array_equal(back.samples, LATENT.samples)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"left": 64}, r"^left: 64 lies outside: the width is 64\. Use 0 to 56$"),
        ({"top": 8, "height": 48}, r"^height: 48 from 8 on reach beyond the height of 48\. Use 8 to 40$"),
    ],
)
def test_a_part_outside_is_refused(part: dict[str, int], said: str, context: Recording) -> None:
    with pytest.raises(NodeFailed, match=said):
        nodes.crop_latent(LATENT, **part, context=context)


def test_blending_0_and_1_is_one_of_them(context: Recording) -> None:
    np.testing.assert_array_equal(
        nodes.blend_latents(LATENT, OTHER, 0.0, context=context).samples, LATENT.samples
    )
    np.testing.assert_array_equal(
        nodes.blend_latents(LATENT, OTHER, 1.0, context=context).samples, OTHER.samples
    )
    half = nodes.blend_latents(LATENT, OTHER, 0.5, context=context)
    np.testing.assert_allclose(half.samples, (LATENT.samples + OTHER.samples) / 2, atol=1e-6)
    assert half.seeds == (7, 8)


def test_one_item_goes_with_many_and_counts_as_many(context: Recording) -> None:
    one = nodes.select_latents(OTHER, 2)
    assert one.seeds == (10,)
    assert len(nodes.blend_latents(LATENT, one, context=context)) == 2
    assert nodes.blend_latents(one, LATENT, context=context).seeds == (7, 8)
    three = nodes.batch_latents([LATENT, one])
    with pytest.raises(NodeFailed, match=r"^second: a batch of 3 does not go with one of 2\. Give as many"):
        nodes.blend_latents(LATENT, three, context=context)


def test_added_noise_is_as_strong_as_asked_and_of_the_items_seed(context: Recording) -> None:
    large = Latent(np.ones((2, 4, 64, 64), np.float32), seeds=(7, 8))
    noisy = nodes.add_noise(large, 0.3, 5, context=context)
    added = noisy.samples - large.samples
    assert added.std() == pytest.approx(0.3, rel=0.02)
    assert added.mean() == pytest.approx(0, abs=0.01)
    second = nodes.add_noise(nodes.select_latents(large, 2), 0.3, 6, context=context)
    np.testing.assert_array_equal(noisy.samples[1], second.samples[0])
    assert (noisy.seeds, context.said) == ((7, 8), [])
    assert nodes.add_noise(large, 0.0, context=context) is large


def test_noise_is_added_where_the_mask_says_and_not_to_what_is_kept(context: Recording) -> None:
    masked = Latent(LATENT.samples, inpainting=Inpainting(np.ones((1, 6, 8), np.float32)))
    left = nodes.rectangle_mask(64, 48, left=0, top=0, box_width=32, box_height=48)
    noisy = nodes.add_noise(masked, 1.0, mask=left, context=context)
    np.testing.assert_array_equal(noisy.samples[..., 4:], LATENT.samples[..., 4:])
    assert (noisy.samples[..., :4] != LATENT.samples[..., :4]).all()
    assert noisy.inpainting is not None
    np.testing.assert_array_equal(noisy.inpainting.original, LATENT.samples)
    assert not nodes.add_noise(Latent(LATENT.samples, empty=True), context=context).empty


def test_latents_of_other_sizes_are_refused(context: Recording) -> None:
    large = nodes.resize_latent(OTHER, factor=2.0, context=context)
    said = r"second: it is for 128 x 96 pixels, the other for 64 x 48\. Resize one of them"
    with pytest.raises(NodeFailed, match=said):
        nodes.blend_latents(LATENT, large, context=context)


@pytest.mark.parametrize(("value", "expected"), [(1.0, OTHER), (0.0, LATENT)])
def test_composite_with_a_full_and_an_empty_mask(value: float, expected: Latent, context: Recording) -> None:
    mask = Mask(np.full((1, 48, 64), value))
    whole = nodes.composite_latents(LATENT, OTHER, mask, context=context)
    np.testing.assert_array_equal(whole.samples, expected.samples)


def test_composite_puts_a_piece_where_it_is_told(context: Recording) -> None:
    piece = nodes.crop_latent(OTHER, width=24, height=16, context=context)
    result = nodes.composite_latents(LATENT, piece, left=48, top=-8, context=context)
    expected = LATENT.samples.copy()
    expected[:, :, :1, 6:] = piece.samples[:, :, 1:, :2]
    np.testing.assert_array_equal(result.samples, expected)
    feathered = nodes.composite_latents(LATENT, piece, left=16, top=16, feather=8.0, context=context)
    outside = np.ones((6, 8), bool)
    outside[2:4, 2:5] = False
    np.testing.assert_array_equal(feathered.samples[:, :, outside], LATENT.samples[:, :, outside])


def test_noise_of_the_same_step_survives_a_composite_only(context: Recording) -> None:
    noisy = Latent(OTHER.samples, handover=HANDOVER)
    assert nodes.composite_latents(NOISY, noisy, context=context).handover == HANDOVER
    assert context.said == []
    assert nodes.composite_latents(NOISY, OTHER, context=context).handover is None
    assert nodes.blend_latents(NOISY, noisy, context=context).handover is None
    assert len(context.said) == 2


def test_batches_join_repeat_and_come_apart() -> None:
    joined = nodes.batch_latents([LATENT, OTHER])
    assert joined.seeds == (7, 8, 9, 10)
    np.testing.assert_array_equal(nodes.select_latents(joined, 3, 2).samples, OTHER.samples)
    twice = nodes.repeat_latent(OTHER, 2)
    assert twice.seeds == (9, 10, 9, 10)
    np.testing.assert_array_equal(twice.samples, np.concatenate([OTHER.samples, OTHER.samples]))
    assert nodes.batch_latents([LATENT, Latent(OTHER.samples)]).seeds == ()
    assert nodes.batch_latents([NOISY, NOISY]).handover == HANDOVER


def test_a_solvers_history_does_not_go_to_others(context: Recording) -> None:
    told = replace(HANDOVER, state=np.zeros(3, np.uint8))
    noisy = replace(NOISY, handover=told)
    for other in (
        nodes.batch_latents([noisy, noisy]),
        nodes.repeat_latent(noisy),
        nodes.select_latents(noisy),
        nodes.composite_latents(noisy, noisy, context=context),
    ):
        assert other.handover == HANDOVER
        assert other.handover.state is None


def test_masks_join_and_come_apart() -> None:
    mask = np.zeros((1, 6, 8), np.float32)
    masked = Latent(LATENT.samples, inpainting=Inpainting(mask, original=OTHER.samples))
    joined = nodes.batch_latents([masked, OTHER]).inpainting
    assert joined is not None
    np.testing.assert_array_equal(joined.mask.mean(axis=(1, 2)), [0, 0, 1, 1])
    np.testing.assert_array_equal(joined.original, np.concatenate([OTHER.samples, OTHER.samples]))
    last = nodes.select_latents(nodes.batch_latents([masked, OTHER]), 4).inpainting
    assert last is not None
    assert (len(last.mask), last.mask.min()) == (1, 1)
    told = Latent(OTHER.samples, inpainting=Inpainting(mask, surroundings=OTHER.samples))
    with pytest.raises(NodeFailed, match=r"^latents: their masks are for different kinds of model"):
        nodes.batch_latents([masked, told])


@pytest.mark.parametrize(
    ("latents", "said"),
    [
        ([], "nothing is linked to it"),
        (
            [LATENT, Latent(np.zeros((1, 4, 2, 2), np.float32))],
            "it is for 16 x 16 pixels, the other for 64 x 48",
        ),
        ([LATENT, NOISY], "noise is left in them from different steps"),
        ([LATENT, Latent(OTHER.samples, empty=True)], "some are empty and some are not"),
    ],
)
def test_latents_that_do_not_go_together_are_refused(latents: list[Latent], said: str) -> None:
    with pytest.raises(NodeFailed, match=f"^latents: {said}"):
        nodes.batch_latents(latents)


@pytest.mark.parametrize(
    ("first", "count", "said"),
    [
        (3, 1, r"first: there is no item 3\. Use 1 to 2"),
        (2, 2, r"count: there are not 2 items from 2 on, but 1"),
    ],
)
def test_items_that_are_not_there_are_refused(first: int, count: int, said: str) -> None:
    with pytest.raises(NodeFailed, match=said):
        nodes.select_latents(LATENT, first, count)
