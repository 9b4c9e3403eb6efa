"""What runs workflows for all open documents: one runner, one run at a time, the others wait their turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from nodeflow.execution.events import Event
    from nodeflow.execution.forecast import Forecast
    from nodeflow.execution.job import Job, Runner
    from ui.running.ticket import Ticket

WARM_UP = 1_500
"""Milliseconds after the start before libraries are loaded: documents ask first what they will do."""
GENTLE = 2.0
"""Seconds that what runs gets to stop when the program ends."""

Answer = Callable[["Forecast | Exception"], object]


class Engine(QObject):
    """Runs jobs one after the other and answers what they would do. All is told in the window's thread.

    Attributes:
        make: Makes the runner; None: nothing can be run.
        current: What runs now.
        waiting: What comes after it.
    """

    begun = Signal()
    """From now on things can be run."""
    changed = Signal()
    """Another job runs, or more or fewer wait."""
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.make: Callable[[], Runner] | None = None
        self.current: Ticket | None = None
        self.waiting: list[Ticket] = []
        self._runner: Runner | None = None
        self._threads: list[threading.Thread] = []
        self._questions: dict[object, tuple[Job, Answer]] = {}
        self._asking: object = None
        self._warm = QTimer(self, singleShot=True, interval=WARM_UP)
        self._warm.timeout.connect(self._warm_up)
        self._posted.connect(self._do, Qt.ConnectionType.QueuedConnection)

    @property
    def ready(self) -> bool:
        """Whether anything can be run."""
        return self._runner is not None

    @property
    def busy(self) -> bool:
        """Whether anything runs."""
        return self.current is not None

    def begin(self) -> None:
        """Make the runner, if there is a way to, and let it load its libraries soon."""
        if self._runner is None and self.make is not None:
            self._runner = self.make()
            self._warm.start()
            self.begun.emit()

    def _warm_up(self) -> None:
        if self._runner is not None:
            self._runner.warm_up()  # if it fails, the first run says why

    def submit(self, ticket: Ticket) -> None:
        """Run a job as soon as those before it are over."""
        self.waiting.append(ticket)
        self._next()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop what runs."""
        if self.current is not None:
            self.current.cancel()
            self.changed.emit()

    def cancel_all(self) -> None:
        """Stop what runs, and forget what waits."""
        self.waiting.clear()
        self.cancel()

    def drop(self, tickets: list[Ticket]) -> None:
        """Stop or forget some jobs: nobody wants to know of them any more."""
        for ticket in tickets:
            ticket.tell = None
        self.waiting = [ticket for ticket in self.waiting if ticket not in tickets]
        if self.current in tickets:
            self.cancel()
        self.changed.emit()

    def _next(self) -> None:
        if self.current is not None or not self.waiting or self._runner is None:
            return
        self.current = ticket = self.waiting.pop(0)
        tell = partial(self._tell, ticket)
        thread = threading.Thread(
            target=ticket.follow, args=(self._runner, tell), name="nodeflow-run", daemon=True
        )
        self._threads = [other for other in self._threads if other.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _tell(self, ticket: Ticket, event: Event, picture: QImage | None) -> None:
        self._post(partial(self._take, ticket, event, picture))

    def _take(self, ticket: Ticket, event: Event, picture: QImage | None) -> None:
        from nodeflow.execution.events import RunFinished

        if ticket is not self.current:
            return  # the program ends
        over = isinstance(event, RunFinished)
        if over:
            self.current = None
        if ticket.tell is not None:
            ticket.tell(event, picture)
        if over:
            self._next()
            self.changed.emit()

    def forecast(self, owner: object, job: Job, answer: Answer) -> None:
        """Ask what a job will do; an owner's newer question takes the place of the one before.

        Args:
            owner: Who asks.
            job: The job.
            answer: Called in the window's thread with the answer, or with what went wrong.
        """
        self._questions[owner] = (job, answer)
        if self._asking in (None, owner):
            self._ask_next(owner)

    def forget(self, owner: object) -> None:
        """An owner wants no answer any more."""
        self._questions.pop(owner, None)

    def _ask_next(self, owner: object) -> None:
        question = self._questions.get(owner)
        if self._runner is None or question is None:
            return
        self._asking = owner
        future = self._runner.forecast(question[0])
        future.add_done_callback(lambda done: self._post(partial(self._answered, owner, question, done)))

    def _answered(self, owner: object, question: tuple[Job, Answer], future: Future[Forecast]) -> None:
        if self._questions.get(owner) is question:
            del self._questions[owner]
            try:
                found: Forecast | Exception = future.result()
            except (CancelledError, Exception) as error:  # noqa: BLE001 - the asker decides what it means
                found = error if isinstance(error, Exception) else RuntimeError("cancelled")
            question[1](found)
        elif owner in self._questions:
            return  # a newer question of the same owner is under way
        self._asking = None
        following = next(iter(self._questions), None)
        if following is not None:
            self._ask_next(following)

    def _post(self, call: Callable[[], object]) -> None:
        """Let the window's thread call something; after the end nobody listens."""
        try:
            self._posted.emit(call)
        except RuntimeError:
            return

    def _do(self, call: Callable[[], object]) -> None:
        call()

    def close(self) -> None:
        """End what runs, and release all. Nothing is told any more."""
        self._warm.stop()
        self.waiting.clear()
        self._questions.clear()
        self._asking = None
        self.cancel()
        self.current = None
        for thread in self._threads:
            thread.join(GENTLE)  # a step more, and it has stopped by itself
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.close()
        for thread in self._threads:
            thread.join(GENTLE)
        self._threads.clear()
