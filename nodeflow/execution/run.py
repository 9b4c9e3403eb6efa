"""The handle of a run in progress: its events, its end, and the way to cancel it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nodeflow.errors import Cancelled, ExitCode, NodeflowError
from nodeflow.execution.events import ChoiceWanted, Event, Outcome, RunFinished


@dataclass(frozen=True)
class RunResult(Mapping[str, Any]):
    """What a run gave: a mapping from `node.output` to values, for the nodes the run was for.

    Attributes:
        outcome: How it ended.
        results: What the mapping holds.
        files: Files that were written.
        errors: What failed, by node.
        warnings: What nodes had to say.
        seconds: Wall time.
    """

    outcome: Outcome
    results: Mapping[str, Any] = field(repr=False)
    files: tuple[Path, ...] = ()
    errors: tuple[NodeflowError, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0

    def __getitem__(self, name: str) -> Any:
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def exit_code(self) -> ExitCode:
        """What the command line returns for this run."""
        if self.outcome is Outcome.CANCELLED:
            return ExitCode.CANCELLED
        if self.outcome is Outcome.DONE:
            return ExitCode.DONE
        codes = [error.exit_code for error in self.errors]
        if ExitCode.INVALID_WORKFLOW in codes:
            return ExitCode.INVALID_WORKFLOW  # as `validate` says before
        return max(codes, default=ExitCode.NODE_FAILED)


class Run:
    """A run in progress. Iterate it for its events, once; it ends with `RunFinished`.

    Attributes:
        interactive: Whether somebody answers its questions.
    """

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._result: RunResult | None = None
        self._finished = threading.Event()
        self.interactive = False
        self._answers: dict[str, tuple[int, ...]] = {}
        self._news = threading.Condition()

    def __iter__(self) -> Iterator[Event]:
        while True:
            event = self._events.get()
            if isinstance(event, RunFinished):
                self._events.put(event)  # for whoever comes later: he must not wait for ever
                yield event
                return
            yield event

    def cancel(self) -> None:
        """Stop within a step; what is finished stays."""
        self._cancelled.set()
        with self._news:
            self._news.notify_all()

    def answer(self, node: str, choice: tuple[int, ...]) -> None:
        """Answer a `ChoiceWanted`.

        Args:
            node: The node that asked.
            choice: The places of the pictures that go on, from 0, in the order wanted.
        """
        with self._news:
            self._answers[node] = choice
            self._news.notify_all()

    def ask(self, question: ChoiceWanted) -> tuple[int, ...]:
        """Ask, and wait for the answer (for executors).

        Raises:
            Cancelled: If the run is cancelled meanwhile.
        """
        with self._news:
            self._answers.pop(question.node, None)
        self.emit(question)
        with self._news:
            self._news.wait_for(lambda: self.cancelled or question.node in self._answers)
            if self.cancelled:
                raise Cancelled
            return self._answers.pop(question.node)

    def abandon(self) -> None:
        """Stop at once, at the cost of the process it runs in; a run in this process stops within a step."""
        self.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    def wait(self, timeout: float | None = None) -> RunResult:
        """Return the result, waiting for the end.

        Args:
            timeout: Seconds to wait at most; None: as long as it takes.

        Raises:
            TimeoutError: If it is not over by then.
        """
        if not self._finished.wait(timeout) or self._result is None:
            raise TimeoutError("the run is not over")
        return self._result

    def watch(self, on_event: Callable[[Event], object] | None = None) -> RunResult:
        """Follow the run to its end and return its result.

        Args:
            on_event: Called with every event. If it raises, the run is cancelled before the error goes on.
        """
        try:
            for event in self:
                if on_event is not None:
                    on_event(event)
        except BaseException:
            self.cancel()
            self.wait()
            raise
        return self.wait()

    def emit(self, event: Event) -> None:
        """Add an event to the stream (for executors)."""
        self._events.put(event)

    def finish(self, result: RunResult) -> None:
        """Set the result and end the stream (for executors)."""
        self._result = result
        self._finished.set()
        self.emit(RunFinished(result.outcome, result.seconds))
