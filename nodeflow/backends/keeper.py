"""Keeps a half-done sampling run's state in a file, whichever backend's it is.

Going on from a state gives the very latents of an undisturbed run, so it holds whatever a solver remembers of
earlier steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Protocol, TypeVar

from nodeflow.backends.protocol import StateFile
from nodeflow.backends.span import Span
from nodeflow.errors import Cancelled

SECONDS = 5.0
"""Time between two savings: little to lose, and next to nothing to spend, for what takes longer than that."""


class Reached(Protocol):
    """Where a run stands between two steps."""

    @property
    def step(self) -> int:
        """The step to go on with, counted from 0 in whole steps of the schedule."""


State = TypeVar("State", bound=Reached)


class Form(Protocol[State]):
    """What the states of a run look like as bytes."""

    def packed(self, state: State) -> Callable[[], bytes]:
        """What makes a state's bytes, however far the run has gone on meanwhile."""

    def unpacked(self, data: bytes) -> State | None:
        """A state out of bytes, the run's solver set to it; None if it is damaged, or another run's."""


class Keeper(Generic[State]):
    """Keeps a run's state: every few seconds, and when the run in its `with` block is cancelled.

    Args:
        file: Where to; None: nowhere.
        form: How states are written and read.
        span: The steps that run.
    """

    def __init__(self, file: StateFile | None, form: Form[State], span: Span) -> None:
        self._file, self._form, self._span = file, form, span
        self._unsaved: Callable[[], bytes] | None = None
        self._since = time.monotonic()

    def load(self) -> State | None:
        """Take up what an earlier run of this span left, and tell the file; None: nothing that fits."""
        data = None if self._file is None else self._file.load()
        if self._file is None or data is None:
            return None
        state = self._form.unpacked(data)
        if state is not None:
            self._file.resumed(state.step - self._span.start, self._span.end - self._span.start)
        return state

    def reached(self, state: State) -> None:
        """Note a state to go on from, and save it if the last one saved is too long ago."""
        if self._file is None:
            return
        self._unsaved = self._form.packed(state)
        if time.monotonic() - self._since >= SECONDS:
            self._save()

    def _save(self) -> None:
        if self._file is not None and self._unsaved is not None:
            self._file.save(self._unsaved())
            self._unsaved, self._since = None, time.monotonic()

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Cancelled):
            self._save()
