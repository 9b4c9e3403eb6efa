"""Guidance by detail and by magnitude: the formulas, and plain guidance as their limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.guiders import MagnitudeAwareGuidance
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.backends.consistency import without_guidance
from nodeflow.backends.guidance import POSITIVE, ClassifierFree, Guider
from nodeflow.backends.onnx import sampling as onnx
from nodeflow.backends.scaled_guidance import FrequencyDecoupled, MagnitudeAware
from nodeflow.backends.smoothing import coarse
from nodeflow.backends.torch import guiders
from nodeflow.values import Curve, Guidance, GuidanceMethod, Latent

FDG, MAMBO_G = Guidance(GuidanceMethod.FDG), Guidance(GuidanceMethod.MAMBO_G)
SCALES = st.floats(0, 30)


def guided(guider: Guider, negative: Any, positive: Any) -> Any:
    """What a guider makes of two predictions at its first step."""
    return guider.guide(
        0, lambda *sides, variant="": tuple(positive if side == POSITIVE else negative for side in sides)
    )


def predictions(*shape: int) -> tuple[torch.Tensor, torch.Tensor]:
    negative, positive = torch.randn(2, *shape, generator=torch.Generator().manual_seed(0))
    return negative, positive


@given(scale=SCALES, height=st.integers(1, 19), width=st.integers(1, 19))
def test_equal_scales_and_no_alpha_are_plain_guidance(scale: float, height: int, width: int) -> None:
    negative, positive = predictions(2, 4, height, width)
    plain = guided(ClassifierFree([scale]), negative, positive)
    for limit in (
        FrequencyDecoupled([scale], [scale], guiders._coarse),
        MagnitudeAware([scale], 0.0, guiders._length),
    ):
        assert torch.equal(guided(limit, negative, positive), plain)
        assert limit.sides == ClassifierFree([scale]).sides


@given(low=SCALES, high=SCALES, alpha=st.floats(0, 50), height=st.integers(1, 19), width=st.integers(1, 19))
def test_numpy_gives_what_torch_gives(low: float, high: float, alpha: float, height: int, width: int) -> None:
    both = predictions(2, 4, height, width)
    for theirs, ours in (
        (FrequencyDecoupled([low], [high], guiders._coarse), FrequencyDecoupled([low], [high], onnx._coarse)),
        (MagnitudeAware([low], alpha, guiders._length), MagnitudeAware([low], alpha, onnx._length)),
    ):
        found = guided(ours, *(side.numpy() for side in both))
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, guided(theirs, *both), atol=1e-4)


@pytest.mark.parametrize(("low", "high"), [(5.0, 10.0), (8.0, 2.0), (1.0, 6.0), (0.5, 3.0), (6.0, 1.0)])
def test_detail_and_the_rest_have_scales_of_their_own(low: float, high: float) -> None:
    negative, positive = (side.double() for side in predictions(1, 4, 9, 14))
    difference = positive - negative
    rest = torch.from_numpy(coarse(9)).double() @ difference @ torch.from_numpy(coarse(14)).double().T
    expected = negative + max(low, 1) * rest + max(high, 1) * (difference - rest)
    found = guided(FrequencyDecoupled([low], [high], guiders._coarse), negative, positive)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("dtype", "close"), [(torch.float32, 1e-5), (torch.float16, 0.02), (torch.bfloat16, 0.15)]
)
@pytest.mark.parametrize("alpha", [0.0, 0.5, 8.0])
def test_magnitudes_are_weighed_as_in_diffusers(alpha: float, dtype: torch.dtype, close: float) -> None:
    negative, positive = (side.to(dtype) for side in predictions(3, 4, 16, 12))
    positive[1] = negative[1] + 0.01 * positive[1]  # of another length, which must not matter to the others
    oracle = MagnitudeAwareGuidance(7.5, alpha)
    theirs = oracle.forward(positive.flatten(1), negative.flatten(1)).pred.view_as(positive)
    found = guided(MagnitudeAware([7.5], alpha, guiders._length), negative, positive)
    assert found.dtype == dtype
    torch.testing.assert_close(found, theirs, atol=close, rtol=0)
    alone = guided(MagnitudeAware([7.5], alpha, guiders._length), negative[1:2], positive[1:2])
    torch.testing.assert_close(alone, found[1:2])


@pytest.mark.parametrize("guidance", [FDG, MAMBO_G])
def test_a_part_of_the_steps_and_curves_are_kept(guidance: Guidance, request_for: Callable[..., Any]) -> None:
    request = request_for(
        guidance=replace(guidance, start=0.4, stop=0.7), guidance_curve=Curve(((0, 8), (1, 2)))
    )
    guider = guiders.make_guider(request, None)
    negative, positive = predictions(1, 4, 8, 8)
    acting = []
    for step in range(6):
        found = guider.guide(
            step,
            lambda *sides, variant="": tuple(positive if side == POSITIVE else negative for side in sides),
        )
        acting.append(found is not positive)
    assert acting == [False, False, True, True, False, False]


def test_a_unet_that_is_told_its_scale_is_not_guided_in_detail(request_for: Callable[..., Any]) -> None:
    told = without_guidance(request_for(guidance=FDG))
    assert guiders.make_guider(told, None).sides == (POSITIVE,)


@pytest.mark.parametrize("size", [(64, 64), (72, 120)])  # latents of 9 by 15 places
@pytest.mark.parametrize("guidance", [FDG, MAMBO_G])
def test_pictures_change_and_an_item_of_a_batch_is_its_own(
    guidance: Guidance, size: tuple[int, int], sample: Callable[..., Latent], empty: Callable[..., Latent]
) -> None:
    plain = sample(latent=empty(*size), steps=3, seed=8)
    alone = sample(latent=empty(*size), steps=3, seed=8, guidance=guidance)
    batch = sample(latent=empty(*size, 2), steps=3, seed=7, guidance=guidance)
    assert np.abs(alone.samples - plain.samples).max() > 0.1
    np.testing.assert_allclose(batch.samples[1], alone.samples[0], atol=1e-4)
