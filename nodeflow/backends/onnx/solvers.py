"""Solvers of the denoising equation in NumPy, each equal to diffusers' of the same name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from nodeflow.backends.clean import clean_latents
from nodeflow.backends.levels import check_count, check_schedule
from nodeflow.backends.onnx.steps import (
    Steps,
    ddim_timesteps,
    dpm_steps,
    euler_steps,
    lcm_original_steps,
    lcm_timesteps,
)
from nodeflow.backends.onnx.training import Training
from nodeflow.values import Schedule, Scheduler
from nodeflow.values.arrays import FloatArray

Draw = Callable[[], FloatArray]
"""Draws noise of the latents' shape."""


class Solver(Protocol):
    """Takes the steps of one run; steps are counted from 0 in the whole schedule."""

    @property
    def timesteps(self) -> tuple[float, ...]:
        """When the UNet is evaluated at each step, in training time (0…1000), falling."""

    @property
    def initial(self) -> float:
        """What noise that a run starts from is multiplied by."""

    def scaled(self, latents: FloatArray, step: int) -> FloatArray:
        """The latents as the UNet takes them, of unit variance."""

    def noised(self, clean: FloatArray, noise: FloatArray, step: int) -> FloatArray:
        """A clean picture with the noise that it has before a step."""

    def step(self, step: int, prediction: FloatArray, latents: FloatArray, draw: Draw) -> FloatArray:
        """The latents after a step."""

    def remembered(self) -> Mapping[str, FloatArray]:
        """What it needs of earlier steps to go on."""

    def recall(self, remembered: Mapping[str, FloatArray]) -> None:
        """Go on from what another one of its kind remembered."""


class _BySigmas:
    """What solvers share that work in noise levels, with noise added to the picture."""

    def __init__(self, training: Training, steps: Steps) -> None:
        self._training, self._steps, self._sigmas = training, steps, steps.sigmas

    @property
    def timesteps(self) -> tuple[float, ...]:
        return tuple(map(float, self._steps.timesteps))

    @property
    def initial(self) -> float:
        highest = self._sigmas.max()
        return float(highest if self._steps.starts_full else (highest**2 + 1) ** 0.5)

    def scaled(self, latents: FloatArray, step: int) -> FloatArray:
        found: FloatArray = latents / (self._sigmas[step] ** 2 + 1) ** 0.5
        return found

    def noised(self, clean: FloatArray, noise: FloatArray, step: int) -> FloatArray:
        found: FloatArray = clean + noise * self._sigmas[step]
        return found

    def remembered(self) -> Mapping[str, FloatArray]:
        return {}

    def recall(self, remembered: Mapping[str, FloatArray]) -> None:
        pass

    def _slope(self, step: int, prediction: FloatArray, latents: FloatArray) -> FloatArray:
        """The derivative by the noise level, through the clean picture that the prediction points to."""
        sigma = self._sigmas[step]
        match self._training.prediction:
            case "v_prediction":
                clean = prediction * (-sigma / (sigma**2 + 1) ** 0.5) + latents / (sigma**2 + 1)
            case "sample":
                clean = prediction
            case _:
                clean = latents - sigma * prediction
        slope: FloatArray = (latents - clean) / sigma
        return slope


class Euler(_BySigmas):
    """Euler's method (arXiv:2206.00364, algorithm 1)."""

    def step(self, step: int, prediction: FloatArray, latents: FloatArray, draw: Draw) -> FloatArray:  # noqa: ARG002 - draws nothing
        """The latents after a step."""
        change = self._sigmas[step + 1] - self._sigmas[step]
        found: FloatArray = latents + self._slope(step, prediction, latents) * change
        return found


class EulerAncestral(_BySigmas):
    """Euler's method, with fresh noise in place of some of the old at each step."""

    def step(self, step: int, prediction: FloatArray, latents: FloatArray, draw: Draw) -> FloatArray:
        """The latents after a step."""
        now, then = self._sigmas[step], self._sigmas[step + 1]
        fresh = (then**2 * (now**2 - then**2) / now**2) ** 0.5
        left = (then**2 - fresh**2) ** 0.5
        found: FloatArray = latents + self._slope(step, prediction, latents) * (left - now) + draw() * fresh
        return found


class _ByVariance:
    """What solvers share whose latents always have unit variance."""

    initial = 1.0

    def scaled(self, latents: FloatArray, step: int) -> FloatArray:  # noqa: ARG002 - at every step alike
        return latents


class _AtTimesteps(_ByVariance):
    """What solvers share that work at timesteps of training and remember nothing."""

    def __init__(self, training: Training, places: Any) -> None:
        self._training, self._places = training, places.astype(np.int64)

    @property
    def timesteps(self) -> tuple[float, ...]:
        return tuple(map(float, self._places))

    def noised(self, clean: FloatArray, noise: FloatArray, step: int) -> FloatArray:
        return _mixed(clean, noise, self._training.alphas[self._places[step]])

    def remembered(self) -> Mapping[str, FloatArray]:
        return {}

    def recall(self, remembered: Mapping[str, FloatArray]) -> None:
        pass

    def _clipped(self, clean: FloatArray) -> FloatArray:
        if self._training.config.get("clip_sample", False):
            limit = self._training.config.get("clip_sample_range", 1.0)
            clean = np.clip(clean, -limit, limit)
        return clean


def _mixed(clean: FloatArray, noise: FloatArray, alpha: Any) -> FloatArray:
    """A clean picture and noise, by the picture's share of the variance."""
    found: FloatArray = alpha**0.5 * clean + (1 - alpha) ** 0.5 * noise
    return found


class Ddim(_AtTimesteps):
    """DDIM (arXiv:2010.02502, eq. 12), with eta 0."""

    def __init__(self, training: Training, count: int, schedule: Schedule) -> None:
        super().__init__(training, ddim_timesteps(training, count, schedule))
        self._stride = training.count // count

    def step(self, step: int, prediction: FloatArray, latents: FloatArray, draw: Draw) -> FloatArray:  # noqa: ARG002 - draws nothing
        """The latents after a step."""
        alpha, then = self._alphas(step)
        signal, noise = alpha**0.5, (1 - alpha) ** 0.5
        match self._training.prediction:
            case "v_prediction":
                clean = signal * latents - noise * prediction
                error = signal * prediction + noise * latents
            case "sample":
                clean, error = prediction, (latents - signal * prediction) / noise
            case _:
                clean, error = (latents - noise * prediction) / signal, prediction
        return _mixed(self._clipped(clean), error, then)

    def _alphas(self, step: int) -> tuple[Any, Any]:
        """The picture's share of the variance before and after a step."""
        alphas, place = self._training.alphas, int(self._places[step])
        before = place - self._stride
        is_one = self._training.config.get("set_alpha_to_one", False)
        last = np.float32(1) if is_one else alphas[0]
        return alphas[place], alphas[before] if before >= 0 else last


class Lcm(_AtTimesteps):
    """Sampling of consistency models in several steps (arXiv:2310.04378, algorithm 3).

    Each step goes to a clean picture, which gets fresh noise for the next one.
    """

    _DATA = 0.5
    """Standard deviation of the data, of arXiv:2303.01469, appendix C."""

    def __init__(self, training: Training, count: int, schedule: Schedule) -> None:
        super().__init__(training, lcm_timesteps(training, count, schedule))

    def step(self, step: int, prediction: FloatArray, latents: FloatArray, draw: Draw) -> FloatArray:
        """The latents after a step."""
        training, place = self._training, int(self._places[step])
        clean = clean_latents(latents, prediction, training.alphas[place], training.prediction)
        scaled, data = place * float(training.config.get("timestep_scaling", 10.0)), self._DATA
        skip, out = data**2 / (scaled**2 + data**2), scaled / (scaled**2 + data**2) ** 0.5
        denoised: FloatArray = np.float32(out) * self._clipped(clean) + np.float32(skip) * latents
        if step == len(self._places) - 1:
            return denoised
        return _mixed(denoised, draw(), training.alphas[self._places[step + 1]])


class DpmMultistep(_ByVariance):
    """DPM-Solver++ of second order, multistep (arXiv:2211.01095, algorithm 2)."""

    _FEW = 15
    """Below so many steps the last is of first order, for stability."""

    def __init__(self, training: Training, count: int, schedule: Schedule) -> None:
        self._training = training
        self._steps = dpm_steps(training, count, schedule)
        self._before: FloatArray | None = None

    @property
    def timesteps(self) -> tuple[float, ...]:
        """When the UNet is evaluated."""
        return tuple(map(float, self._steps.timesteps))

    def noised(self, clean: FloatArray, noise: FloatArray, step: int) -> FloatArray:
        """A clean picture with the noise that it has before a step."""
        signal, level, _ = self._at(step)
        found: FloatArray = signal * clean + level * noise
        return found

    def step(self, step: int, prediction: FloatArray, latents: FloatArray, draw: Draw) -> FloatArray:  # noqa: ARG002 - draws nothing
        """The latents after a step."""
        signal, noise, now = self._at(step)
        match self._training.prediction:
            case "v_prediction":
                clean = signal * latents - noise * prediction
            case "sample":
                clean = prediction
            case _:
                clean = (latents - noise * prediction) / signal
        before, self._before = self._before, clean
        signal_then, noise_then, then = self._at(step + 1)
        stride = then - now
        shrinking = signal_then * (np.exp(-stride) - np.float32(1))
        found: FloatArray = (noise_then / noise) * latents - shrinking * clean
        if before is None or self._is_last_of_first_order(step):
            return found
        share = stride / (now - self._at(step - 1)[2])
        found -= np.float32(0.5) * shrinking * (share * (clean - before))
        return found

    def _is_last_of_first_order(self, step: int) -> bool:
        config, count = self._training.config, len(self._steps.timesteps)
        if step != count - 1:
            return False
        few = config.get("lower_order_final", True) and count < self._FEW
        ends_clean = config.get("final_sigmas_type", "zero") == "zero"
        return bool(config.get("euler_at_final", False) or few or ends_clean)

    def _at(self, step: int) -> tuple[Any, Any, Any]:
        """Shares of picture and noise before a step, and half the logarithm of their ratio, squared."""
        sigma = self._steps.sigmas[step]
        signal = 1 / (sigma**2 + 1) ** 0.5
        noise = sigma * signal
        with np.errstate(divide="ignore"):  # after the last step there is no noise
            return signal, noise, np.log(signal) - np.log(noise)

    def remembered(self) -> Mapping[str, FloatArray]:
        """The clean picture that the last step's prediction pointed to."""
        return {} if self._before is None else {"clean": self._before}

    def recall(self, remembered: Mapping[str, FloatArray]) -> None:
        """Go on from such a picture."""
        self._before = remembered.get("clean")


SOLVERS: dict[Scheduler, Callable[[Training, int, Schedule], Solver]] = {
    Scheduler.EULER: lambda training, count, wanted: Euler(training, euler_steps(training, count, wanted)),
    Scheduler.EULER_ANCESTRAL: lambda training, count, wanted: EulerAncestral(
        training, euler_steps(training, count, wanted)
    ),
    Scheduler.DDIM: Ddim,
    Scheduler.DPMPP_2M: DpmMultistep,
    Scheduler.LCM: Lcm,
}
"""What the ONNX backend can solve with."""


def make_solver(
    name: Scheduler, config: Mapping[str, Any], steps: int, schedule: Schedule | None = None
) -> Solver:
    """Make a solver, set to a number of steps.

    Args:
        name: The solver, one of `SOLVERS`.
        config: The checkpoint's scheduler settings.
        steps: Steps of the whole schedule, 1 and up.
        schedule: Where the steps lie; None: as the settings say.

    Raises:
        NodeFailed: If the solver cannot take that many steps, or not at these places.
    """
    wanted, training = schedule or Schedule(), Training(config)
    check_schedule(name, wanted, steps)
    limit = lcm_original_steps(training) if name is Scheduler.LCM else training.count
    check_count(name, wanted, steps, limit)
    return SOLVERS[name](training, steps, wanted)
