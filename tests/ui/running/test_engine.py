"""The engine without a window: what it writes down of a job, whatever ends first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from nodeflow.document.files import load_workflow
from nodeflow.execution.job import Job
from tests.ui.running.conftest import Held
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.queue.entry import State
from ui.running.engine import Engine
from ui.running.testing import fake_runner
from ui.running.ticket import Ticket
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window


@pytest.fixture
def engine(qtbot: QtBot, tmp_path: Path, backend: Held) -> Iterator[Engine]:
    made = Engine(ledger=tmp_path / "queue")
    made.make = lambda: fake_runner(folders_in(tmp_path), backend)
    made.begin()
    yield made
    backend.let_go.set()
    made.close()


def asked(engine: Engine, tmp_path: Path) -> Ticket:
    ticket = Ticket(Job(load_workflow("text_to_image"), (), tmp_path / "output"), None)
    engine.submit(ticket)
    return ticket


def test_what_ended_before_the_window_heard_of_it_does_not_run_again(engine: Engine, tmp_path: Path) -> None:
    ticket = asked(engine, tmp_path)
    deadline = time.monotonic() + 20
    while ticket.outcome is None and time.monotonic() < deadline:
        time.sleep(0.01)  # no event of Qt's is handled meanwhile
    engine.close()
    engine.begin()
    assert [entry.state for entry in engine.queue] == [State.DONE]
    assert engine.queue.over[0].files


class Asker(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def take(self, answer: object) -> None:
        self.told.append(answer)


def test_who_asked_and_is_gone_is_not_told(engine: Engine, qtbot: QtBot) -> None:
    future: Future[int] = Future()
    gone, there = Asker(), Asker()
    for asker in (gone, there):
        engine.ask(lambda _: future, asker.take)
    delete(gone)
    future.set_result(1)
    qtbot.waitUntil(lambda: there.told == [1])
    assert gone.told == []


def test_what_runs_when_the_program_ends_is_begun_again(
    engine: Engine, tmp_path: Path, backend: Held, qtbot: QtBot
) -> None:
    backend.hold_at = 6
    asked(engine, tmp_path)
    qtbot.waitUntil(lambda: "sample" in backend.calls)
    backend.hold_at = 0
    engine.close()
    assert list((tmp_path / "output").rglob("*.png")) == []
    engine.begin()
    qtbot.waitUntil(lambda: not engine.queue.unfinished)
    assert [entry.state for entry in engine.queue] == [State.DONE]
    assert len(list((tmp_path / "output").rglob("*.png"))) == 1


def test_giving_up_twice_does_not_end_the_process(engine: Engine, tmp_path: Path, backend: Held) -> None:
    backend.hold_at = 6
    ticket = asked(engine, tmp_path)
    engine.cancel_all()
    engine.cancel_all()
    assert ticket.cancelled
    backend.let_go.set()


def test_a_job_of_last_time_is_shown_on_its_document(
    window: MainWindow, backend: Held, hold: Callable[[], None], tmp_path: Path, qtbot: QtBot
) -> None:
    editing = window.editing
    assert editing is not None
    editing.set_values([Port("prompt", "text")], "a plum")
    path = tmp_path / "plum.json"
    editing.desk.session.save(editing.document, path)
    hold()
    window.close()
    with open_window(tmp_path, make_runner=lambda: fake_runner(folders_in(tmp_path), backend)) as again:
        backend.let_go.clear()
        assert again.editing is not None
        shown = again.editing.scene
        qtbot.waitUntil(lambda: shown.status("sampler").phase in (Phase.RUNNING, Phase.DONE))
        assert "One job of last time goes on." in again.notice.text
        backend.let_go.set()
        qtbot.waitUntil(lambda: not again.desk.engine.busy)
        assert shown.status("save").preview is not None
