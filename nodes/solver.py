"""The node that says how a sampler's scheduler solves, where it leaves a choice."""

from __future__ import annotations

import math
from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import Range, node
from nodeflow.node.spec import NodeKind
from nodeflow.values import Solver, SolverType
from nodeflow.values.solver import HIGHEST_ORDERS

NoiseLevel = Annotated[float, Range(0.0, 1000.0, step=0.1, slider=(0.0, 15.0))]
Order = Annotated[int, Range(1, max(HIGHEST_ORDERS.values()))]


@node("Solver", category="sampling", kind=NodeKind.LIGHT)
def solver(
    *,
    eta: Annotated[float, Range(0.0, 1.0, step=0.05)] = 0.0,
    churn: Annotated[float, Range(0.0, 1000.0, step=0.5, slider=(0.0, 40.0))] = 0.0,
    churn_from: NoiseLevel | None = None,
    churn_to: NoiseLevel = 0.0,
    noise_scale: Annotated[float, Range(0.0, 10.0, step=0.001, slider=(0.9, 1.1))] = 1.0,
    order: Order | None = None,
    solver_type: SolverType | None = None,
) -> Solver:
    """Choose how a sampler's scheduler solves, where it leaves a choice.

    A scheduler that has not a choice that was made here says so, and which have. What is left alone is as
    diffusers has it.

    Args:
        eta: For ddim and tcd: how much of the noise that a step takes away is replaced by new noise: 0 none,
            1 all, as ddpm does (arXiv:2010.02502). For tcd it is its gamma, 0.3 in most examples, more for
            more steps (arXiv:2402.19159).
        churn: For euler: how much noise is added anew over the whole run; 0 none (S_churn of
            arXiv:2206.00364).
        churn_from: For euler: the noise level (sigma) from which on there is churn; none: from the first
            step on.
        churn_to: For euler: the noise level below which there is none.
        noise_scale: For dpmpp_sde, and for euler with churn: what noise that is added on the way is
            multiplied by; a little above 1 keeps more detail.
        order: For lms (up to 4), unipc, deis and sa_solver (up to 3): how many predictions a step is made
            of; none: 4 for lms, 2 for the others.
        solver_type: For the dpmpp schedulers but dpmpp_sde: how a step uses two predictions, `midpoint` or
            `heun` (arXiv:2211.01095); none: midpoint.
    """
    highest = math.inf if churn_from is None else churn_from
    if highest <= churn_to:
        raise NodeFailed(
            f"churn would begin at {highest:g}, below where it ends, {churn_to:g}",
            input="churn_from",
            advice="Noise levels fall during a run: set churn_from above churn_to",
        )
    if churn == 0 and (churn_from is not None or churn_to > 0):
        raise NodeFailed("there is no churn to begin or end", input="churn", advice="Set it above 0")
    return Solver(eta, churn, highest, churn_to, noise_scale, order, solver_type)
