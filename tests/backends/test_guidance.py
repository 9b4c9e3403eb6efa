"""The guidance scale over a run: a level curve is a scale, and every step of another has its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from nodeflow.backends.torch import TorchBackend
from nodeflow.hardware import Part
from nodeflow.values import Curve, Latent, ModelRecipe, Scheduler

FALLING = Curve(((0, 9), (0.5, 4), (1, 0)))
STEPS = 6
SCALES = [FALLING.at(step / (STEPS - 1)) for step in range(STEPS)]


@pytest.mark.parametrize("scheduler", [Scheduler.EULER, Scheduler.HEUN])
@pytest.mark.parametrize("scale", [5.0, 1.0, 1.5])
def test_a_level_curve_gives_the_picture_of_its_scale(
    scale: float, scheduler: Scheduler, picture: Callable[..., Any]
) -> None:
    ours = picture(scheduler=scheduler, guidance_scale=12.0, guidance_curve=Curve.constant(scale))
    np.testing.assert_array_equal(ours, picture(scheduler=scheduler, guidance_scale=scale))


def test_every_step_has_the_curves_scale(sample: Callable[..., Latent], empty: Callable[..., Latent]) -> None:
    latent = empty()
    for step, scale in enumerate(SCALES):
        latent = sample(latent=latent, guidance_scale=scale, end_step=step + 1)
    whole = sample(guidance_curve=FALLING)
    np.testing.assert_array_equal(whole.samples, latent.samples)
    assert np.abs(whole.samples - sample().samples).max() > 0.01


@pytest.mark.parametrize("cut", [1, 4])
def test_a_run_cut_in_two_gives_the_whole_runs_latents(cut: int, sample: Callable[..., Latent]) -> None:
    base = sample(guidance_curve=FALLING, end_step=cut)
    finished = sample(guidance_curve=FALLING, latent=base)
    np.testing.assert_array_equal(finished.samples, sample(guidance_curve=FALLING).samples)


@pytest.fixture
def rows(backend: TorchBackend, pocket: ModelRecipe) -> Iterator[list[int]]:
    """How many items each evaluation of the UNet had."""
    found: list[int] = []
    with backend.lease(pocket, Part.UNET) as lease:
        unet = lease[Part.UNET].module
    hook = unet.register_forward_pre_hook(lambda _, arguments: found.append(len(arguments[0])))
    yield found
    hook.remove()


def test_steps_up_to_1_are_predicted_once(rows: list[int], sample: Callable[..., Latent]) -> None:
    sample(guidance_curve=FALLING)
    assert rows == [2 if scale > 1 else 1 for scale in SCALES]
    assert rows[-1] == 1


def test_a_curve_of_no_guidance_needs_no_negative(rows: list[int], sample: Callable[..., Latent]) -> None:
    sample(guidance_curve=Curve(((0, 1), (1, 0))), negative=None)
    assert rows == [1] * STEPS
