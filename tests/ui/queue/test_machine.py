"""Random use of two editors at once: whatever happens, every job ends once, in the order that was wanted."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nodeflow.document.files import load_workflow
from nodeflow.execution.job import Job
from tests.ui.queue.conftest import crash, titles
from ui.queue.entry import Entry, State, Work
from ui.queue.ledger import Ledger
from ui.queue.queue import ATTEMPTS, Queue

WORK = Work.of(Job(load_workflow("text_to_image")))
MEMORY = Path("/dev/shm")  # noqa: S108 - only where there is one: thousands of flushes take long on a disk
EDITORS = st.integers(0, 1)
NUMBERS = st.integers(0, 9)


class Expected:
    """What one editor's queue should hold, by titles."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.running: str | None = None
        self.attempts: dict[str, int] = {}
        self.paused = False

    def left(self) -> list[str]:
        return [*([self.running] if self.running else []), *self.waiting]


class Editors(RuleBasedStateMachine):
    """Two editors share a ledger; either may be killed, or ended, and started again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.count = 0
        self.done: list[str] = []
        self.queues = [self._opened(), self._opened()]
        self.expected = [Expected(), Expected()]

    def _opened(self) -> Queue:
        queue = Queue()
        queue.open(Ledger(Path(self.folder.name)))
        return queue

    def _new(self, count: int) -> list[str]:
        self.count += count
        return [str(self.count - n) for n in range(count)]

    @rule(editor=EDITORS, count=st.integers(1, 4), front=st.booleans())
    def submit(self, editor: int, count: int, front: bool) -> None:
        names, expected = self._new(count), self.expected[editor]
        self.queues[editor].add([Entry(WORK, title=name) for name in names], front=front)
        expected.waiting = [*names, *expected.waiting] if front else [*expected.waiting, *names]

    @rule(editor=EDITORS, chosen=st.sets(NUMBERS), before=NUMBERS)
    def reorder(self, editor: int, chosen: set[int], before: int) -> None:
        queue, expected = self.queues[editor], self.expected[editor]
        names = [name for row, name in enumerate(expected.waiting) if row in chosen]
        rest = [name for name in expected.waiting if name not in names]
        target = rest[before] if before < len(rest) else None
        ids = {entry.title: entry.id for entry in queue.waiting}
        queue.move({ids[name] for name in names}, ids[target] if target else None)
        at = rest.index(target) if target else len(rest)
        expected.waiting = [*rest[:at], *names, *rest[at:]]

    @rule(editor=EDITORS, paused=st.booleans())
    def pause(self, editor: int, paused: bool) -> None:
        self.queues[editor].set_paused(paused)
        self.expected[editor].paused = paused

    @rule(editor=EDITORS)
    def take(self, editor: int) -> None:
        expected, begun = self.expected[editor], self.queues[editor].take()
        if expected.running or expected.paused or not expected.waiting:
            assert begun is None
            return
        expected.running = expected.waiting.pop(0)
        expected.attempts[expected.running] = expected.attempts.get(expected.running, 0) + 1
        assert begun is not None
        assert begun.title == expected.running

    @rule(editor=EDITORS)
    def finish(self, editor: int) -> None:
        expected, ended = self.expected[editor], self.queues[editor].end(State.DONE)
        assert (ended.title if ended else None) == expected.running
        if expected.running:
            assert expected.running not in self.done, "it ran twice"
            self.done.append(expected.running)
            expected.running = None

    @rule(editor=EDITORS, row=NUMBERS)
    def cancel(self, editor: int, row: int) -> None:
        queue, expected = self.queues[editor], self.expected[editor]
        if row < len(expected.waiting):
            queue.cancel({queue.waiting[row].id})
            del expected.waiting[row]

    @rule(editor=EDITORS, kill=st.booleans())
    def start_again(self, editor: int, kill: bool) -> None:
        queue, expected = self.queues[editor], self.expected[editor]
        crash(queue) if kill else queue.close()
        if expected.running and not kill:
            expected.attempts[expected.running] -= 1
        stuck = kill and expected.attempts.get(expected.running or "", 0) >= ATTEMPTS
        expected.waiting, expected.running = expected.left(), None
        expected.paused = expected.paused or stuck
        self.queues[editor] = self._opened()

    @rule(editor=EDITORS)
    def both_end_and_one_starts(self, editor: int) -> None:
        for queue in self.queues:
            queue.close()
        left = [name for expected in self.expected for name in expected.left()]
        paused = any(expected.paused for expected in self.expected)
        self.queues[editor], self.queues[1 - editor] = self._opened(), self._opened()
        found = titles(self.queues[editor])
        assert sorted(found) == sorted(left)
        attempts = self.expected[0].attempts | self.expected[1].attempts
        for expected in self.expected:
            if expected.running:
                attempts[expected.running] -= 1
        self.expected = [Expected(), Expected()]
        self.expected[editor].waiting, self.expected[editor].paused = found, paused
        for expected in self.expected:
            expected.attempts = attempts

    @invariant()
    def all_is_as_expected(self) -> None:
        for queue, expected in zip(self.queues, self.expected, strict=True):
            assert titles(queue) == expected.waiting
            assert (queue.running.title if queue.running else None) == expected.running
            assert queue.paused == expected.paused
            assert queue.fault is None

    def teardown(self) -> None:
        for queue in self.queues:
            queue.close()
        self.folder.cleanup()


Editors.TestCase.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
TestEditors = Editors.TestCase
