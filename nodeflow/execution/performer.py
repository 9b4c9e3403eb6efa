"""Brings one node of a run to its end: fetched, shared, computed or skipped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from nodeflow.backends import Backend
from nodeflow.cache import Entry, ResultCache, Tier
from nodeflow.errors import Cancelled, NodeflowError
from nodeflow.execution import events
from nodeflow.execution.call import Outputs, call, node_error, read_arguments
from nodeflow.execution.frozen import check_computed, check_fetched
from nodeflow.execution.keeping import Keeper
from nodeflow.execution.node_context import NodeContext
from nodeflow.execution.plan import Plan
from nodeflow.execution.results import Results
from nodeflow.execution.run import Run
from nodeflow.execution.run_keys import RunKeys
from nodeflow.graph import BoundNode
from nodeflow.node.spec import NodeKind
from nodeflow.pictures import Delivery


class Done(NamedTuple):
    """How a node ended: `computed`, `failed`, or the tier its result came from; and the seconds it took."""

    how: str
    seconds: float = 0.0


class Performer:
    """Performs the nodes of one run, on whichever thread asks.

    Args:
        plan: What is performed.
        run: Gets the events; says when it is cancelled.
        backend: Gives the backend when a node first asks for it.
        delivery: Where pictures go.
        cache: Where results are fetched; None: nowhere.
        keeper: Keeps results.
        wait_for: Waits for nodes that other threads perform.

    Attributes:
        files: Files that were saved.
        warnings: What nodes had to say.
        errors: What failed, by node.
        done: How the nodes ended that did.
        results: What they gave.
        keys: Their keys.
    """

    def __init__(
        self,
        plan: Plan,
        run: Run,
        backend: Callable[[], Backend],
        delivery: Delivery,
        cache: ResultCache | None,
        *,
        keeper: Keeper,
        wait_for: Callable[[Iterable[str]], None],
    ) -> None:
        self.plan = plan
        self.run = run
        self.files: list[Path] = []
        self.warnings: list[str] = []
        self.errors: dict[str, NodeflowError] = {}
        self.done: dict[str, Done] = {}
        self.results = Results(plan)
        self.keys = RunKeys(plan)
        self._backend = backend
        self._delivery = delivery
        self._cache = cache
        self._keeper = keeper
        self._wait_for = wait_for

    def leave_out(self) -> None:
        """Tell of the nodes that cannot run, since something is missing."""
        for name, error in self.plan.missing.items():
            self._fail(self.plan.graph.nodes[name], error, 0.0)
        for name, because in self.plan.blocked.items():
            self.results.lose(name, because)
            self.run.emit(events.NodeSkipped(name, because))

    def perform(self, bound: BoundNode) -> None:
        """Fetch, run or skip one node; whatever happens to it, the others are not touched.

        Args:
            bound: The node; what it needs in this run is over.
        """
        name, plan = bound.name, self.plan
        if self.run.cancelled and bound.node.spec.kind is not NodeKind.SINK:  # what is finished is delivered
            self.results.lose(name, None)
            return
        needs = plan.needs(name)
        original = plan.twins.get(name)
        if name in plan.cached:
            self._recover(name)
        elif original is not None and original in self.results.outputs:
            self.keys.share(name, original)
            self.results.give(name, self.results.outputs[original])
            self._note_fetched(name, Tier.MEMORY)
        # Where what feeds it proved to be something else, the new key may lead to a result.
        elif not self.keys.follow(bound) or not self._fetch(name):
            self._run_unless_broken(bound, needs)
        self.results.release(needs)

    def _recover(self, name: str) -> None:
        """Fetch a result; if it is damaged or gone by now, compute it, and first what that needs."""
        stack, tried = [name], set[str]()
        while stack and not self.run.cancelled:
            current = stack[-1]
            self._wait_for([current])
            added = current != name  # nobody was counted who needs it
            if self.results.settled(current) or (current not in tried and self._fetch(current, added=added)):
                stack.pop()
                continue
            tried.add(current)
            bound = self.plan.graph.nodes[current]
            missing = [feed for feed in bound.feeds if not self.results.settled(feed)]
            stack.extend(missing)
            if not missing:
                self.keys.follow(bound)
                self._run_unless_broken(bound, bound.feeds, added=added)

    def _fetch(self, name: str, *, added: bool = False) -> bool:
        key = self.keys.key(name)
        hit = self._cache.get(key) if self._cache is not None and key is not None else None
        if hit is None:
            return False
        bound = self.plan.graph.nodes[name]
        try:
            check_fetched(bound, hit.outputs)
        except NodeflowError as error:
            self._fail(bound, error, 0.0)
            return True
        self.results.give(name, hit.outputs, needed=added)
        self._note_fetched(name, hit.tier)
        return True

    def _note_fetched(self, name: str, tier: Tier) -> None:
        self.done[name] = Done(tier)
        self.run.emit(events.NodeCached(name, tier))

    def _run_unless_broken(self, bound: BoundNode, needs: Iterable[str], *, added: bool = False) -> None:
        lacking = self.results.lacking(needs)
        if lacking is None:
            self._run_node(bound, added=added)
            return
        culprit = self.results.culprit(lacking)
        self.results.lose(bound.name, culprit)
        if culprit is not None:
            self.run.emit(events.NodeSkipped(bound.name, culprit))

    def _run_node(self, bound: BoundNode, *, added: bool) -> None:
        name = bound.name
        context = self._context(name)
        self.run.emit(events.NodeStarted(name, bound.node.spec.type))
        began = time.monotonic()
        try:
            outputs = self._compute(bound, context)
        except Cancelled:
            self.results.lose(name, None)
            self.run.cancel()
        except BaseException as error:  # noqa: BLE001 - a node can fail in any way; only it must suffer
            self._fail(bound, node_error(error, name), time.monotonic() - began)
        else:
            self.done[name] = Done("computed", time.monotonic() - began)
            self.results.give(name, outputs, needed=added)
            self._keep(bound, outputs, context)
            self.run.emit(events.NodeFinished(name, self.done[name].seconds))

    def _compute(self, bound: BoundNode, context: NodeContext) -> Outputs:
        """Call the node; on a frame of its own, so that an error can let go of the arguments."""
        check_computed(bound, self.keys.key(bound.name))
        outputs = call(bound, read_arguments(bound, self.results.outputs, self.plan.files), context)
        self.keys.deviate(bound.name, context.deviations)
        check_computed(bound, self.keys.key(bound.name))
        return outputs

    def _fail(self, bound: BoundNode, problem: NodeflowError, seconds: float) -> None:
        self.errors[bound.name] = problem
        self.results.lose(bound.name, bound.name)
        self.done[bound.name] = Done("failed", seconds)
        self.run.emit(events.NodeFailed(bound.name, problem))

    def _keep(self, bound: BoundNode, outputs: Outputs, context: NodeContext) -> None:
        name, key = bound.name, self.keys.key(bound.name)
        if key is not None:
            recipe, seconds = self.keys.recipe(name), self.done[name].seconds
            self._keeper.keep(Entry(key, outputs, recipe, bound.node.spec.type, seconds), context.kept)

    def _context(self, name: str) -> NodeContext:
        states = self._cache.states if self._cache is not None else None
        key = self.keys.key(name)
        return NodeContext(name, self._backend, self._delivery, self, states=states, key=key)
