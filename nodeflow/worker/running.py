"""The worker's side of runs: begins them, passes their events on, and keeps what they gave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from nodeflow.errors import NodeflowError
from nodeflow.execution.call import node_error
from nodeflow.execution.events import (
    ChoiceWanted,
    Event,
    NodeProgress,
    NodeStarted,
    Outcome,
    RunFailed,
    RunFinished,
)
from nodeflow.execution.look import look_at
from nodeflow.execution.run import Run, RunResult
from nodeflow.execution.runner import ThreadRunner
from nodeflow.pictures.small import preview_pictures
from nodeflow.worker.channel import Channel, Message
from nodeflow.worker.messages import pack_event, pack_result, unpack_job
from nodeflow.worker.previews import Previews

CHOICE = 768
"""Longest side of pictures to choose from, in pixels."""
_TELLING = 1.0
"""Seconds that a node waits at most for its beginning to be told."""


class _Run(Run):
    """A run whose nodes begin only when that is told: should one end the process, its name is known."""

    def __init__(self) -> None:
        super().__init__()
        self._begun: dict[Event, threading.Event] = {}

    def emit(self, event: Event) -> None:
        """Add an event to the stream."""
        if not isinstance(event, NodeStarted):
            super().emit(event)
            return
        told = self._begun[event] = threading.Event()
        super().emit(event)
        told.wait(_TELLING)

    def told(self, event: Event) -> None:
        """Hear that an event is on its way."""
        if isinstance(event, NodeStarted):
            self._begun.pop(event).set()


class Running:
    """The runs of one editor.

    Args:
        channel: Where events go.
        runner: Gives the runner.
    """

    def __init__(self, channel: Channel, runner: Callable[[], ThreadRunner]) -> None:
        self._channel = channel
        self._runner = runner
        self._runs: dict[int, _Run] = {}
        self._results: dict[int, RunResult] = {}
        self._lock = threading.Lock()
        self._previews = ThreadPoolExecutor(1, thread_name_prefix="nodeflow-preview")

    def start(self, message: Message) -> None:
        """Begin a run on a thread of its own, which passes its events on."""
        number, run = message["id"], _Run()
        with self._lock:
            self._runs[number] = run
        arguments = (number, run, message)
        threading.Thread(target=self._perform, args=arguments, name="nodeflow-run", daemon=True).start()

    def cancel(self, number: int) -> None:
        """Cancel a run, unless it is over."""
        with self._lock:
            run = self._runs.get(number)
        if run is not None:
            run.cancel()

    def answer(self, number: int, node: str, choice: list[int]) -> None:
        """Answer a run's question, unless it is over."""
        with self._lock:
            run = self._runs.get(number)
        if run is not None:
            run.answer(node, tuple(choice))

    def value(self, number: int, name: str) -> Any:
        """What a run gave.

        Raises:
            NodeflowError: If it was forgotten.
        """
        try:
            return self._results[number][name]
        except KeyError:
            raise NodeflowError(f"{name} is no longer at hand", advice="Run it again") from None

    def forget(self, number: int) -> None:
        """Let go of what a run gave."""
        self._results.pop(number, None)

    def end(self, grace: float) -> None:
        """Cancel all runs and give them so many seconds to end."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            run.cancel()
        deadline = time.monotonic() + grace
        while self._runs and time.monotonic() < deadline:
            time.sleep(0.01)

    def _perform(self, number: int, run: _Run, message: Message) -> None:
        try:
            self._runner().start(unpack_job(message["job"]), run)
        except BaseException as error:  # noqa: BLE001 - whatever it is, somebody waits for the run's end
            known = node_error(error, "")
            self._send({"of": number, "event": pack_event(RunFailed(known))[0]})
            self._finish(number, RunResult(Outcome.FAILED, {}, errors=(known,)))
            return
        previews = Previews(self._previews)
        for event in run:
            if not isinstance(event, RunFinished):
                pictures = previews.of(event) if isinstance(event, NodeProgress) else ()
                if isinstance(event, ChoiceWanted) and event.preview is not None:
                    pictures = preview_pictures(event.preview, CHOICE)
                told, payload = pack_event(event, pictures)
                self._send({"of": number, "event": told}, payload)
                run.told(event)
        self._finish(number, run.wait())

    def _finish(self, number: int, result: RunResult) -> None:
        with self._lock:
            self._runs.pop(number, None)
        if result.results:
            self._results[number] = result
        looks = {name: look_at(value) for name, value in result.items()}
        self._send({"of": number, "finished": pack_result(result, looks)})

    def _send(self, message: Message, payload: bytes = b"") -> None:
        with suppress(OSError, ValueError):  # the other side is gone, as the listening thread will notice
            self._channel.send(message, payload)
