"""A run that was asked for, and the thread that follows it from its start to its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from nodeflow.errors import NodeflowError, one_line
from nodeflow.execution.events import (
    ChoiceWanted,
    Event,
    FileSaved,
    NodeFailed,
    NodeProgress,
    NodeStarted,
    Outcome,
    RunFailed,
    RunFinished,
)
from ui.running.pictures import SIDE, read_picture, sheet, shown_picture

if TYPE_CHECKING:
    from nodeflow.execution.job import Job, Runner
    from nodeflow.execution.run import Run, RunResult

PREVIEW = 256
"""Longest side of a live preview in pixels."""
PREVIEW_SECONDS = 0.1
"""Seconds from one preview to the next."""


@dataclass(frozen=True)
class NodePicture(Event):
    """A node has a picture to show: what it saved, or what it gave."""

    node: str
    picture: QImage


@dataclass(frozen=True)
class NodeQuestion(Event):
    """A node waits until somebody chooses among pictures."""

    node: str
    pictures: tuple[QImage, ...]


Told = Callable[[Event, QImage | None], object]
"""Hears of an event, with the picture of a preview."""


class Ticket:
    """A run that was asked for.

    Args:
        job: What to run.
        tell: Called in the window's thread with each event; None: nobody wants to know.

    Attributes:
        outcome: How it ended; None: it has not.
        error: What went wrong first.
        files: What it saved.
        failed: How many nodes failed.
    """

    def __init__(self, job: Job, tell: Told | None) -> None:
        self.job = job
        self.tell = tell
        self.cancelled = False
        self.outcome: Outcome | None = None
        self.error: NodeflowError | None = None
        self.files: list[Path] = []
        self.failed = 0
        self._run: Run | None = None
        self._lock = threading.Lock()
        self._files: dict[str, list[QImage]] = {}
        self._latest = 0.0

    def cancel(self) -> None:
        """Stop it, or keep it from beginning."""
        with self._lock:
            self.cancelled = True
            run = self._run
        if run is not None:
            run.cancel()

    def abandon(self) -> None:
        """Stop it at once."""
        with self._lock:
            run = self._run
        if run is not None:
            run.abandon()

    def follow(self, runner: Runner, post: Told) -> None:
        """Start it and post all its events; the last is always `RunFinished`. For a thread of its own."""
        self.outcome, self.error, self.failed = None, None, 0
        self.files.clear()
        self._files.clear()
        try:
            run = runner.start(replace(self.job, interactive=True))
        except Exception as error:  # noqa: BLE001 - whatever it is, the window waits for the end
            known = error if isinstance(error, NodeflowError) else NodeflowError(one_line(error))
            for last in (RunFailed(known), RunFinished(Outcome.FAILED, 0.0)):
                self._note(last)
                post(last, None)
            return
        with self._lock:
            self._run = run
            cancelled = self.cancelled
        if cancelled:
            run.cancel()
        for event in run:
            if isinstance(event, RunFinished):
                self._show_results(run.wait(), post)
            self._note(event)
            post(event, self._preview(event))
            if isinstance(event, FileSaved):
                self._show_file(event, post)
            elif isinstance(event, ChoiceWanted):
                self._show_question(event, post)

    def answer(self, node: str, choice: tuple[int, ...]) -> None:
        """Say which pictures go on: their places, from 0."""
        with self._lock:
            run = self._run
        if run is not None:
            run.answer(node, choice)

    def _show_question(self, event: ChoiceWanted, post: Told) -> None:
        from nodeflow.pictures.small import preview_pictures

        small = preview_pictures(event.preview, SIDE) if event.preview is not None else ()
        post(NodeQuestion(event.node, tuple(map(shown_picture, small))), None)

    def _note(self, event: Event) -> None:
        """Keep what the queue wants to know in the end."""
        match event:
            case FileSaved(_, path):
                self.files.append(path)
            case NodeFailed(node, error):
                self.error = self.error or error.at(node)
                self.failed += 1
            case RunFailed(error):
                self.error = self.error or error
            case RunFinished(outcome, _):
                self.outcome = outcome

    def _preview(self, event: Event) -> QImage | None:
        if isinstance(event, NodeStarted):
            self._latest = 0.0
        if not isinstance(event, NodeProgress) or event.preview is None:
            return None
        now = time.monotonic()
        if now - self._latest < PREVIEW_SECONDS:
            return None
        self._latest = now
        from nodeflow.pictures.small import preview_pictures

        return sheet([shown_picture(small) for small in preview_pictures(event.preview, PREVIEW)])

    def _show_file(self, event: FileSaved, post: Told) -> None:
        picture = read_picture(event.path)
        if not picture.isNull():
            found = self._files.setdefault(event.node, [])
            found.append(picture)
            post(NodePicture(event.node, sheet(found)), None)

    def _show_results(self, result: RunResult, post: Told) -> None:
        """Post the pictures of nodes that gave one without saving it."""
        for name, value in result.results.items():
            node, _, _ = name.rpartition(".")
            if node not in self._files and (pictures := _seen(value)):
                self._files[node] = pictures
                post(NodePicture(node, sheet(pictures)), None)


def _seen(value: Any) -> list[QImage]:
    """The pictures of a run's result, wherever it is; none if it cannot be seen."""
    from nodeflow.execution.look import look_at

    try:
        seen = value.look(SIDE) if hasattr(value, "ask_look") else look_at(value, SIDE)
    except NodeflowError:
        return []  # its process is gone
    return [shown_picture(small) for small in seen.pictures]
