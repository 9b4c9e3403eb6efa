"""The handle of a run in another process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from nodeflow.errors import NodeflowError, WorkerDied
from nodeflow.execution import events
from nodeflow.execution.events import Event, Outcome
from nodeflow.execution.run import Run, RunResult


class WorkerRun(Run):
    """A run that a worker performs; follows its events, so that it can say what was lost with the worker.

    Args:
        on_cancel: Called once, when it is cancelled.
        on_abandon: Called when it is to end at once.
        on_answer: Called with a node and a choice when its question is answered.
    """

    def __init__(
        self,
        on_cancel: Callable[[], object],
        on_abandon: Callable[[], object] = lambda: None,
        on_answer: Callable[[str, tuple[int, ...]], object] = lambda _node, _choice: None,
    ) -> None:
        super().__init__()
        self._on_cancel = on_cancel
        self._on_abandon = on_abandon
        self._on_answer = on_answer
        self._nodes: dict[str, None] = {}  # that run now, the likeliest to end the process last
        self._files: list[Path] = []
        self._warnings: list[str] = []
        self._began = time.monotonic()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._finished.is_set()

    def cancel(self) -> None:
        """Stop within a step; if the worker does not, after some seconds it is ended and begun anew."""
        if not self.cancelled and not self.over:
            super().cancel()
            self._on_cancel()

    def abandon(self) -> None:
        """End its process now; another one takes its place."""
        if not self.over:
            super().cancel()
            self._on_abandon()

    def answer(self, node: str, choice: tuple[int, ...]) -> None:
        """Answer a question that was asked over there."""
        if not self.over:
            self._on_answer(node, choice)

    def take(self, event: Event) -> None:
        """Pass on an event from the worker."""
        match event:
            case events.NodeStarted(node, _):
                self._nodes[node] = None
            case events.ChoiceWanted(node=node):  # it waits: what computes is likelier to end a process
                self._nodes = {node: None} | self._nodes
            case events.NodeFinished(node, _) | events.NodeFailed(node, _):
                self._nodes.pop(node, None)
            case events.FileSaved(_, path):
                self._files.append(path)
            case events.NodeWarned(node, message):
                self._warnings.append(f"{node}: {message}")
        self.emit(event)

    def lose(self, died: NodeflowError) -> None:
        """End it because its process is over: as cancelled if it was, else with one error.

        Args:
            died: What happened.
        """
        node = next(reversed(self._nodes), None)
        files, seconds = tuple(self._files), time.monotonic() - self._began
        if self.cancelled:
            if node is not None:
                self.take(events.NodeWarned(node, "did not stop, so its process was ended"))
            self.finish(RunResult(Outcome.CANCELLED, {}, files, (), tuple(self._warnings), seconds))
            return
        error = WorkerDied(died.message, node=node, advice=died.advice)
        for note in getattr(died, "__notes__", ()):
            error.add_note(note)
        self.emit(events.RunFailed(error))
        self.finish(RunResult(Outcome.FAILED, {}, files, (error,), tuple(self._warnings), seconds))
