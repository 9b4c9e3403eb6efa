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
    if solver.order is not None and solver.order > HIGHEST_ORDERS[name]:
        refuse(f"the scheduler '{name}' has no order {solver.order}", f"Use 1 to {HIGHEST_ORDERS[name]}")


def _check(name: Scheduler, lacks: str, having: Collection[Scheduler]) -> None:
    if name not in having:
        refuse(f"the scheduler '{name}' has {lacks}", f"Leave it unset, or choose {' or '.join(having)}")


def refuse(message: str, advice: str) -> None:
    """Raise NodeFailed, naming the input `solver`."""
    raise NodeFailed(message, input="solver", advice=advice)
