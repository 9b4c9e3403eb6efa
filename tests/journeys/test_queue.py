"""The queue, by hand: three jobs that wait, one dragged to the front, one cancelled; paused, and on again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.document.files import embedded_workflow
from nodeflow.execution.job import Runner
from tests.journeys.hand import Hand, Places
from ui.editing.editing import Editing
from ui.queue.entry import State
from ui.window.main_window import MainWindow


@pytest.fixture
def runner(own_runner: Callable[[], Runner]) -> Callable[[], Runner]:
    """The program's own."""
    return own_runner


class Queue:
    """The panel as the hand finds it."""

    def __init__(self, window: MainWindow) -> None:
        self.panel, self._queue = window.queue.panel, window.desk.engine.queue

    def row(self, number: int, share: float = 0.5) -> QPoint:
        """A place in a row, from its top."""
        assert self.panel.model is not None
        box = self.panel.view.visualRect(self.panel.model.index(number))
        return QPoint(box.center().x(), round(box.top() + share * box.height()))

    def prompts(self) -> list[str]:
        """What waits."""
        return [entry.note.rpartition(" · ")[2] for entry in self._queue.waiting]

    def count(self, state: State) -> int:
        """How many jobs stand like this."""
        return sum(entry.state is state for entry in self._queue)


def ask_for(hand: Hand, editing: Editing, places: Places, prompt: str) -> None:
    """Type a prompt and run it."""
    hand.double_click(editing.canvas.viewport(), places.field("prompt", "text"))
    hand.key("ctrl+a")
    hand.type(prompt)
    hand.key("ctrl+Return")


def test_three_jobs(
    window: MainWindow,
    hand: Hand,
    qtbot: QtBot,
    open_template: Callable[[str], tuple[Editing, Places]],
    tmp_path: Path,
) -> None:
    editing, places = open_template("Text to image")
    queue, view = Queue(window), window.queue.panel.view
    qtbot.waitUntil(lambda: "will run" in editing.running.line, timeout=90_000)
    hand.key("ctrl+j")
    hand.rest(300)
    editing.canvas.fit_all()
    hand.rest()
    hand.click(window.queue.panel.pause)
    for prompt in ("a blue plum", "a yellow lemon", "a green pear"):
        ask_for(hand, editing, places, prompt)
    assert queue.prompts() == ["a blue plum", "a yellow lemon", "a green pear"]
    assert not window.desk.engine.busy, "the queue is paused"
    hand.shot("queue_paused", window)

    hand.drag(view.viewport(), queue.row(2), queue.row(0, 0.1))
    assert queue.prompts() == ["a green pear", "a blue plum", "a yellow lemon"]
    hand.click(view.viewport(), queue.row(1))
    hand.key("Delete")
    assert queue.prompts() == ["a green pear", "a yellow lemon"]
    hand.click(view.viewport(), queue.row(1))
    hand.key("alt+Up", "alt+Down")
    assert queue.prompts() == ["a green pear", "a yellow lemon"]

    hand.click(window.queue.panel.pause)
    qtbot.waitUntil(lambda: window.desk.engine.progress.picture is not None, timeout=90_000)
    hand.click(window.queue.panel.pause)
    editing.canvas.fit_all()
    hand.rest(200)
    hand.shot("queue", window, window.desk.theme)
    qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=90_000)
    QTest.qWait(100)
    assert queue.prompts() == ["a yellow lemon"], "what waits stays while it is paused"
    hand.click(window.queue.panel.pause)
    qtbot.waitUntil(lambda: queue.count(State.DONE) == 2, timeout=90_000)
    assert queue.count(State.CANCELLED) == 1

    hand.double_click(view.viewport(), queue.row(0))
    viewer = window.pictures.commands.viewer
    assert viewer is not None
    hand.until(viewer.isVisible, "the picture is open")
    assert viewer.picture is not None
    workflow = embedded_workflow(viewer.picture.path)
    assert workflow is not None
    assert workflow.nodes["prompt"].inputs["text"] == "a yellow lemon"
    viewer.close()
    assert len(list(tmp_path.rglob("output/**/*.png"))) == 2
