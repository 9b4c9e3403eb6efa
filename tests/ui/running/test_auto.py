"""Running on every change: soon after the last one, once for each, and never because of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.document.model import SeedMode
from tests.ui.running.conftest import Held
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.running.ticket import Ticket
from ui.window.main_window import MainWindow

KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
STEPS, SEED = Port("sampler", "steps"), Port("sampler", "seed")


@pytest.fixture
def runs(editing: Editing, monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """All runs that were begun."""
    found: list[Ticket] = []
    submit = editing.desk.engine.submit

    def note(ticket: Ticket, *, front: bool = False) -> None:
        found.append(ticket)
        submit(ticket, front=front)

    monkeypatch.setattr(editing.desk.engine, "submit", note)
    return found


@pytest.fixture
def considered(editing: Editing, qtbot: QtBot) -> Callable[[], None]:
    """Waits until the pause after the last change is over."""
    return lambda: qtbot.waitUntil(lambda: not editing.running.auto._soon.isActive(), timeout=30_000)


@pytest.fixture
def idle(editing: Editing, qtbot: QtBot) -> Callable[[], None]:
    """Waits until nothing runs, nor will: the end of a run begins another pause at once."""
    engine, soon = editing.desk.engine, editing.running.auto._soon
    return lambda: qtbot.waitUntil(lambda: not engine.busy and not soon.isActive(), timeout=60_000)


def switch(editing: Editing) -> None:
    QTest.keyClick(editing.canvas, Qt.Key.Key_A, KEYS)


def test_several_changes_in_a_row_are_one_run_and_a_run_causes_none(
    editing: Editing, window: MainWindow, runs: list[Ticket], idle: Callable[[], None]
) -> None:
    editing.set_seed_mode(SEED, SeedMode.RANDOMIZE)
    switch(editing)
    idle()
    assert len(runs) == 1, "switched on, it runs what there is"
    assert "runs on every change" in window.running.bar.text.text()
    assert window.board.actions["run.auto"].isChecked()
    for steps in (3, 4, 5):
        editing.set_values([STEPS], steps)
    idle()
    assert len(runs) == 2
    assert runs[1].job.workflow.nodes["sampler"].inputs["steps"] == 5
    assert editing.value(SEED) == 7, "one sees what the change does, not another seed"
    editing.collapse(["prompt"], True)
    QTest.keyClick(editing.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    idle()
    assert len(runs) == 3, "the run by hand drew a seed, and nothing followed from it"
    assert editing.value(SEED) != 7
    switch(editing)
    editing.set_values([STEPS], 6)
    idle()
    assert len(runs) == 3


def test_a_newer_change_takes_the_place_of_a_run_under_way(
    editing: Editing, backend: Held, runs: list[Ticket], qtbot: QtBot, idle: Callable[[], None]
) -> None:
    backend.hold_at = 6
    switch(editing)
    qtbot.waitUntil(lambda: editing.scene.status("sampler").detail.startswith("5/25"))
    editing.set_values([STEPS], 9)
    qtbot.waitUntil(lambda: runs[0].cancelled)
    backend.let_go.set()
    idle()
    assert [ticket.cancelled for ticket in runs] == [True, False]
    assert editing.scene.status("save").phase is Phase.DONE


def test_a_run_by_hand_is_waited_for(
    *,
    editing: Editing,
    backend: Held,
    runs: list[Ticket],
    hold: Callable[[], None],
    considered: Callable[[], None],
    idle: Callable[[], None],
) -> None:
    hold()
    switch(editing)
    editing.set_values([STEPS], 9)
    considered()
    assert [ticket.cancelled for ticket in runs] == [False]
    backend.let_go.set()
    idle()
    assert [ticket.cancelled for ticket in runs] == [False, False]


def test_what_cannot_run_is_not_run(
    editing: Editing, window: MainWindow, runs: list[Ticket], idle: Callable[[], None]
) -> None:
    switch(editing)
    idle()
    editing.set_values([STEPS], 0)
    idle()
    assert len(runs) == 1
    assert not window.notice.isVisible()
    editing.set_values([STEPS], 2)
    idle()
    assert len(runs) == 2


def test_it_is_remembered_for_a_file(
    editing: Editing, window: MainWindow, tmp_path: Path, idle: Callable[[], None]
) -> None:
    editing.document.save(tmp_path / "mine.json")
    switch(editing)
    idle()
    window.documents.close_current()
    window.documents.open([tmp_path / "mine.json"])
    assert window.editing is not None
    assert window.editing.running.auto.on
