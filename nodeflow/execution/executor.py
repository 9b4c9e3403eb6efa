"""Performs a plan on a background thread; sinks write on another, so that sampling waits for no disk."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from nodeflow.backends import Backend
from nodeflow.cache import ResultCache, Tier
from nodeflow.errors import Cancelled, NodeflowError
from nodeflow.execution import events
from nodeflow.execution.call import Outputs, call, node_error, read_arguments
from nodeflow.execution.events import Outcome
from nodeflow.execution.node_context import NodeContext
from nodeflow.execution.plan import Plan
from nodeflow.execution.run import Run, RunResult
from nodeflow.files.digests import Progress
from nodeflow.graph import BoundNode
from nodeflow.node.spec import NodeKind
from nodeflow.pictures import Delivery


class Executor:
    """Performs one plan.

    Args:
        plan: What to do.
        backend: Gives the backend when a node first asks for it.
        delivery: Where pictures go.
        title: The workflow's name.
        cache: Where results are kept and fetched; None: nowhere.
        replan: Plans again, reading what was never read, with a callback for bytes done and in all. Called
            first if the plan lacks keys for want of it.
    """

    def __init__(
        self,
        plan: Plan,
        backend: Callable[[], Backend],
        delivery: Delivery,
        title: str,
        *,
        cache: ResultCache | None = None,
        replan: Callable[[Progress], Plan] | None = None,
    ) -> None:
        self.plan = plan
        self.backend = backend
        self.delivery = delivery
        self.title = title
        self.run = Run()
        self.emit = self.run.emit
        self.files: list[Path] = []
        self.warnings: list[str] = []
        self._cache = cache
        self._replan = replan
        self._errors: list[NodeflowError] = []
        self._results: dict[str, Outputs] = {}
        self._broken: dict[str, str] = {}  # node that gave nothing → the node at fault
        self._uses: Counter[str] = Counter()
        self._releasing = threading.Lock()
        self._sinks: dict[str, Future[None]] = {}
        self._writer: ThreadPoolExecutor

    def start(self) -> Run:
        """Begin on a background thread and return at once."""
        threading.Thread(target=self._perform, name="nodeflow-executor", daemon=True).start()
        return self.run

    def _perform(self) -> None:
        began = time.monotonic()
        self._read_files()
        plan = self.plan
        self._results.update(plan.known)
        self._uses.update(feed for name in plan.order for feed in plan.needs(name))
        self._uses.update(plan.targets)
        self.emit(events.RunStarted(self.title, plan.runs))
        with ThreadPoolExecutor(1, thread_name_prefix="nodeflow-sink") as self._writer:
            for name in plan.order:
                if self.run.cancelled:
                    break
                bound = plan.graph.nodes[name]
                self._wait_for_sinks(bound)
                if bound.node.spec.kind is NodeKind.SINK:
                    self._sinks[name] = self._writer.submit(self._attend, bound)
                else:
                    self._attend(bound)
        self.run.finish(self._result(time.monotonic() - began))

    def _read_files(self) -> None:
        """Digest the files that planning only looked at, so that every result has a key."""
        if self._replan is None or self.plan.keyer is None or not self.plan.keyer.unread:
            return

        def progress(done: int, total: int) -> None:
            if self.run.cancelled:
                raise Cancelled
            self.emit(events.FilesRead(done, total))

        # A file that vanished meanwhile is reported by the node that needs it.
        with suppress(Cancelled, NodeflowError):
            self.plan = self._replan(progress)

    def _wait_for_sinks(self, bound: BoundNode) -> None:
        if self._sinks:
            for feed in bound.feeds:
                if feed in self._sinks:
                    self._sinks[feed].result()

    def _attend(self, bound: BoundNode) -> None:
        """Fetch, run or skip one node; whatever happens to it, the others are not touched."""
        name = bound.name
        needs = self.plan.needs(name)
        if name in self.plan.cached:
            self._recover(name)
        elif name in self.plan.twins and self.plan.twins[name] in self._results:
            self._results[name] = self._results[self.plan.twins[name]]
            self.emit(events.NodeCached(name, Tier.MEMORY))
        else:
            self._run_unless_broken(bound, needs)
        for feed in needs:
            self._release(feed)

    def _run_unless_broken(self, bound: BoundNode, needs: Iterable[str]) -> None:
        culprit = next((self._broken[feed] for feed in needs if feed in self._broken), None)
        if culprit is None:
            self._run_node(bound)
        else:
            self._broken[bound.name] = culprit
            self.emit(events.NodeSkipped(bound.name, culprit))

    def _recover(self, name: str) -> None:
        """Fetch a result; if it is damaged or gone by now, compute it, and first what that needs."""
        stack, tried = [name], set[str]()
        while stack and not self.run.cancelled:
            current = stack[-1]
            if current in self._results or current in self._broken or self._fetch(current, tried):
                stack.pop()
                continue
            bound = self.plan.graph.nodes[current]
            missing = [f for f in bound.feeds if f not in self._results and f not in self._broken]
            stack.extend(missing)
            if not missing:
                self._uses[current] += 1  # who else needs it is not counted, so it stays
                self._run_unless_broken(bound, bound.feeds)

    def _fetch(self, name: str, tried: set[str]) -> bool:
        key = self.plan.key(name)
        if self._cache is None or key is None or name in tried:
            return False
        tried.add(name)
        hit = self._cache.get(key)
        if hit is not None:
            self._results[name] = hit.outputs
            self.emit(events.NodeCached(name, hit.tier))
        return hit is not None

    def _run_node(self, bound: BoundNode) -> None:
        name = bound.name
        self.emit(events.NodeStarted(name, bound.node.spec.type))
        began = time.monotonic()
        try:
            outputs = self._compute(bound)
        except Cancelled:
            self._broken[name] = name
            self.run.cancel()
        except BaseException as error:  # noqa: BLE001 - a node can fail in any way; only it must suffer
            self._broken[name] = name
            problem = node_error(error, name)
            self._errors.append(problem)
            self.emit(events.NodeFailed(name, problem))
        else:
            seconds = time.monotonic() - began
            if self._uses[name]:
                self._results[name] = outputs
            if self._cache is not None and self.plan.key(name) is not None:
                self._writer.submit(self._keep, bound, outputs, seconds)
            self.emit(events.NodeFinished(name, seconds))

    def _compute(self, bound: BoundNode) -> Outputs:
        arguments = read_arguments(bound, self._results, self.plan.files)
        return call(bound, arguments, self._context(bound))

    def _context(self, bound: BoundNode) -> NodeContext:
        return NodeContext(bound.name, self.backend, self.delivery, self)

    def _keep(self, bound: BoundNode, outputs: Outputs, seconds: float) -> None:
        """Put a result into the cache; on the writing thread, since a disk may be slow."""
        key, keyer = self.plan.key(bound.name), self.plan.keyer
        if self._cache is not None and keyer is not None and key is not None:
            recipe = keyer.recipes[bound.name]
            warning = self._cache.put(key, outputs, recipe, bound.node.spec.type, seconds)
            if warning is not None:
                self._context(bound).warn(warning)

    def _release(self, name: str) -> None:
        """Forget a result once nobody needs it any more."""
        with self._releasing:  # sinks release on their own thread
            self._uses[name] -= 1
            if not self._uses[name]:
                self._results.pop(name, None)

    def _result(self, seconds: float) -> RunResult:
        results: dict[str, Any] = {
            f"{name}.{output}": value
            for name in self.plan.targets
            for output, value in self._results.get(name, {}).items()
        }
        failed = Outcome.FAILED if self._errors else Outcome.DONE
        outcome = Outcome.CANCELLED if self.run.cancelled else failed
        files, errors, warnings = tuple(self.files), tuple(self._errors), tuple(self.warnings)
        return RunResult(outcome, results, files, errors, warnings, seconds)
