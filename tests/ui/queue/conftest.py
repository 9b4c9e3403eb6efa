"""Jobs of `text_to_image`, and queues that are kept in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.execution.job import Job
from tests.ui.running import conftest as running
from ui.canvas.actions import Port
from ui.editing.editing import Editing
from ui.panels.testing import settle
from ui.queue.entry import Entry, Work
from ui.queue.ledger import Ledger
from ui.queue.panel import QueuePanel
from ui.queue.queue import Queue
from ui.window.main_window import MainWindow

window, editing, backend = running.window, running.editing, running.backend
press, hold, run, finish = running.press, running.hold, running.run, running.finish


@pytest.fixture(scope="session")
def work() -> Work:
    return Work.of(Job(load_workflow("text_to_image")))


@pytest.fixture
def entry(work: Work) -> Callable[..., Entry]:
    """Makes a job that is named."""

    def make(title: str, **values: object) -> Entry:
        return Entry(work, title=title, **values)  # type: ignore[arg-type]

    return make


@pytest.fixture
def open_queue(tmp_path: Path) -> Iterator[Callable[[], Queue]]:
    """Opens the queue of another editor; all lie in the same folder."""
    opened: list[Ledger] = []

    def open_it() -> Queue:
        queue, ledger = Queue(), Ledger(tmp_path / "queue")
        opened.append(ledger)
        queue.open(ledger)
        return queue

    yield open_it
    for ledger in opened:
        ledger.close()


@pytest.fixture
def panel(window: MainWindow) -> QueuePanel:
    """The panel."""
    return window.queue.panel


@pytest.fixture
def three(
    window: MainWindow, editing: Editing, panel: QueuePanel, hold: Callable[[], None], qtbot: QtBot
) -> QueuePanel:
    """The panel, while one job runs and three others wait: a plum, a lemon, cherries."""
    hold()
    for prompt in ("a plum", "a lemon", "cherries"):
        editing.set_values([Port("prompt", "text")], prompt)
        window.board.actions["run.run"].trigger()
    window.board.actions["view.queue"].trigger()
    settle()
    return panel


def prompts(panel: QueuePanel) -> list[str]:
    """What waits, by its prompt."""
    assert panel._engine is not None
    return [entry.note.rpartition(" · ")[2] for entry in panel._engine.queue.waiting]


def crash(queue: Queue) -> None:
    """The editor is killed: its lock is gone, and nothing is written any more."""
    assert queue._ledger is not None
    queue._ledger.close()


def titles(queue: Queue) -> list[str]:
    return [entry.title for entry in queue.waiting]
