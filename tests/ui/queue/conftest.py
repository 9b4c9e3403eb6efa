"""Jobs of `text_to_image`, and queues that are kept in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nodeflow.document.files import load_workflow
from nodeflow.execution.job import Job
from ui.queue.entry import Entry, Work
from ui.queue.ledger import Ledger
from ui.queue.queue import Queue


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


def crash(queue: Queue) -> None:
    """The editor is killed: its lock is gone, and nothing is written any more."""
    assert queue._ledger is not None
    queue._ledger.close()


def titles(queue: Queue) -> list[str]:
    return [entry.title for entry in queue.waiting]
