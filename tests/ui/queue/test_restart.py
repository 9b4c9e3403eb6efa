"""What the window says of jobs that were left from last time, and what can be done about them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.execution.job import Job
from tests.ui.queue.conftest import crash
from tests.ui.running.conftest import Held
from ui.panels.testing import click
from ui.queue.entry import Entry, Work
from ui.queue.ledger import Ledger
from ui.queue.queue import ATTEMPTS, Queue
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

Start = Callable[[], MainWindow]


@pytest.fixture
def left(tmp_path: Path) -> Queue:
    """The queue of an editor that lives, with two jobs."""
    queue, folders = Queue(), folders_in(tmp_path)
    queue.open(Ledger(folders.data / "queue"))
    work = Work.of(Job(load_workflow("text_to_image"), (), folders.output))
    queue.add([Entry(work, title="pear"), Entry(work, {"sampler.seed": 8}, title="plum")])
    return queue


@contextmanager
def started(tmp_path: Path, backend: Held) -> Iterator[MainWindow]:
    with open_window(tmp_path, make_runner=lambda: fake_runner(folders_in(tmp_path), backend)) as window:
        yield window
        backend.let_go.set()


def press(window: MainWindow, text: str) -> None:
    (button,) = (b for b in window.notice.findChildren(QPushButton) if b.text() == text)
    click(button)


def test_the_queue_goes_on_or_is_paused(left: Queue, tmp_path: Path, backend: Held, qtbot: QtBot) -> None:
    crash(left)
    backend.hold_at = 6
    with started(tmp_path, backend) as window:
        assert window.notice.text == "2 jobs of last time go on."
        press(window, "Pause")
        backend.let_go.set()
        qtbot.waitUntil(lambda: not window.desk.engine.busy)
        assert [entry.title for entry in window.desk.engine.queue.waiting] == ["plum"]


def test_a_paused_queue_asks(left: Queue, tmp_path: Path, backend: Held, qtbot: QtBot) -> None:
    left.set_paused(True)
    crash(left)
    with started(tmp_path, backend) as window:
        assert window.notice.text == "2 jobs wait from last time. The queue is paused."
        assert not window.desk.engine.busy
        press(window, "Go on")
        qtbot.waitUntil(lambda: not window.desk.engine.queue.unfinished)
        assert len(list((tmp_path / "output").rglob("*.png"))) == 2


def test_a_job_that_may_end_the_program_is_named(left: Queue, tmp_path: Path, backend: Held) -> None:
    left.waiting[0] = Entry(left.waiting[0].work, id=left.waiting[0].id, title="pear", attempts=ATTEMPTS - 1)
    left.take()
    crash(left)
    with started(tmp_path, backend) as window:
        assert window.notice.text.startswith("“pear” was running each time when nodeflow ended")
        press(window, "Show the queue")
        assert window.docks.shows("queue")
        assert window.desk.engine.queue.paused


def test_nothing_is_said_where_nothing_is_left(left: Queue, tmp_path: Path, backend: Held) -> None:
    with started(tmp_path, backend) as window:  # the other editor lives
        assert not window.notice.isVisible()
        assert list(window.desk.engine.queue) == []
    crash(left)
