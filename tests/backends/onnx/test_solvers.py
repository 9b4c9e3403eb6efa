"""Solvers without torch give what diffusers' give."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from nodeflow.backends.onnx.generator import Generator
from nodeflow.backends.onnx.solvers import SOLVERS, make_solver
from nodeflow.backends.torch.schedulers import make_scheduler, step_arguments
from nodeflow.errors import NodeFailed
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.values import Schedule, Scheduler, SigmaSpacing, Solver, TimestepSpacing

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

SETTINGS = BUNDLED_MODELS / "checkpoints" / "pocket" / "scheduler" / "scheduler_config.json"
CONFIG = json.loads(SETTINGS.read_text("utf-8"))
SHAPE = (1, 4, 8, 8)
V = {"prediction_type": "v_prediction"}
ZERO_SNR = {**V, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
AT_TIMESTEPS = (Scheduler.DDIM, Scheduler.LCM)
CLOSE, CLOSE_FROM_PURE_NOISE = 1e-4, 2e-3
"""Largest difference, as a share of the largest latent. Where nothing of a picture is left at the beginning,
noise levels are in the thousands, and float32 loses as many digits."""


def model(latents: Any) -> Any:
    """Something like a UNet, smooth in the latents."""
    return np.tanh(latents * np.float32(1.3) + np.float32(0.1)) * np.float32(0.9)


def walk(name: Scheduler, config: dict[str, Any], steps: int, schedule: Schedule) -> tuple[Any, Any, Any]:
    """The latents of both after all steps, and the solver."""
    theirs = make_scheduler(name, config, steps, torch.device("cpu"), schedule)
    ours = make_solver(name, config, steps, schedule)
    np.testing.assert_allclose(ours.timesteps, theirs.timesteps.tolist(), rtol=0, atol=2e-3)
    assert ours.initial == pytest.approx(float(theirs.init_noise_sigma), rel=1e-3)
    mine = Generator(1).normal(SHAPE) * np.float32(ours.initial)
    other = torch.from_numpy(mine.copy())
    for step, t in enumerate(theirs.timesteps):
        predicted = torch.from_numpy(model(theirs.scale_model_input(other, t).numpy()))
        arguments = step_arguments(theirs, [torch.Generator().manual_seed(step)], Solver())
        other = theirs.step(predicted, t, other, **arguments, return_dict=False)[0]
        draw = partial(Generator(step).normal, SHAPE)
        mine = ours.step(step, model(ours.scaled(mine, step)), mine, draw)
        assert mine.dtype == np.float32
    return mine, other.numpy(), ours


def check(name: Scheduler, config: dict[str, Any], steps: int, schedule: Schedule) -> None:
    mine, other, _ = walk(name, config, steps, schedule)
    tolerance = CLOSE_FROM_PURE_NOISE if config.get("rescale_betas_zero_snr") else CLOSE
    assert np.abs(mine - other).max() <= tolerance * max(1, np.abs(other).max())


@pytest.mark.parametrize("steps", [1, 2, 14, 15, 30])
@pytest.mark.parametrize("spacing", [None, SigmaSpacing.KARRAS])
@pytest.mark.parametrize("name", SOLVERS)
def test_a_run_is_that_of_diffusers(name: Scheduler, spacing: SigmaSpacing | None, steps: int) -> None:
    if spacing is not None and name in AT_TIMESTEPS:
        with pytest.raises(NodeFailed, match=rf"^schedule: the scheduler '{name}' works at timesteps"):
            make_solver(name, CONFIG, steps, Schedule(spacing))
        return
    check(name, CONFIG, steps, Schedule(spacing))


@pytest.mark.parametrize("timesteps", TimestepSpacing)
@pytest.mark.parametrize("changed", [{}, V, ZERO_SNR, {"beta_schedule": "linear"}])
@pytest.mark.parametrize("name", SOLVERS)
def test_every_checkpoints_settings_count(
    name: Scheduler, changed: dict[str, Any], timesteps: TimestepSpacing
) -> None:
    if name is Scheduler.LCM:  # which spaces them in a way of its own
        check(name, {**CONFIG, **changed, "timestep_spacing": timesteps}, 8, Schedule())
        return
    check(name, {**CONFIG, **changed}, 8, Schedule(timestep_spacing=timesteps))


@pytest.mark.parametrize(
    "schedule",
    [
        *(Schedule(spacing) for spacing in SigmaSpacing),
        Schedule(sigmas=(14.0, 6.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05)),
    ],
)
@pytest.mark.parametrize("name", [Scheduler.EULER, Scheduler.EULER_ANCESTRAL, Scheduler.DPMPP_2M])
def test_every_spacing_of_noise_levels_is_that_of_diffusers(name: Scheduler, schedule: Schedule) -> None:
    check(name, CONFIG, 8, schedule)


@pytest.mark.parametrize("name", [Scheduler.EULER, Scheduler.DPMPP_2M])
def test_a_schedule_may_end_at_the_lowest_noise_of_training(name: Scheduler) -> None:
    check(name, {**CONFIG, "final_sigmas_type": "sigma_min"}, 8, Schedule(SigmaSpacing.KARRAS))


@pytest.mark.parametrize("sigmas", [(), (14.0, 3.0, 0.5)])
def test_consistency_models_take_lists_and_settings_of_their_own(sigmas: tuple[float, ...]) -> None:
    config = {**CONFIG, "original_inference_steps": 40, "timestep_scaling": 1.0, "clip_sample": True}
    check(Scheduler.LCM, config, 3, Schedule(sigmas=sigmas))
    with pytest.raises(NodeFailed, match=r"'lcm' cannot take 41 steps\. Use 1 to 40"):
        make_solver(Scheduler.LCM, config, 41)


@pytest.mark.parametrize("step", [0, 3])
@pytest.mark.parametrize("name", SOLVERS)
def test_a_picture_gets_the_noise_of_a_step(name: Scheduler, step: int) -> None:
    theirs = make_scheduler(name, CONFIG, 6, torch.device("cpu"))
    if hasattr(theirs, "set_begin_index"):
        theirs.set_begin_index(step)
    clean, noise = Generator(1).normal(SHAPE), Generator(2).normal(SHAPE)
    noised = theirs.add_noise(
        torch.from_numpy(clean), torch.from_numpy(noise), theirs.timesteps[step : step + 1]
    )
    ours = make_solver(name, CONFIG, 6).noised(clean, noise, step)
    np.testing.assert_allclose(ours, noised.numpy(), rtol=0, atol=1e-5)


def test_a_multistep_solver_goes_on_from_what_another_remembered() -> None:
    whole, _, _ = walk(Scheduler.DPMPP_2M, CONFIG, 6, Schedule())
    first, second = (make_solver(Scheduler.DPMPP_2M, CONFIG, 6) for _ in range(2))
    latents = Generator(1).normal(SHAPE)
    for step in range(6):
        solver = first if step < 3 else second
        if step == 3:
            second.recall(first.remembered())
        latents = solver.step(step, model(latents), latents, lambda: Generator(0).normal(SHAPE))
    np.testing.assert_array_equal(latents, whole)


@pytest.mark.parametrize("steps", [0, 1001])
def test_too_many_steps_are_refused(steps: int) -> None:
    with pytest.raises(NodeFailed, match=r"^steps: the scheduler 'euler' cannot take"):
        make_solver(Scheduler.EULER, CONFIG, steps)
