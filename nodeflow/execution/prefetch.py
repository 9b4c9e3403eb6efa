"""Asks the backend to load what later nodes will need, while a node samples. It only ever saves time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self

from nodeflow.backends import Backend
from nodeflow.execution.arranging import used_parts
from nodeflow.execution.plan import Plan
from nodeflow.graph import BoundNode
from nodeflow.values import ModelPart, ModelRecipe

LOOKAHEAD = 6
"""How many nodes to look ahead: enough to reach past encoding and decoding to the next sampler."""


class Prefetch:
    """Loads ahead on a thread of its own.

    Args:
        plan: What is performed.
        backend: Gives the backend.
    """

    def __init__(self, plan: Plan, backend: Callable[[], Backend]) -> None:
        self._plan = plan
        self._backend = backend
        self._over = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nodeflow-prefetch")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._thread.shutdown(cancel_futures=True)

    def before(self, position: int) -> None:
        """Load ahead if the node at that place in the order samples; never waits and never raises."""
        bound = self._running(position)
        if bound is None or not _samples(bound):
            return
        now = list(used_parts(bound, self._plan.known))
        later: dict[tuple[ModelRecipe, ModelPart], None] = {}
        for place in range(position + 1, min(position + 1 + LOOKAHEAD, len(self._plan.order))):
            following = self._running(place)
            if following is not None:
                later.update(dict.fromkeys(used_parts(following, self._plan.known)))
        wanted = [use for use in later if use not in now]
        if wanted:
            self._thread.submit(self._load, wanted)

    def _running(self, position: int) -> BoundNode | None:
        """The node at a place in the order, if it will be computed."""
        name = self._plan.order[position]
        fetched = name in self._plan.cached or name in self._plan.twins
        return None if fetched else self._plan.graph.nodes[name]

    def _load(self, wanted: list[tuple[ModelRecipe, ModelPart]]) -> None:
        for model, part in wanted:
            if self._over:
                return
            with suppress(Exception):  # what is wrong, the node that needs it will say
                self._backend().prepare(model, part)


def _samples(bound: BoundNode) -> bool:
    return any(spec.uses is not None and spec.uses.part is ModelPart.UNET for spec in bound.node.spec.inputs)
