"""The whole steps of a scheduler that is set up, and the evaluations of the UNet that each has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Course:
    """A scheduler's timesteps in whole steps, between which a run can be cut.

    Second-order solvers evaluate the UNet twice a step, except the last. PNDM does so in the first step of a
    run alone, the second time where that step leads, so that its history can begin (arXiv:2202.09778).

    Attributes:
        scheduler: A diffusers scheduler.
        fresh: Whether the solver begins without a history.
    """

    scheduler: Any
    fresh: bool = True

    @property
    def _is_pndm(self) -> bool:
        return hasattr(self.scheduler, "plms_timesteps")

    @property
    def firsts(self) -> list[int]:
        """The place in the scheduler's timesteps of the first evaluation of each whole step."""
        count = len(self.scheduler.timesteps)
        if self._is_pndm:
            return [0, *range(2, count)] if count > 1 else [0]
        return list(range(0, count, self.scheduler.order))

    @property
    def timesteps(self) -> list[float]:
        """The first timestep of each whole step, in training time (0…1000)."""
        return [float(self.scheduler.timesteps[first]) for first in self.firsts]

    def evaluations(self, step: int, start: int) -> torch.Tensor:
        """The timesteps at which a whole step evaluates the UNet, shape (1,) or (2,).

        Args:
            step: The step, counted from 0.
            start: The step at which the run began.
        """
        timesteps, firsts = self.scheduler.timesteps, self.firsts
        if self._is_pndm:
            two = self.fresh and step == start and step + 1 < len(firsts)
            places = [firsts[step], firsts[step + 1]] if two else [firsts[step]]
            found: torch.Tensor = timesteps[torch.tensor(places, device=timesteps.device)]
        else:
            found = timesteps[firsts[step] : firsts[step] + self.scheduler.order]
        return found

    def after(self, step: int, number: int) -> int:
        """The place in the scheduler's timesteps of what follows an evaluation of a step.

        Args:
            step: The step.
            number: The evaluation in it, counted from 0.
        """
        return self.firsts[step] + number + 1

    def count(self, start: int, end: int) -> int:
        """How many evaluations a run of the steps from `start` to before `end` has."""
        return sum(len(self.evaluations(step, start)) for step in range(start, end))
