"""Where the steps of a run lie between noise and picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class SigmaSpacing(StrEnum):
    """How the noise levels (sigmas) of the steps are spaced."""

    KARRAS = "karras"
    """Denser towards the end (arXiv:2206.00364, eq. 5, with rho 7)."""
    EXPONENTIAL = "exponential"
    """Each the same part of the one before."""
    BETA = "beta"
    """Denser at both ends (arXiv:2407.12173)."""
    ALIGN_YOUR_STEPS = "align_your_steps"
    """Found best for SDXL (arXiv:2404.14507); other numbers of steps than 10 lie between its levels."""


class TimestepSpacing(StrEnum):
    """Which timesteps of training the steps take (arXiv:2305.08891, table 2)."""

    LEADING = "leading"
    LINSPACE = "linspace"
    TRAILING = "trailing"


class DenoiseSteps(StrEnum):
    """How many steps run where only part of a picture's noise is redone."""

    SHARE = "share"
    """`denoise` of the steps, as in diffusers: int(steps · denoise)."""
    ALL = "all"
    """All of them, as in ComfyUI: the last ones of a schedule of int(steps / denoise)."""


@dataclass(frozen=True)
class Schedule:
    """What a sampler does differently from the checkpoint's own schedule.

    Attributes:
        sigma_spacing: Spacing of the noise levels; None: as the timesteps have it.
        timestep_spacing: Spacing of the timesteps; None: the checkpoint's own.
        sigmas: The noise levels themselves, one a step, falling, in place of both; empty: none.
        denoise_steps: How many steps a partial `denoise` runs.
    """

    __socket__ = "Schedule"
    sigma_spacing: SigmaSpacing | None = None
    timestep_spacing: TimestepSpacing | None = None
    sigmas: tuple[float, ...] = ()
    denoise_steps: DenoiseSteps = DenoiseSteps.SHARE

    def __post_init__(self) -> None:
        if not all(math.isfinite(sigma) and sigma > 0 for sigma in self.sigmas):
            raise ValueError("needs noise levels above 0; the last may be 0")
        if any(right >= left for left, right in pairwise(self.sigmas)):
            raise ValueError("needs noise levels that fall from step to step")

    @property
    def is_listed(self) -> bool:
        """Whether the noise levels come from a list, which leaves nothing to space."""
        return bool(self.sigmas) or self.sigma_spacing is SigmaSpacing.ALIGN_YOUR_STEPS

    def total_steps(self, steps: int, denoise: float) -> int:
        """Steps of the whole schedule, of which a partial run takes the last ones."""
        if self.denoise_steps is DenoiseSteps.SHARE or not 0 < denoise < 1:
            return steps
        return int(steps / denoise)
