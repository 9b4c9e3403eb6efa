"""What a node reports while it runs, turned into events."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from nodeflow.backends import Backend, Preview
from nodeflow.errors import Cancelled
from nodeflow.execution import events
from nodeflow.execution.run import Run
from nodeflow.node.context import Context
from nodeflow.pictures import Delivery


class Reports(Protocol):
    """Where a run's events, files and warnings are gathered."""

    run: Run
    files: list[Path]
    warnings: list[str]


class NodeContext(Context):
    """The context of one node in one run: turns its reports into events."""

    def __init__(
        self, node: str, backend: Callable[[], Backend], delivery: Delivery, reports: Reports
    ) -> None:
        super().__init__(node, backend, delivery)
        self._reports = reports
        self._began = time.monotonic()
        self._first: tuple[int, float] | None = None

    def progress(self, step: int, steps: int, preview: Preview | None = None) -> None:
        """Report a step; the time left is what the steps since the first one took, carried on."""
        now = time.monotonic()
        if self._first is None:
            self._first = (step, now)
        step_0, time_0 = self._first if step > self._first[0] else (0, self._began)
        left = (now - time_0) / (step - step_0) * (steps - step) if step > step_0 else None
        self._reports.run.emit(events.NodeProgress(self.node, step, steps, left, preview))

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once the run is cancelled."""
        if self._reports.run.cancelled:
            raise Cancelled

    def warn(self, message: str) -> None:
        """Pass a warning on."""
        self._reports.warnings.append(f"{self.node}: {message}")
        self._reports.run.emit(events.NodeWarned(self.node, message))

    def saved(self, path: Path) -> None:
        """Pass the news of a file on."""
        self._reports.files.append(path)
        self._reports.run.emit(events.FileSaved(self.node, path))
