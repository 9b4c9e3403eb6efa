"""What a node reports while it runs, turned into events."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from nodeflow.backends import Backend, Preview, StateFile
from nodeflow.cache.states import KeptState, States
from nodeflow.errors import Cancelled
from nodeflow.execution import events
from nodeflow.execution.run import Run
from nodeflow.node.context import Context
from nodeflow.pictures import Delivery
from nodeflow.values import Image, ModelPart


class Reports(Protocol):
    """Where a run's events, files and warnings are gathered."""

    run: Run
    files: list[Path]
    warnings: list[str]


class NodeContext(Context):
    """The context of one node in one run: turns its reports into events.

    Args:
        node: The node's name in the workflow.
        backend: Gives the backend when it is first needed.
        delivery: Where pictures go.
        reports: Where events, files and warnings go.
        states: Where states of long calls are kept; None: nowhere.
        key: The key of the node's result; without one no state is kept.

    Attributes:
        deviations: How the node computed otherwise than its key says.
    """

    def __init__(
        self,
        node: str,
        backend: Callable[[], Backend],
        delivery: Delivery,
        reports: Reports,
        *,
        states: States | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(node, backend, delivery)
        self.deviations: dict[str, str] = {}
        self._reports = reports
        self._states = states
        self._key = key
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

    def deviate(self, part: ModelPart, **facts: str) -> None:  # noqa: ARG002 - settings in keys name no parts
        """Note it for the node's key."""
        self.deviations.update(facts)

    @cached_property
    def _state(self) -> KeptState | None:
        if self._states is None or self._key is None:
            return None
        return KeptState(self._states, self._key, self._resumed, self.warn)

    @property
    def state(self) -> StateFile | None:
        """Where a long call keeps its state, under the key of its result."""
        return self._state

    def kept(self, warning: str | None = None) -> None:
        """Hear that the node's result is kept: its state is needed no more. Pass a warning on."""
        if self._state is not None:
            self._state.remove()
        if warning is not None:
            self.warn(warning)

    def _resumed(self, step: int, steps: int) -> None:
        self._reports.run.emit(events.NodeResumed(self.node, step, steps))

    def choose(self, image: Image) -> tuple[int, ...]:
        """Ask; what is chosen becomes part of the key of the result."""
        run = self._reports.run
        if not run.interactive:
            return super().choose(image)
        choice = run.ask(events.ChoiceWanted(self.node, len(image), lambda: image))
        self.deviations["choice"] = ", ".join(str(place + 1) for place in choice)
        return choice

    def saved(self, path: Path) -> None:
        """Pass the news of a file on."""
        self._reports.files.append(path)
        self._reports.run.emit(events.FileSaved(self.node, path))
