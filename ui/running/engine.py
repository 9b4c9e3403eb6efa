"""What runs workflows for all open documents: one runner that works off the queue, one job at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from nodeflow.errors import NodeflowError, WorkerDied
from ui.post import Post
from ui.queue.entry import Entry, State
from ui.queue.queue import Queue
from ui.running.forecasts import Forecasts
from ui.running.progress import Progress

if TYPE_CHECKING:
    from nodeflow.execution.events import Event
    from nodeflow.execution.job import Job, Runner
    from nodeflow.folders import Folders
    from ui.running.ticket import Ticket

WARM_UP = 1_500
"""Milliseconds after the start before libraries are loaded: documents ask first what they will do."""
GENTLE = 2.0
"""Seconds that what runs gets to stop when the program ends."""

T = TypeVar("T")


class Engine(QObject):
    """Runs jobs one after the other and answers what they would do. All is told in the window's thread.

    Args:
        parent: Its owner.
        ledger: The folder where the queue is kept; None: it ends with the program.

    Attributes:
        make: Makes the runner; None: nothing can be run.
        queue: What runs, what waits and what is over. To be changed through the engine only.
        current: What runs now.
        progress: How far that is.
        forecasts: What jobs would do.
    """

    begun = Signal()
    """From now on things can be run."""
    changed = Signal()
    """Another job runs, or the queue is another."""
    found = Signal(list)
    """Jobs that were left from last time."""
    unwatched = Signal(object)
    """A job begins that nobody watches: it was left from last time. Whoever shows the same may."""
    asked = Signal(object, object)
    """A run waits for an answer: its ticket, and the `NodeQuestion`."""
    progressed = Signal()
    """What runs got further."""
    told = Signal(object, object)
    """A ticket, and an event of its run."""

    def __init__(self, parent: QObject | None = None, ledger: Path | None = None) -> None:
        super().__init__(parent)
        self.make: Callable[[], Runner] | None = None
        self.queue = Queue()
        self.current: Ticket | None = None
        self.progress = Progress()
        self._folder = ledger
        self._tickets: dict[str, Ticket] = {}
        self._runner: Runner | None = None
        self._threads: list[threading.Thread] = []
        self.forecasts = Forecasts(self)
        self._wanted: tuple[Folders, Callable[[Exception | None], object]] | None = None
        self._settling = False
        self._warm = QTimer(self, singleShot=True, interval=WARM_UP)
        self._warm.timeout.connect(self._warm_up)
        self._post = Post(self)

    @property
    def ready(self) -> bool:
        """Whether anything can be run."""
        return self._runner is not None

    @property
    def busy(self) -> bool:
        """Whether anything runs."""
        return self.current is not None

    def begin(self) -> None:
        """Make the runner, if there is a way to, let it load its libraries soon, and go on with the queue."""
        if self._runner is None and self.make is not None:
            self._runner = self.make()
            self._warm.start()
            self.begun.emit()
            self._open()

    def _open(self) -> None:
        if self._folder is not None:
            from ui.queue.ledger import Ledger

            left = self.queue.open(Ledger(self._folder))
            if left:
                self.found.emit(left)
        self._go_on()

    def _warm_up(self) -> None:
        if self._runner is not None:
            self._runner.warm_up()  # if it fails, the first run says why

    def submit(self, ticket: Ticket, *, front: bool = False) -> None:
        """Run a job as soon as those before it are over.

        Args:
            ticket: The job.
            front: Whether it comes before all others that wait.
        """
        entry = Entry.of(ticket.job)
        self.add([entry], {entry.id: ticket}, front=front)

    def add(self, entries: Sequence[Entry], tickets: Mapping[str, Ticket], *, front: bool = False) -> None:
        """Put jobs into the queue.

        Args:
            entries: The jobs.
            tickets: By their names, where somebody wants to know how they go.
            front: Whether they come before all others that wait.
        """
        self._tickets.update(tickets)
        self.queue.add(entries, front=front)
        self._go_on()

    def has(self, ticket: Ticket) -> bool:
        """Whether a job runs or waits."""
        return ticket in self._tickets.values()

    def change(self, do: Callable[[Queue], object]) -> None:
        """Let the queue be changed, and go on accordingly."""
        do(self.queue)
        self._go_on()

    def edit(self, name: str, job: Job) -> bool:
        """Let a waiting job do something else; False if it does not wait any more."""
        edited = self.queue.edit(name, job)
        if edited:
            self._tickets.pop(name, None)  # it is not the workflow any more whose document asked for it
        self._go_on()
        return edited

    def give_up(self, names: Collection[str]) -> None:
        """Cancel jobs, whether they wait or run."""
        for entry in self.queue.cancel(names):
            self._tickets.pop(entry.id, None)
        running, current = self.queue.running, self.current
        if running is not None and running.id in names and current is not None and not current.cancelled:
            current.cancel()
        self._go_on()

    def cancel(self) -> None:
        """Stop what runs; asked a second time, at once, at the cost of the process it runs in."""
        if self.current is not None:
            if self.current.cancelled:
                self.current.abandon()
            else:
                self.current.cancel()
            self.changed.emit()

    def cancel_all(self) -> None:
        """Stop what runs, and give up what waits."""
        self.give_up({entry.id for entry in self.queue})

    def drop(self, tickets: list[Ticket]) -> None:
        """Nobody wants to know of some jobs any more.

        One that runs now, and is no part of a batch, was to be looked at: it ends. What waits stays.
        """
        for ticket in tickets:
            ticket.tell = None
        running = self.queue.running
        if self.current is not None and self.current in tickets and running is not None and not running.batch:
            self.current.cancel()

    def _go_on(self) -> None:
        """Begin the next job if nothing runs, and say that the queue has changed."""
        self._settle()
        while self.current is None and self._runner is not None and not self._settling:
            entry = self.queue.take()
            if entry is None:
                break
            try:
                self._start(entry, self._tickets.get(entry.id) or _ticket(entry))
            except NodeflowError as error:  # another version wrote it
                self.queue.end(State.FAILED, message=str(error))
        self.changed.emit()

    def follow(self, folders: Folders, answer: Callable[[Exception | None], object]) -> None:
        """Let the next run use these folders and the settings in them.

        Args:
            folders: The folders.
            answer: Called in the window's thread when it is so, with what went wrong; None: nothing.
        """
        if self._runner is None:
            answer(None)  # when there is one, it reads them itself
            return
        self._wanted = (folders, answer)
        self._go_on()

    def _settle(self) -> None:
        """Tell the runner of changed settings between two runs: no run is to change on its way."""
        if self._wanted is None or self._settling or self.current is not None or self._runner is None:
            return
        (folders, answer), self._wanted = self._wanted, None
        self._settling = True

        def settled(told: Exception | None) -> None:
            self._settling = False
            answer(told)
            self._go_on()

        self.ask(lambda runner: runner.follow(folders), settled)

    def _start(self, entry: Entry, ticket: Ticket) -> None:
        assert self._runner is not None  # noqa: S101 - narrows the type
        self._tickets[entry.id] = ticket
        self.current = ticket
        self.progress.begin(entry)
        if ticket.tell is None:
            self.unwatched.emit(ticket)
        tell = partial(self._tell, ticket)
        thread = threading.Thread(
            target=ticket.follow, args=(self._runner, tell), name="nodeflow-run", daemon=True
        )
        self._threads = [other for other in self._threads if other.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _tell(self, ticket: Ticket, event: Event, picture: QImage | None) -> None:
        self._post.call(partial(self._take, ticket, event, picture))

    def _take(self, ticket: Ticket, event: Event, picture: QImage | None) -> None:
        from nodeflow.execution.events import RunFinished
        from ui.running.ticket import NodeQuestion

        if ticket is not self.current:
            return  # the program ends
        self.progress.take(event, picture)
        over = isinstance(event, RunFinished)
        if over:
            self.current = None
            self._finish(ticket)
        if isinstance(event, NodeQuestion):
            self.asked.emit(ticket, event)
        elif ticket.tell is not None:
            ticket.tell(event, picture)
        self.told.emit(ticket, event)
        if over:
            self._go_on()
        else:
            self.progressed.emit()

    def _finish(self, ticket: Ticket) -> None:
        """Write down what came of a job. One that lost its process gets another chance."""
        if isinstance(ticket.error, WorkerDied) and not ticket.cancelled and self.queue.retry():
            return
        message = str(ticket.error) if ticket.error is not None else ""
        state = State(ticket.outcome) if ticket.outcome is not None else State.FAILED
        seconds = self.progress.seconds
        ended = self.queue.end(state, seconds=seconds, message=message, files=ticket.files)
        if ended is not None:
            self._tickets.pop(ended.id, None)

    def ask(self, question: Callable[[Runner], Future[T]], answer: Callable[[T | Exception], object]) -> None:
        """Ask the runner something.

        Args:
            question: Asks it.
            answer: Called in the window's thread with the answer, or with what went wrong; not at all if it
                belongs to a widget that is gone by then.
        """
        if self._runner is not None:
            self._post.answer(question(self._runner), answer)

    def said(self) -> str:
        """What the worker has written since this was asked last, beside what it tells."""
        said = getattr(self._runner, "said", None)
        return said() if said is not None else ""

    def close(self) -> None:
        """End what runs, and release all. Nothing is told any more; the queue goes on at the next start."""
        self._warm.stop()
        self.forecasts.clear()
        self._wanted, self._settling = None, False
        current, self.current = self.current, None
        if current is not None and current.outcome is None:
            current.cancel()
        for thread in self._threads:
            thread.join(GENTLE)  # a step more, and it has stopped by itself
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.close()
        for thread in self._threads:
            thread.join(GENTLE)
        self._threads.clear()
        from nodeflow.execution.events import Outcome

        if current is not None and current.outcome not in (None, Outcome.CANCELLED):
            self._finish(current)  # it was over before anybody could be told
        self._tickets.clear()
        self.queue.close()


def _ticket(entry: Entry) -> Ticket:
    from ui.running.ticket import Ticket

    return Ticket(entry.job(), None)
