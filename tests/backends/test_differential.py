"""Differential diffusion: a soft mask says when each place begins to change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from nodeflow.backends.inpainting import Kept
from nodeflow.values import Inpainting, Latent, Scheduler

Sample = Callable[..., Latent]
MASK = np.repeat(np.linspace(0, 1, 8, dtype=np.float32)[None, None], 8, axis=1)  # black left to white right


@pytest.fixture(scope="module")
def clean(sample: Sample, empty: Callable[..., Latent]) -> Latent:
    return Latent(sample(latent=empty(64, 64), seed=1).samples)


def masked(clean: Latent, mask: Any = MASK, *, differential: bool = True) -> Latent:
    return Latent(clean.samples, inpainting=Inpainting(mask, differential=differential))


@pytest.mark.parametrize("as_backends_have", [np.asarray, torch.from_numpy])
@pytest.mark.parametrize(("steps", "begun"), [(6, 0), (10, 4)])
def test_a_place_joins_when_its_share_of_the_steps_is_left(
    steps: int, begun: int, as_backends_have: Callable[[Any], Any]
) -> None:
    mask, there = as_backends_have(MASK.copy())[:, None], as_backends_have(np.ones((1, 4, 8, 8), np.float32))
    kept = Kept(mask, lambda _: there, steps, differential=True, begun=begun)
    made = 5 * there
    for step in range(begun + 1, steps):
        joined = kept.outside(made, step, step)[0, 0, 0] == 5.0
        left = (steps - step) / (steps - begun)
        assert joined.tolist() == [value >= left - 1e-6 for value in MASK[0, 0].tolist()]


@pytest.mark.parametrize("scheduler", [Scheduler.EULER, Scheduler.DPMPP_2M])
@pytest.mark.parametrize("denoise", [0.7, 1.0])
def test_black_stays_and_lighter_places_change_more(
    scheduler: Scheduler, denoise: float, clean: Latent, sample: Sample
) -> None:
    def change(mask: Any) -> Any:
        made = sample(latent=masked(clean, mask), scheduler=scheduler, denoise=denoise, steps=8, seed=2)
        return np.abs(made.samples - clean.samples).mean(axis=(0, 1, 2))

    soft, white = change(MASK), change(np.ones_like(MASK))
    assert soft[0] == 0
    assert soft[1:5].mean() < white[1:5].mean()


def test_black_and_white_are_as_with_any_mask(clean: Latent, sample: Sample) -> None:
    hard = (MASK > 0.5).astype(np.float32)
    ours, usual = (
        sample(latent=masked(clean, hard, differential=given), denoise=0.7) for given in (True, False)
    )
    np.testing.assert_array_equal(ours.samples, usual.samples)


@pytest.mark.parametrize("scheduler", [Scheduler.EULER_ANCESTRAL, Scheduler.DPMPP_2M])
def test_a_run_that_is_cut_equals_one_run(scheduler: Scheduler, clean: Latent, sample: Sample) -> None:
    fields: dict[str, Any] = {"scheduler": scheduler, "steps": 8}
    whole = sample(latent=masked(clean), denoise=0.7, **fields)
    first = sample(latent=masked(clean), denoise=0.7, end_step=5, **fields)
    np.testing.assert_array_equal(sample(latent=first, **fields).samples, whole.samples)
