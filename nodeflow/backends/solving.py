"""Whether a scheduler has the choices that were made for it. Pure; no tensors."""

from __future__ import annotations

from collections.abc import Collection

from nodeflow.errors import NodeFailed
from nodeflow.values import Scheduler, Solver
from nodeflow.values.solver import HIGHEST_ORDERS, USED_BY


def check_solver(name: Scheduler, solver: Solver) -> None:
    """Raise NodeFailed, naming the input `solver`, if a scheduler has not the choices that were made.

    Args:
        name: The scheduler.
        solver: The choices.
    """
    for choice in solver.told():
        _check(name, f"no {choice}", USED_BY[choice])
    if name is Scheduler.EULER and solver.noise_scale != 1 and solver.churn == 0:
        _refuse("noise_scale has no noise to scale: 'euler' adds none without churn", "Set churn above 0")
    if solver.order is not None and solver.order > HIGHEST_ORDERS[name]:
        _refuse(f"the scheduler '{name}' has no order {solver.order}", f"Use 1 to {HIGHEST_ORDERS[name]}")


def _check(name: Scheduler, lacks: str, having: Collection[Scheduler]) -> None:
    if name not in having:
        _refuse(f"the scheduler '{name}' has {lacks}", f"Leave it unset, or choose {' or '.join(having)}")


def _refuse(message: str, advice: str) -> None:
    raise NodeFailed(message, input="solver", advice=advice)
