"""One worker process and what is asked of it: runs and questions, which end with it at the latest."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from itertools import count
from typing import Any

from nodeflow.errors import NodeflowError, WorkerDied
from nodeflow.execution.job import Job
from nodeflow.standalone import command_for
from nodeflow.worker.channel import Message
from nodeflow.worker.messages import pack_job, unpack_error, unpack_event, unpack_result
from nodeflow.worker.process import WorkerProcess
from nodeflow.worker.results import Answer, Handle, Kept
from nodeflow.worker.run import WorkerRun


class Link:
    """The connection to one worker process. Nothing here waits but `end`.

    Args:
        make: `module:function` that makes the worker's runner.
        patience: Seconds that a cancelled run gets to stop.
        on_impatient: Called when one did not, just before the process is killed.
        on_over: Called on the reading thread when the process is over, with what happened.

    Raises:
        NodeflowError: If the process cannot be started.
    """

    def __init__(
        self,
        make: str,
        patience: float,
        *,
        on_impatient: Callable[[Link], object],
        on_over: Callable[[Link, WorkerDied], object],
    ) -> None:
        self._patience = patience
        self._on_impatient = on_impatient
        self._on_over = on_over
        self._numbers = count(1)
        self._runs: dict[int, WorkerRun] = {}
        self._answers: dict[int, Future[Answer]] = {}
        self._timers: dict[int, threading.Timer] = {}
        self._died: WorkerDied | None = None
        self._lock = threading.Lock()
        command = command_for("nodeflow.worker.main:main", make)
        self._process = WorkerProcess(command, self._take, self._lose_all)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def busy(self) -> bool:
        """Whether anything runs in it."""
        return bool(self._runs)

    def words(self, start: int) -> bytes:
        """What the process has written to its error stream, from a position on."""
        return self._process.words(start)

    def start(self, job: Job) -> WorkerRun:
        """Begin a job."""
        number = next(self._numbers)
        run = WorkerRun(
            lambda: self._cancel(number),
            lambda: self._end_in(0.0, number),
            partial(self._answer_question, number),
        )
        with self._lock:
            died = self._died
            if died is None:
                self._runs[number] = run
        if died is not None:
            run.lose(died)
        else:
            content = partial(_with_job, job, {})
            self._process.send(self._message("start", number, content, on_error=self._lose))
        return run

    def ask(self, do: str, content: Mapping[str, Any], job: Job | None = None) -> Future[Answer]:
        """Ask something.

        Args:
            do: What.
            content: Plain values that go with it.
            job: A job that goes with it.
        """
        number, asked = next(self._numbers), Future[Answer]()
        with self._lock:
            died = self._died
            if died is None:
                self._answers[number] = asked
        if died is not None:
            asked.set_exception(died)
        else:
            packed = partial(_with_job, job, content)
            self._process.send(self._message(do, number, packed, on_error=self._fail))
        return asked

    def end(self) -> None:
        """End the process, politely at first, and with it all its runs, as cancelled."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            run.cancel()
        self._process.end()

    def _message(
        self,
        do: str,
        number: int,
        content: Callable[[], Message],
        on_error: Callable[[int, NodeflowError], object],
    ) -> Callable[[], Message | None]:
        """What the writing thread sends; if it cannot be written, whoever waits hears it."""

        def make() -> Message | None:
            try:
                return {"do": do, "id": number, **content()}
            except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for the end
                known = error if isinstance(error, NodeflowError) else NodeflowError(str(error))
                on_error(number, known)
                return None

        return make

    def _answer_question(self, number: int, node: str, choice: tuple[int, ...]) -> None:
        self._process.send(lambda: {"do": "answer", "id": number, "node": node, "choice": list(choice)})

    def _cancel(self, number: int) -> None:
        self._end_in(self._patience, number)
        self._process.send(lambda: {"do": "cancel", "id": number})

    def _end_in(self, seconds: float, number: int) -> None:
        """End the process unless a run stops by then."""
        with self._lock:
            if number not in self._runs:
                return
            before = self._timers.get(number)
            if before is not None:
                before.cancel()
            timer = threading.Timer(seconds, self._lose_patience, (number,))
            timer.name, timer.daemon = "nodeflow-worker-patience", True
            self._timers[number] = timer
            timer.start()

    def _lose_patience(self, number: int) -> None:
        if number in self._runs:
            self._on_impatient(self)
            self._process.kill()

    def _take(self, message: Message, payload: bytes) -> None:
        number = message["of"]
        if "event" in message:
            self._runs[number].take(unpack_event(message["event"], payload))
        elif "finished" in message:
            self._finish(number, message["finished"])
        elif "error" in message:
            self._fail(number, unpack_error(message["error"]))
        else:
            asked = self._taken(number)
            if asked is not None:
                asked.set_result((message["answer"], payload))

    def _finish(self, number: int, plain: Message) -> None:
        handles: dict[str, Handle] = {}
        if plain["results"]:
            kept = Kept(number, self.ask)
            forget = weakref.finalize(kept, self._process.send, lambda: {"do": "forget", "run": number})
            forget.atexit = False
            handles = {
                name: Handle(name, kind, text, kept) for name, (kind, text) in plain["results"].items()
            }
        run = self._settled(number)
        if run is not None:
            run.finish(unpack_result(plain, handles))

    def _fail(self, number: int, error: NodeflowError) -> None:
        asked = self._taken(number)
        if asked is not None:
            asked.set_exception(error)

    def _lose(self, number: int, error: NodeflowError) -> None:
        run = self._settled(number)
        if run is not None:
            run.lose(error)

    def _lose_all(self, died: WorkerDied) -> None:
        with self._lock:
            self._died = died
            runs, answers = list(self._runs), list(self._answers)
        try:
            self._on_over(self, died)  # first of all, so that who hears of the end finds another worker
        finally:
            for number in runs:
                self._lose(number, died)
            for number in answers:
                self._fail(number, died)

    def _settled(self, number: int) -> WorkerRun | None:
        with self._lock:
            timer = self._timers.pop(number, None)
            if timer is not None:
                timer.cancel()
            return self._runs.pop(number, None)

    def _taken(self, number: int) -> Future[Answer] | None:
        """The future of an answer, unless whoever asked has cancelled it."""
        with self._lock:
            asked = self._answers.pop(number, None)
        return asked if asked is not None and asked.set_running_or_notify_cancel() else None


def _with_job(job: Job | None, content: Mapping[str, Any]) -> Message:
    return {**content, "job": pack_job(job)} if job is not None else dict(content)
