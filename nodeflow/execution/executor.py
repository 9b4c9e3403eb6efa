"""Performs a plan in the background: reads what was never read, performs node by node, and tells the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nodeflow.backends import Backend
from nodeflow.cache import ResultCache
from nodeflow.errors import Cancelled, NodeflowError
from nodeflow.execution import events
from nodeflow.execution.call import node_error
from nodeflow.execution.events import Outcome
from nodeflow.execution.history import WorkflowHistory
from nodeflow.execution.keeping import Keeper
from nodeflow.execution.lanes import Lanes
from nodeflow.execution.performer import Performer
from nodeflow.execution.plan import Plan
from nodeflow.execution.prefetch import Prefetch
from nodeflow.execution.run import Run, RunResult
from nodeflow.execution.turns import Turns
from nodeflow.execution.why import reasons
from nodeflow.files.digests import Progress
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
        history: Remembers the run; None: nothing does.
        run: The handle to use; None: a new one.
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
        history: WorkflowHistory | None = None,
        run: Run | None = None,
    ) -> None:
        self.plan = plan
        self.backend = backend
        self.delivery = delivery
        self.title = title
        self.run = run or Run()
        self.emit = self.run.emit
        self._cache = cache
        self._replan = replan
        self._history = history

    def start(self) -> Run:
        """Begin on a background thread and return at once."""
        threading.Thread(target=self._work, name="nodeflow-executor", daemon=True).start()
        return self.run

    def _work(self) -> None:
        began = time.monotonic()
        try:
            performer = self._perform()
        except BaseException as error:  # noqa: BLE001 - even if this very code is wrong, nobody may wait for ever
            self.run.finish(RunResult(Outcome.FAILED, {}, errors=(node_error(error, ""),)))
            return
        self.run.finish(self._result(performer, time.monotonic() - began))

    def _perform(self) -> Performer:
        self._read_files()
        plan = self.plan
        self.emit(events.RunStarted(self.title, plan.runs))
        self._explain()
        with Lanes(plan) as lanes, Prefetch(plan, self.backend) as prefetch:
            keeper = Keeper(self._cache, lanes.writer)
            performer = Performer(
                plan,
                self.run,
                self.backend,
                self.delivery,
                self._cache,
                keeper=keeper,
                wait_for=lanes.wait_for,
            )
            performer.leave_out()
            for position in Turns(plan, lanes):
                if self.run.cancelled:
                    break
                prefetch.before(position)
                lanes.perform(plan.graph.nodes[plan.order[position]], performer.perform)
        if self._history is not None:
            self._history.record(plan, performer)
        return performer

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

    def _explain(self) -> None:
        """Tell why nodes run; afterwards nobody could, since this run will be the last one."""
        if self._history is not None and self.plan.runs:
            why = reasons(self.plan, self._history.past())
            self.emit(events.RunExplained({name: why[name].causes for name in self.plan.runs}))

    def _result(self, performer: Performer, seconds: float) -> RunResult:
        outputs = performer.results.outputs
        results: dict[str, Any] = {
            f"{name}.{output}": value
            for name in self.plan.targets
            for output, value in outputs.get(name, {}).items()
        }
        found = performer.errors
        # Lanes fail in any order; what is reported does not depend on that.
        order = self.plan.graph.order(self.plan.targets) if len(found) > 1 else found
        errors = tuple(found[name] for name in order if name in found)
        failed = Outcome.FAILED if errors else Outcome.DONE
        outcome = Outcome.CANCELLED if self.run.cancelled else failed
        return RunResult(outcome, results, tuple(performer.files), errors, tuple(performer.warnings), seconds)
