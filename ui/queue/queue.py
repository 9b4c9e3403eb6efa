"""The queue: jobs in the order in which they run, and those that are over. Free of Qt; kept in a ledger."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ui.queue.entry import Entry, State

if TYPE_CHECKING:
    from nodeflow.execution.job import Job
    from ui.queue.ledger import Ledger

ATTEMPTS = 2
"""How often a job is begun that takes its process, or the whole program, with it each time."""
MOST_OVER = 300
"""Jobs that are over are forgotten beyond this number; their pictures stay."""
GAP = 1 << 20
"""Between the places of two jobs at first, so that most moves change one place only."""


class Queue:
    """The jobs of one editor. Every change is written down before anything else happens.

    Attributes:
        waiting: What runs next, in order.
        running: What runs now.
        over: What has come to an end, the latest first.
        paused: Whether nothing new is begun.
        held: Names of waiting jobs that are left out for now, since they are being edited.
    """

    def __init__(self) -> None:
        self.waiting: list[Entry] = []
        self.running: Entry | None = None
        self.over: list[Entry] = []
        self.paused = False
        self.held: set[str] = set()
        self._places: dict[str, int] = {}
        self._gone: set[str] = set()
        self._ledger: Ledger | None = None

    @property
    def fault(self) -> str | None:
        """Why the queue is not kept safe; None if it is."""
        return self._ledger.fault if self._ledger is not None else None

    @property
    def unfinished(self) -> int:
        """How many jobs run or wait."""
        return len(self.waiting) + (self.running is not None)

    def __iter__(self) -> Iterator[Entry]:
        """All jobs, in the order in which they are shown."""
        if self.running is not None:
            yield self.running
        yield from self.waiting
        yield from self.over

    def find(self, name: str) -> Entry | None:
        """The job of that name."""
        return next((entry for entry in self if entry.id == name), None)

    def open(self, ledger: Ledger) -> list[Entry]:
        """Keep the queue in a ledger, and go on with what is in it.

        A job that was under way when its editor ended is begun again; one that was under way each time pauses
        the queue, as it may be what ended the program.

        Returns:
            The jobs that are to be done and were left from last time.
        """
        self._ledger = ledger
        found = ledger.open()
        began = [entry for entry in found.entries if entry.state is State.RUNNING]
        again = [replace(entry, state=State.WAITING) for entry in began]
        left = [*again, *(entry for entry in found.entries if entry.state is State.WAITING)]
        over = [entry for entry in found.entries if entry.over]
        self.paused = self.paused or found.paused or any(entry.attempts >= ATTEMPTS for entry in again)
        self.waiting = [*left, *self.waiting]
        self.over = sorted([*self.over, *over], key=lambda entry: -entry.ended)
        self._renumber()
        self._keep(self.waiting)
        return left

    def close(self) -> None:
        """The program ends; what runs is begun again at the next start, what waits waits for that."""
        self.interrupt()
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()
        self.waiting, self.over = [], []

    def add(self, entries: Sequence[Entry], *, front: bool = False) -> None:
        """Put jobs at the end, or before all others."""
        self._keep(self._insert(0 if front else len(self.waiting), entries))

    def take(self) -> Entry | None:
        """Begin the next job; None if there is none, one runs already, or the queue is paused."""
        while self.running is None and not self.paused:
            entry = next((entry for entry in self.waiting if entry.id not in self.held), None)
            if entry is None:
                return None
            self.waiting.remove(entry)
            begun = replace(entry, state=State.RUNNING, attempts=entry.attempts + 1)
            if self._ledger is None or self._ledger.begin(begun, paused=self.paused):
                self.running = begun
                return begun
        return None

    def end(
        self, state: State, *, seconds: float = 0.0, message: str = "", files: Sequence[Path] = ()
    ) -> Entry | None:
        """What runs has come to an end."""
        entry, self.running = self.running, None
        if entry is None:
            return None
        now, saved = time.time(), tuple(files)
        over = replace(
            entry, state=state, ended=now, seconds=seconds, message=message, files=saved, attempts=0
        )
        self._finish([over])
        return over

    def retry(self) -> bool:
        """What runs has lost its process: begin it once more; False if that was done before."""
        entry = self.running
        if entry is None or entry.attempts >= ATTEMPTS:
            return False
        self._put_back(entry)
        return True

    def interrupt(self) -> None:
        """What runs was ended for no fault of its own: it waits again, before all others."""
        if self.running is not None:
            self._put_back(replace(self.running, attempts=self.running.attempts - 1))

    def _put_back(self, entry: Entry) -> None:
        self.running = None
        self.add([replace(entry, state=State.WAITING)], front=True)

    def cancel(self, names: Collection[str]) -> list[Entry]:
        """Give up jobs that wait; gives them."""
        given_up = [entry for entry in self.waiting if entry.id in names]
        self.waiting = [entry for entry in self.waiting if entry.id not in names]
        now = time.time()
        self._finish([replace(entry, state=State.CANCELLED, ended=now) for entry in given_up])
        return given_up

    def remove(self, names: Collection[str]) -> None:
        """Forget jobs that are over."""
        gone = [entry.id for entry in self.over if entry.id in names]
        self.over = [entry for entry in self.over if entry.id not in gone]
        self._keep([], gone)

    def move(self, names: Collection[str], before: str | None) -> None:
        """Put waiting jobs, in their order, before another one, or at the end."""
        moved = [entry for entry in self.waiting if entry.id in names]
        rest = [entry for entry in self.waiting if entry.id not in names]
        at = self._row_after(names, before, rest)
        self.waiting = rest
        self._keep(self._insert(at, moved))

    def _row_after(self, names: Collection[str], before: str | None, rest: list[Entry]) -> int:
        """Where in the rest: before the first one, from there on, that is not moved itself."""
        order = [entry.id for entry in self.waiting]
        following = order[order.index(before) :] if before in order else []
        stays = next((name for name in following if name not in names), None)
        return next((row for row, entry in enumerate(rest) if entry.id == stays), len(rest))

    def step(self, names: Collection[str], by: int) -> None:
        """Move waiting jobs one place up (-1) or down (1), as far as there is room."""
        rows = [row for row, entry in enumerate(self.waiting) if entry.id in names]
        if not rows:
            return
        target = rows[0] - 1 if by < 0 else rows[-1] + 2
        if 0 <= target <= len(self.waiting):
            self.move(names, self.waiting[target].id if target < len(self.waiting) else None)

    def again(self, names: Collection[str]) -> list[Entry]:
        """Ask once more for jobs, as they were; gives the new ones."""
        found = [entry for entry in (*self.waiting, *reversed(self.over)) if entry.id in names]
        new = [Entry(e.work, e.changes, title=e.title, note=e.note) for e in found]
        self.add(new)
        return new

    def edit(self, name: str, job: Job) -> bool:
        """Let a waiting job do something else; False if it does not wait any more."""
        for row, entry in enumerate(self.waiting):
            if entry.id == name:
                new = Entry.of(job)
                self.waiting[row] = replace(entry, work=new.work, changes={}, title=new.title, note=new.note)
                self._keep([self.waiting[row]])
                return True
        return False

    def set_paused(self, paused: bool) -> None:
        """Begin nothing new, or go on."""
        self.paused = paused
        self._keep([])

    def _finish(self, entries: Sequence[Entry]) -> None:
        self.over[:0] = reversed(entries)
        gone = [entry.id for entry in self.over[MOST_OVER:]]
        del self.over[MOST_OVER:]
        self._keep([entry for entry in entries if entry.id not in gone], gone)

    def _insert(self, row: int, entries: Sequence[Entry]) -> list[Entry]:
        """Put jobs among those that wait; gives those that have another place now."""
        self.waiting[row:row] = entries
        end = row + len(entries)
        before = self._places[self.waiting[row - 1].id] if row else None
        after = self._places[self.waiting[end].id] if end < len(self.waiting) else None
        room = GAP * (len(entries) + 1)
        low = before if before is not None else (after or 0) - room
        high = after if after is not None else low + room
        step = (high - low) // (len(entries) + 1)
        if step == 0:
            return self._renumber()
        self._places.update({entry.id: low + step * number for number, entry in enumerate(entries, start=1)})
        return list(entries)

    def _renumber(self) -> list[Entry]:
        self._places.update({entry.id: row * GAP for row, entry in enumerate(self.waiting)})
        return self.waiting

    def _keep(self, changed: Sequence[Entry], gone: Collection[str] = ()) -> None:
        """Write down what has changed; everything, where it could not be written before."""
        if self._ledger is None:
            return
        self._gone.update(gone)
        if self._ledger.fault is not None:
            changed = list(self)
        if self._ledger.keep(self._with_places(changed), self._gone, paused=self.paused):
            self._gone.clear()
        elif self._ledger.fault is None:
            self._ledger.keep(self._with_places(self), (), paused=self.paused)

    def _with_places(self, entries: Iterable[Entry]) -> list[tuple[int, Entry]]:
        return [(self._places.get(entry.id, 0), entry) for entry in entries]
