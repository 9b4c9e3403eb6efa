"""Where the steps of a solver lie: timesteps and noise levels, as diffusers' schedulers have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nodeflow.backends.levels import levels_of, nearest_timesteps
from nodeflow.backends.onnx.training import Training
from nodeflow.values import Schedule, SigmaSpacing, TimestepSpacing
from nodeflow.values.arrays import FloatArray

_RHO = 7.0
"""Of arXiv:2206.00364, eq. 5."""
_BETA = 0.6
"""Both parameters of the distribution, of arXiv:2407.12173."""


@dataclass(frozen=True)
class Steps:
    """The steps of a schedule.

    Attributes:
        timesteps: When the UNet is evaluated, in training time, falling, shape (steps,).
        sigmas: The noise level before each step and after the last, float32, shape (steps + 1,).
        starts_full: Whether the first noise level is all that there is to begin with.
    """

    timesteps: Any
    sigmas: FloatArray
    starts_full: bool = False


def euler_steps(training: Training, count: int, schedule: Schedule) -> Steps:
    """The steps of Euler's method and of its ancestral form."""
    spacing = _timestep_spacing(training, schedule, TimestepSpacing.LINSPACE)
    match spacing:
        case TimestepSpacing.LINSPACE:
            timesteps = np.linspace(0, training.count - 1, count, dtype=np.float32)[::-1]
        case TimestepSpacing.LEADING:
            timesteps = leading(training, count, count).astype(np.float32)
        case _:
            timesteps = trailing(training, count).astype(np.float32)
    sigmas: Any = np.interp(timesteps, np.arange(training.count), training.sigmas)
    if schedule.is_listed or schedule.sigma_spacing is not None:
        sigmas = _spaced(training, sigmas, count, schedule)
        timesteps = _timesteps(training, sigmas).astype(np.float32)
    starts_full = spacing is not TimestepSpacing.LEADING
    return Steps(timesteps, _with_last(training, sigmas), starts_full)


def dpm_steps(training: Training, count: int, schedule: Schedule) -> Steps:
    """The steps of DPM-Solver++, whose timesteps are whole numbers."""
    spacing = _timestep_spacing(training, schedule, TimestepSpacing.LINSPACE)
    match spacing:
        case TimestepSpacing.LINSPACE:
            timesteps = np.linspace(0, training.count - 1, count + 1).round()[:0:-1]
        case TimestepSpacing.LEADING:
            timesteps = leading(training, count, count + 1)
        case _:
            timesteps = trailing(training, count)
    sigmas: Any = np.interp(timesteps, np.arange(training.count), training.sigmas)
    if schedule.is_listed or schedule.sigma_spacing is not None:
        sigmas = _spaced(training, training.sigmas[::-1], count, schedule)
        timesteps = _timesteps(training, sigmas)
        is_karras = schedule.sigma_spacing is SigmaSpacing.KARRAS and not schedule.is_listed
        timesteps = (timesteps.round() if is_karras else timesteps).astype(np.int64)
    return Steps(timesteps, _with_last(training, sigmas))


def ddim_timesteps(training: Training, count: int, schedule: Schedule) -> Any:
    """The timesteps of DDIM, whole numbers of training time."""
    match _timestep_spacing(training, schedule, TimestepSpacing.LEADING):
        case TimestepSpacing.LINSPACE:
            return np.linspace(0, training.count - 1, count).round()[::-1]
        case TimestepSpacing.LEADING:
            return leading(training, count, count)
        case _:
            return trailing(training, count)


def lcm_original_steps(training: Training) -> int:
    """Steps of the schedule that a consistency model was distilled with, of which runs leave some out."""
    return int(training.config.get("original_inference_steps", 50))


def lcm_timesteps(training: Training, count: int, schedule: Schedule) -> Any:
    """The timesteps of a consistency model, whole numbers (arXiv:2310.04378, section 4.3)."""
    if schedule.is_listed:
        levels = levels_of(schedule, count, float(training.sigmas[0]))
        return np.array(nearest_timesteps(levels, training.sigmas))
    original = lcm_original_steps(training)
    places = np.floor(np.linspace(0, original, count, endpoint=False)).astype(np.int64)
    return (original - places) * (training.count // original) - 1


def leading(training: Training, count: int, parts: int) -> Any:
    """The beginnings of the last `count` of so many parts of the training's timesteps."""
    places = np.arange(parts)[::-1][:count] * (training.count // parts)
    return places + int(training.config.get("steps_offset", 0))


def trailing(training: Training, count: int) -> Any:
    """The ends of so many parts of the training's timesteps."""
    return np.arange(training.count, 0, -training.count / count).round() - 1


def _timestep_spacing(training: Training, schedule: Schedule, usual: TimestepSpacing) -> TimestepSpacing:
    named = schedule.timestep_spacing or training.config.get("timestep_spacing", usual)
    return TimestepSpacing(named)


def _with_last(training: Training, sigmas: Any) -> FloatArray:
    ends_low = training.config.get("final_sigmas_type", "zero") == "sigma_min"
    last = training.sigmas[0] if ends_low else 0.0
    found: FloatArray = np.concatenate([sigmas, [last]]).astype(np.float32)
    return found


def _spaced(training: Training, sigmas: Any, count: int, schedule: Schedule) -> Any:
    """Noise levels spaced as a schedule says, between the first and the last of `sigmas`."""
    if schedule.is_listed:
        return np.array(levels_of(schedule, count, float(training.sigmas[0])), np.float32)
    high, low = float(sigmas[0]), float(sigmas[-1])
    match schedule.sigma_spacing:
        case SigmaSpacing.KARRAS:
            ends = high ** (1 / _RHO), low ** (1 / _RHO)
            return (ends[0] + np.linspace(0, 1, count) * (ends[1] - ends[0])) ** _RHO
        case SigmaSpacing.EXPONENTIAL:
            return np.exp(np.linspace(np.log(high), np.log(low), count))
        case _:
            from scipy.stats import beta  # here, as it takes a second to import

            return low + beta.ppf(1 - np.linspace(0, 1, count), _BETA, _BETA) * (high - low)


def _timesteps(training: Training, sigmas: Any) -> Any:
    """The timesteps, fractions too, whose noise levels these are; in between, the logarithms lie on lines."""
    levels = np.log(np.maximum(sigmas, 1e-10))
    return np.interp(levels, np.log(training.sigmas), np.arange(training.count))
