"""The noise levels of a schedule: which spacings a solver takes, and lists of levels. Pure; no tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nodeflow.errors import NodeFailed
from nodeflow.values import DenoiseSteps, Schedule, Scheduler

Levels = Sequence[float]
"""Noise levels (sigmas), falling, one a step; that the last step ends without noise is not said."""

_ALIGN_YOUR_STEPS = (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113)
"""For SDXL (arXiv:2404.14507)."""

_NO_TIMESTEP_SPACING = (Scheduler.DPMPP_2S, Scheduler.LCM, Scheduler.TCD)
"""They space the timesteps in a way of their own, whatever their config says."""

BY_TIMESTEPS = (Scheduler.DDPM, Scheduler.LCM, Scheduler.TCD)
"""They take a list, but of timesteps."""


WITHOUT_SIGMAS = (*BY_TIMESTEPS, Scheduler.DDIM, Scheduler.PNDM)
"""They cannot run at noise levels that are no timesteps of training."""


def check_schedule(name: Scheduler, schedule: Schedule, steps: int) -> None:
    """Raise NodeFailed, naming the input `schedule`, if a solver cannot follow a schedule.

    Args:
        name: The solver.
        schedule: What is wanted.
        steps: Steps of the whole schedule.
    """
    spacing, takes_sigmas = schedule.sigma_spacing, name not in WITHOUT_SIGMAS
    if schedule.timestep_spacing is not None and name in _NO_TIMESTEP_SPACING:
        refuse(f"the scheduler '{name}' spaces its timesteps in its own way", "Leave timestep_spacing unset")
    if schedule.is_listed and not (takes_sigmas or name in BY_TIMESTEPS):
        refuse(
            f"the scheduler '{name}' works at evenly spaced timesteps, not at a list of noise levels",
            "Choose another scheduler, such as euler or ddpm",
        )
    if spacing is not None and not schedule.is_listed and not takes_sigmas:
        refuse(
            f"the scheduler '{name}' works at timesteps of training and has no sigma spacing '{spacing}'",
            "Choose another scheduler, such as euler or dpmpp_2m",
        )
    if schedule.sigmas and len(schedule.sigmas) != steps:
        count = len(schedule.sigmas)
        listed = f"{count} noise level{'s' if count > 1 else ''} above 0"
        runs = f"{steps} steps run" if steps > 1 else "1 step runs"
        refuse(
            f"its list has {listed}, but {runs} over it",
            f"Set steps to {count} and denoise to 1, or change the list",
        )


def check_count(name: Scheduler, schedule: Schedule, steps: int, limit: int) -> None:
    """Raise NodeFailed, naming the input `steps`, if a solver cannot take so many.

    Args:
        name: The solver.
        schedule: What is wanted.
        steps: Steps of the whole schedule.
        limit: The most that it takes.
    """
    if 1 <= steps <= limit:
        return
    message, advice = f"the scheduler '{name}' cannot take {steps} steps", f"Use 1 to {limit}"
    if schedule.denoise_steps is DenoiseSteps.ALL:
        message = f"{message}, counted with those that a partial denoise leaves out"
        advice = f"{advice}, a larger denoise, or the schedule's denoise_steps share"
    raise NodeFailed(message, input="steps", advice=advice)


def levels_of(schedule: Schedule, steps: int, sigma_min: float) -> Levels:
    """The list of noise levels that a schedule gives or means.

    Args:
        schedule: One that is listed.
        steps: How many there must be.
        sigma_min: The lowest noise level of the model's training.
    """
    if schedule.sigmas:
        return schedule.sigmas
    known = _ALIGN_YOUR_STEPS
    if steps == len(known):
        return known
    # As the authors say: straight lines between the logarithms, down to where the model's training ends.
    logarithms = np.log([*known, sigma_min])
    places = np.linspace(0, len(known), steps + 1)[:-1]
    found: list[float] = np.exp(np.interp(places, np.arange(len(logarithms)), logarithms)).tolist()
    return found


def nearest_timesteps(levels: Levels, sigmas: Any) -> list[int]:
    """The timesteps of training whose noise levels are nearest.

    Args:
        levels: The noise levels.
        sigmas: Those of training, rising, shape (timesteps,).
    """
    places = np.interp(np.log(levels), np.log(sigmas), np.arange(len(sigmas)))
    found: list[int] = places.round().astype(int).tolist()
    if len(set(found)) < len(found):
        refuse("its noise levels lie too close together for this scheduler", "Use fewer, or other ones")
    return found


def refuse(message: str, advice: str) -> None:
    """Raise NodeFailed, naming the input `schedule`."""
    raise NodeFailed(message, input="schedule", advice=advice)
