"""Where the steps lie: as diffusers has them, whatever solver and spacing, or one clear line."""

from __future__ import annotations

import json
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from nodeflow.backends.levels import levels_of
from nodeflow.backends.torch.schedulers import make_scheduler
from nodeflow.errors import NodeFailed
from nodeflow.values import DenoiseSteps, Schedule, Scheduler, SigmaSpacing, TimestepSpacing

from .conftest import CHECKPOINTS
from .test_fidelity import ORACLES

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

CONFIG = json.loads((CHECKPOINTS / "pocket" / "scheduler" / "scheduler_config.json").read_text("utf-8"))
CPU = torch.device("cpu")
FLAGS = {
    SigmaSpacing.KARRAS: "use_karras_sigmas",
    SigmaSpacing.EXPONENTIAL: "use_exponential_sigmas",
    SigmaSpacing.BETA: "use_beta_sigmas",
}
AYS = [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113]  # arXiv:2404.14507, for SDXL
AT_TIMESTEPS = {Scheduler.DDIM, Scheduler.DDPM, Scheduler.LCM, Scheduler.TCD, Scheduler.PNDM}
OWN_TIMESTEPS = {Scheduler.LCM, Scheduler.TCD, Scheduler.DPMPP_2S}
SECOND_ORDER = {Scheduler.HEUN, Scheduler.KDPM2, Scheduler.KDPM2_ANCESTRAL, Scheduler.DPMPP_SDE}

QUICK = {Scheduler.EULER, Scheduler.EULER_ANCESTRAL, Scheduler.DPMPP_2S, Scheduler.HEUN, Scheduler.LCM}
SOLVERS = [pytest.param(name, marks=() if name in QUICK else pytest.mark.full) for name in Scheduler]


def made(name: Scheduler, schedule: Schedule, steps: int = 8) -> Any:
    return make_scheduler(name, CONFIG, steps, CPU, schedule)


def same_steps(ours: Any, theirs: Any) -> None:
    torch.testing.assert_close(ours.timesteps, theirs.timesteps, rtol=0, atol=0)
    if hasattr(theirs, "sigmas"):
        torch.testing.assert_close(ours.sigmas, theirs.sigmas, rtol=0, atol=0)
    assert float(ours.init_noise_sigma) == float(theirs.init_noise_sigma)


@pytest.mark.parametrize("timesteps", [None, *TimestepSpacing])
@pytest.mark.parametrize("sigmas", [None, *FLAGS])
@pytest.mark.parametrize("name", SOLVERS)
def test_steps_are_those_of_diffusers(
    name: Scheduler, sigmas: SigmaSpacing | None, timesteps: TimestepSpacing | None
) -> None:
    schedule = Schedule(sigmas, timesteps)
    if (sigmas and name in AT_TIMESTEPS) or (timesteps and name in OWN_TIMESTEPS):
        with pytest.raises(NodeFailed, match=f"^schedule: the scheduler '{name}' ") as caught:
            made(name, schedule)
        assert "\n" not in str(caught.value)
        return
    class_name, settings = ORACLES[name]
    if sigmas and name is Scheduler.EULER_ANCESTRAL:  # which takes Euler's steps, diffusers has none for it
        class_name = "EulerDiscreteScheduler"
    flags = {FLAGS[sigmas]: True} if sigmas else {}
    spacing = {"timestep_spacing": str(timesteps)} if timesteps else {}
    theirs = getattr(diffusers, class_name).from_config(CONFIG, **settings, **flags, **spacing)
    theirs.set_timesteps(8)
    same_steps(made(name, schedule), theirs)


def test_align_your_steps_is_what_diffusers_does_with_its_list() -> None:
    theirs = diffusers.EulerDiscreteScheduler.from_config(CONFIG)
    theirs.set_timesteps(sigmas=[*AYS, 0.0])
    same_steps(made(Scheduler.EULER, Schedule(SigmaSpacing.ALIGN_YOUR_STEPS), 10), theirs)


@pytest.mark.parametrize("steps", [1, 4, 10, 11, 25])
def test_other_numbers_of_steps_lie_on_straight_lines_between_logarithms(steps: int) -> None:
    levels = np.array(levels_of(Schedule(SigmaSpacing.ALIGN_YOUR_STEPS), steps, 0.029))
    assert len(levels) == steps
    assert levels[0] == pytest.approx(AYS[0])
    assert (np.diff(levels) < 0).all()
    logarithms = np.log([*AYS, 0.029])
    for i, level in enumerate(levels):
        place = i * 10 / steps
        below, share = int(place), place - int(place)
        right = logarithms[below] * (1 - share) + logarithms[min(below + 1, 10)] * share
        assert np.log(level) == pytest.approx(right)


OWN = (14.6, 7.0, 3.5, 1.5, 0.7, 0.2)


@pytest.mark.parametrize("name", [given for given in SOLVERS if given.values[0] not in AT_TIMESTEPS])
def test_a_list_is_followed(name: Scheduler) -> None:
    scheduler = made(name, Schedule(sigmas=OWN), len(OWN))
    levels = [float(level) for level in scheduler.sigmas]
    expected = [*OWN[:1], *np.repeat(OWN[1:], 2)] if name in SECOND_ORDER else OWN
    np.testing.assert_allclose(levels[: len(expected)], expected, rtol=1e-6)
    assert levels[-1] <= 0.03  # hardly any noise is left


@pytest.mark.parametrize("name", [Scheduler.DDPM, Scheduler.LCM, Scheduler.TCD])
def test_a_list_becomes_the_nearest_timesteps(name: Scheduler) -> None:
    scheduler = made(name, Schedule(sigmas=OWN), len(OWN))
    alphas = scheduler.alphas_cumprod.double()
    sigmas = ((1 - alphas) / alphas).sqrt()
    nearest = [int((sigmas.log() - np.log(level)).abs().argmin()) for level in OWN]
    assert np.abs(np.array(scheduler.timesteps) - nearest).max() <= 1


@pytest.mark.parametrize(
    ("name", "schedule", "steps", "message"),
    [
        (Scheduler.DDIM, Schedule(sigmas=OWN), 6, "list of noise levels"),
        (Scheduler.PNDM, Schedule(SigmaSpacing.ALIGN_YOUR_STEPS), 10, "list of noise levels"),
        (Scheduler.EULER, Schedule(sigmas=OWN), 7, "6 noise levels above 0, but 7 steps"),
        (Scheduler.EULER, Schedule(sigmas=(1.0,)), 7, "1 noise level above 0, but 7 steps run"),
        (Scheduler.EULER, Schedule(sigmas=OWN), 1, "6 noise levels above 0, but 1 step runs"),
        (Scheduler.DDPM, Schedule(sigmas=(2.0, 1.999)), 2, "too close together"),
    ],
)
def test_what_cannot_be_is_said(name: Scheduler, schedule: Schedule, steps: int, message: str) -> None:
    with pytest.raises(NodeFailed, match=message) as caught:
        made(name, schedule, steps)
    assert caught.value.input == "schedule"


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (Schedule(), "cannot take 3000 steps. Use 1 to 1000$"),
        (
            Schedule(denoise_steps=DenoiseSteps.ALL),
            "a partial denoise leaves out. Use .*, a larger denoise, or",
        ),
    ],
)
def test_too_many_steps_are_told_with_the_way_out(schedule: Schedule, message: str) -> None:
    with pytest.raises(NodeFailed, match=message) as caught:
        made(Scheduler.EULER, schedule, 3000)
    assert caught.value.input == "steps"


@pytest.mark.parametrize("spacing", [None, *SigmaSpacing])
@pytest.mark.parametrize("name", SOLVERS)
def test_every_valid_schedule_ends_in_numbers(name: Scheduler, spacing: SigmaSpacing | None) -> None:
    try:
        scheduler = made(name, Schedule(spacing))
    except NodeFailed:
        return
    random = torch.Generator().manual_seed(0)
    if hasattr(scheduler, "noise_sampler_seed"):
        scheduler.noise_sampler = lambda *_: torch.randn(1, 4, 8, 8, generator=random)
    latents = torch.randn(1, 4, 8, 8, generator=random) * scheduler.init_noise_sigma
    for timestep in scheduler.timesteps:
        seen = scheduler.scale_model_input(latents, timestep)
        latents = scheduler.step(0.9 * seen, timestep, latents, return_dict=False)[0]
    assert latents.isfinite().all()
