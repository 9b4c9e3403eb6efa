"""How a scheduler solves, where it leaves a choice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from nodeflow.values.scheduler import Scheduler


class SolverType(StrEnum):
    """How a solver of second order uses its two predictions."""

    MIDPOINT = "midpoint"
    """As in the midpoint method (arXiv:2211.01095)."""
    HEUN = "heun"
    """As in Heun's method (arXiv:2211.01095)."""


HIGHEST_ORDERS: Mapping[Scheduler, int] = {
    Scheduler.LMS: 4,
    Scheduler.UNIPC: 3,
    Scheduler.DEIS: 3,
    Scheduler.SA_SOLVER: 3,
}
"""The schedulers whose order can be chosen, with the highest; others bear theirs in their name."""

USED_BY: Mapping[str, tuple[Scheduler, ...]] = {
    "eta": (Scheduler.DDIM, Scheduler.TCD),
    "churn": (Scheduler.EULER,),
    "churn_from": (Scheduler.EULER,),
    "churn_to": (Scheduler.EULER,),
    "noise_scale": (Scheduler.EULER, Scheduler.DPMPP_SDE),
    "order": tuple(HIGHEST_ORDERS),
    "solver_type": (
        Scheduler.DPMPP_2M,
        Scheduler.DPMPP_2M_SDE,
        Scheduler.DPMPP_3M_SDE,
        Scheduler.DPMPP_2S,
        Scheduler.DPMPP_3M,
    ),
}
"""The schedulers that have each choice."""


@dataclass(frozen=True)
class Solver:
    """What a sampler's scheduler does differently from how diffusers has it.

    Attributes:
        eta: How much of the noise that a step takes away it replaces by new noise, 0 (none) to 1
            (arXiv:2010.02502, eq. 16; of TCD gamma, arXiv:2402.19159).
        churn: How much noise is added before each step, over the whole run, 0 and up (S_churn of
            arXiv:2206.00364, algorithm 2).
        churn_from: The noise level from which on there is churn (S_tmax).
        churn_to: The noise level below which there is none (S_tmin).
        noise_scale: What noise added on the way is multiplied by, 0 and up (S_noise).
        order: Of the solver, 1 and up; None: diffusers' choice.
        solver_type: How a solver of second order uses its predictions; None: diffusers' choice.
    """

    __socket__ = "Solver"
    eta: float = 0.0
    churn: float = 0.0
    churn_from: float = math.inf
    churn_to: float = 0.0
    noise_scale: float = 1.0
    order: int | None = None
    solver_type: SolverType | None = None

    def told(self) -> tuple[str, ...]:
        """The choices that were made."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) != field.default)
