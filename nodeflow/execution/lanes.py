"""Which thread performs which node: sampling on one, the VAE's work beside it, sinks on a third.

So the picture of one branch is decoded and saved while the next branch is sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from nodeflow.errors import NodeflowError
from nodeflow.execution.arranging import used_parts
from nodeflow.execution.plan import Plan
from nodeflow.graph import BoundNode
from nodeflow.hardware import Arrangement
from nodeflow.node.spec import NodeKind
from nodeflow.values import ModelPart, ModelRecipe

QUESTIONS = 64
"""Questions that can be open at once; more wait until one is answered."""


class Lanes:
    """Performs nodes, given in the plan's order, on the calling thread or beside it.

    Every lane keeps that order, and a node waits only for earlier ones: so the earliest that is not done
    can always go on, and no two lanes wait for each other.

    Args:
        plan: What is performed; its arrangement says whether there is room to overlap.

    Attributes:
        writer: The thread that writes, for results to keep too.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._pending: dict[str, Future[None]] = {}
        # Left in reverse order: while the VAE's lane ends, it still has results to write.
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="nodeflow-sink")
        self._vae = ThreadPoolExecutor(1, thread_name_prefix="nodeflow-vae")
        self._questions = ThreadPoolExecutor(QUESTIONS, thread_name_prefix="nodeflow-question")
        self._pools = ExitStack()

    def __enter__(self) -> Self:
        self._pools.enter_context(self.writer)
        self._pools.enter_context(self._vae)
        self._pools.enter_context(self._questions)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pools.close()

    def perform(self, bound: BoundNode, action: Callable[[BoundNode], None]) -> None:
        """Perform a node now, or hand it to its lane; what it needs is waited for there.

        Args:
            bound: The node.
            action: Brings it to its end.
        """
        lane = self._lane(bound)
        if lane is None:
            self._perform_in_turn(bound, action)
        else:
            self._pending[bound.name] = lane.submit(self._perform_in_turn, bound, action)

    def wait_for(self, names: Iterable[str]) -> None:
        """Wait until those of the nodes are over that other lanes perform."""
        if self._pending:
            for name in names:
                if name in self._pending:
                    self._pending[name].result()

    def over(self, name: str) -> bool:
        """Whether a node was handed to a lane and has come to its end."""
        return name in self._pending and self._pending[name].done()

    def wait_for_any(self, names: Iterable[str]) -> None:
        """Wait until one of the nodes that lanes perform is over."""
        wait([self._pending[name] for name in names if name in self._pending], return_when=FIRST_COMPLETED)

    def _perform_in_turn(self, bound: BoundNode, action: Callable[[BoundNode], None]) -> None:
        self.wait_for(self._plan.needs(bound.name))
        action(bound)

    def _lane(self, bound: BoundNode) -> ThreadPoolExecutor | None:
        if bound.node.spec.kind is NodeKind.SINK:
            return self.writer
        # What is fetched stays: should it prove damaged, whatever it takes is computed anew, sampling too.
        if bound.name in self._plan.cached:
            return None
        if bound.node.spec.kind is NodeKind.QUESTION:
            return self._questions
        return self._vae if decodes_beside(self._plan, bound) else None


def decodes_beside(plan: Plan, bound: BoundNode) -> bool:
    """Whether a node does nothing but the VAE's work, and there is room for that while others sample."""
    arrangement: Arrangement | None = plan.arrangement
    if arrangement is None or not _uses_only(bound, ModelPart.VAE):
        return False
    models = [model for model, _ in used_parts(bound, plan.known)]
    try:
        return bool(models) and all(arrangement.placement(model).overlap for model in models)
    except NodeflowError:
        return False  # a damaged checkpoint is reported by the node that needs it


def _uses_only(bound: BoundNode, part: ModelPart) -> bool:
    """Whether a node takes models, and of each this part alone."""
    parts = [
        spec.uses and spec.uses.part for spec in bound.node.spec.inputs if spec.socket.type is ModelRecipe
    ]
    return bool(parts) and all(used is part for used in parts)
