"""Performs a plan on a background thread; sinks write on another, so that sampling waits for no disk."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nodeflow.backends import Backend, Preview
from nodeflow.errors import Cancelled, NodeflowError
from nodeflow.execution import events
from nodeflow.execution.call import Outputs, call, node_error, read_arguments
from nodeflow.execution.events import Outcome
from nodeflow.execution.plan import Plan
from nodeflow.execution.run import Run, RunResult
from nodeflow.graph import BoundNode
from nodeflow.node.context import Context
from nodeflow.node.spec import NodeKind
from nodeflow.pictures import Delivery


class NodeContext(Context):
    """The context of one node in one run: turns its reports into events."""

    def __init__(self, node: str, executor: Executor) -> None:
        super().__init__(node, executor.backend, executor.delivery)
        self._executor = executor
        self._began = time.monotonic()
        self._first: tuple[int, float] | None = None

    def progress(self, step: int, steps: int, preview: Preview | None = None) -> None:
        """Report a step; the time left is what the steps since the first one took, carried on."""
        now = time.monotonic()
        if self._first is None:
            self._first = (step, now)
        step_0, time_0 = self._first if step > self._first[0] else (0, self._began)
        left = (now - time_0) / (step - step_0) * (steps - step) if step > step_0 else None
        self._executor.emit(events.NodeProgress(self.node, step, steps, left, preview))

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once the run is cancelled."""
        if self._executor.run.cancelled:
            raise Cancelled

    def warn(self, message: str) -> None:
        """Pass a warning on."""
        self._executor.warnings.append(f"{self.node}: {message}")
        self._executor.emit(events.NodeWarned(self.node, message))

    def saved(self, path: Path) -> None:
        """Pass the news of a file on."""
        self._executor.files.append(path)
        self._executor.emit(events.FileSaved(self.node, path))


class Executor:
    """Performs one plan.

    Args:
        plan: What to do.
        backend: Gives the backend when a node first asks for it.
        delivery: Where pictures go.
        title: The workflow's name.
    """

    def __init__(self, plan: Plan, backend: Callable[[], Backend], delivery: Delivery, title: str) -> None:
        self.plan = plan
        self.backend = backend
        self.delivery = delivery
        self.title = title
        self.run = Run()
        self.emit = self.run.emit
        self.files: list[Path] = []
        self.warnings: list[str] = []
        self._errors: list[NodeflowError] = []
        self._results: dict[str, Outputs] = dict(plan.known)
        self._broken: dict[str, str] = {}  # node that gave nothing → the node at fault
        self._uses = Counter(feed for name in plan.order for feed in plan.graph.nodes[name].feeds)
        self._uses.update(plan.targets)
        self._releasing = threading.Lock()
        self._sinks: dict[str, Future[None]] = {}

    def start(self) -> Run:
        """Begin on a background thread and return at once."""
        threading.Thread(target=self._perform, name="nodeflow-executor", daemon=True).start()
        return self.run

    def _perform(self) -> None:
        began = time.monotonic()
        self.emit(events.RunStarted(self.title, self.plan.order))
        with ThreadPoolExecutor(1, thread_name_prefix="nodeflow-sink") as sinks:
            for name in self.plan.order:
                if self.run.cancelled:
                    break
                bound = self.plan.graph.nodes[name]
                self._wait_for_sinks(bound)
                if bound.node.spec.kind is NodeKind.SINK:
                    self._sinks[name] = sinks.submit(self._attend, bound)
                else:
                    self._attend(bound)
        self.run.finish(self._result(time.monotonic() - began))

    def _wait_for_sinks(self, bound: BoundNode) -> None:
        if self._sinks:
            for feed in bound.feeds:
                if feed in self._sinks:
                    self._sinks[feed].result()

    def _attend(self, bound: BoundNode) -> None:
        """Run one node or skip it; whatever happens to it, the others are not touched."""
        culprit = next((self._broken[feed] for feed in bound.feeds if feed in self._broken), None)
        if culprit is None:
            self._run_node(bound)
        else:
            self._broken[bound.name] = culprit
            self.emit(events.NodeSkipped(bound.name, culprit))
        for feed in bound.feeds:
            self._release(feed)

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
            if self._uses[name]:
                self._results[name] = outputs
            self.emit(events.NodeFinished(name, time.monotonic() - began))

    def _compute(self, bound: BoundNode) -> Outputs:
        arguments = read_arguments(bound, self._results, self.plan.files)
        return call(bound, arguments, NodeContext(bound.name, self))

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
