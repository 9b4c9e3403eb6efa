"""How a diffusers scheduler is told where the steps lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from diffusers import EulerDiscreteScheduler

from nodeflow.backends.levels import BY_TIMESTEPS, Levels, levels_of, nearest_timesteps
from nodeflow.values import Schedule, Scheduler, SigmaSpacing

_FLAGS = {
    SigmaSpacing.KARRAS: "use_karras_sigmas",
    SigmaSpacing.EXPONENTIAL: "use_exponential_sigmas",
    SigmaSpacing.BETA: "use_beta_sigmas",
}


def settings_of(schedule: Schedule) -> dict[str, Any]:
    """What a schedule changes in a scheduler's config."""
    settings: dict[str, Any] = {}
    if schedule.timestep_spacing is not None:
        settings["timestep_spacing"] = str(schedule.timestep_spacing)
    if schedule.is_listed or schedule.sigma_spacing in _FLAGS:
        # A list goes where exponential spacing would: each class makes of it all else it needs.
        chosen = schedule.sigma_spacing if not schedule.is_listed else SigmaSpacing.EXPONENTIAL
        settings.update({flag: spacing is chosen for spacing, flag in _FLAGS.items()})
    return settings


def set_steps(scheduler: Any, name: Scheduler, schedule: Schedule, steps: int, device: Any) -> None:
    """Set a scheduler's steps as a schedule says, which `check_schedule` found possible.

    Args:
        scheduler: A diffusers scheduler whose config `settings_of` changed.
        name: The solver.
        schedule: What is wanted.
        steps: Steps of the whole schedule.
        device: Where the timesteps go.
    """
    listed = levels_of(schedule, steps, _sigma_min(scheduler)) if schedule.is_listed else None
    if name in BY_TIMESTEPS and listed is not None:
        timesteps = nearest_timesteps(listed, _training_sigmas(scheduler))
        scheduler.set_timesteps(timesteps=timesteps, device=device)
    elif name is Scheduler.EULER_ANCESTRAL and (listed is not None or schedule.sigma_spacing is not None):
        _borrow_steps(scheduler, settings_of(schedule), listed, steps, device)
    else:
        _set_sigma_steps(scheduler, listed, steps, device)


def _set_sigma_steps(scheduler: Any, listed: Levels | None, steps: int, device: Any) -> None:
    if listed is None:
        scheduler.set_timesteps(steps, device=device)
        return
    scheduler._convert_to_exponential = lambda *_, **__: np.array(listed, np.float32)
    try:
        scheduler.set_timesteps(steps, device=device)
    finally:
        del scheduler._convert_to_exponential
    lowest = _sigma_min(scheduler)
    if scheduler.sigmas[-1] == scheduler.sigmas[-2]:  # DEIS and SA-Solver would stop at the list's last level
        scheduler.sigmas[-1] = min(lowest, float(scheduler.sigmas[-2]))


def _borrow_steps(
    scheduler: Any, settings: Mapping[str, Any], listed: Levels | None, steps: int, device: Any
) -> None:
    """Give an ancestral scheduler the noise levels of the plain one."""
    plain = EulerDiscreteScheduler.from_config(scheduler.config, **settings)
    _set_sigma_steps(plain, listed, steps, device)
    scheduler.set_timesteps(steps, device=device)
    scheduler.sigmas, scheduler.timesteps = plain.sigmas, plain.timesteps


def _sigma_min(scheduler: Any) -> float:
    return float(_training_sigmas(scheduler)[0])


def _training_sigmas(scheduler: Any) -> Any:
    alphas = scheduler.alphas_cumprod.cpu().numpy()
    return ((1 - alphas) / alphas) ** 0.5
