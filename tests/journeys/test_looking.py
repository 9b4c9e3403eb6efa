"""Looking at what a wire carries, freezing a result, and reading in the log what happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nodeflow.backends.fake import FakeBackend
from nodeflow.execution.job import Runner
from tests.journeys.hand import PICTURES, Hand, Places
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.log.log import Level
from ui.log.panel import LogPanel
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in

OpenTemplate = Callable[[str], tuple[Editing, Places]]


@pytest.fixture
def runner(own_runner: Callable[[], Runner], tmp_path: Path) -> Callable[[], Runner]:
    """One that computes next to nothing, which is quicker; in pictures, the program's own."""
    return own_runner if PICTURES else lambda: fake_runner(folders_in(tmp_path), FakeBackend())


@pytest.fixture
def run(window: MainWindow, hand: Hand, open_template: OpenTemplate, qtbot: QtBot) -> tuple[Editing, Places]:
    """A template that has just been run."""
    editing, places = open_template("Text to image")
    qtbot.waitUntil(lambda: "will run" in editing.running.line, timeout=90_000)
    hand.key("ctrl+Return")
    qtbot.waitUntil(lambda: editing.scene.status("save").phase is Phase.DONE, timeout=90_000)
    qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=90_000)
    window.say("")
    return editing, places


def test_a_wire_shows_what_it_carries_and_a_result_is_frozen(
    window: MainWindow, hand: Hand, run: tuple[Editing, Places], qtbot: QtBot
) -> None:
    editing, places = run
    canvas = editing.canvas.viewport()
    hand.move(canvas, places.output("decode", "image"))
    hand.until(lambda: editing.looking.card is not None, "a card shows what it carries")
    card = editing.looking.card
    assert card is not None
    assert any(not label.pixmap().isNull() for label in card.findChildren(QLabel))
    hand.shot("look_at_a_wire", window, window.desk.theme)
    hand.move(canvas, places.header("decode"))
    hand.until(lambda: editing.looking.card is None, "it goes with the pointer")

    hand.click(canvas, places.header("sampler"))
    hand.key("ctrl+alt+f")
    hand.until(lambda: editing.document.workflow.nodes["sampler"].frozen is not None, "it is frozen")
    hand.double_click(canvas, places.field("prompt", "text"))
    hand.key("ctrl+a")
    hand.type("a green pear")
    hand.click(canvas, places.header("prompt"))
    hand.rest(300)
    qtbot.waitUntil(lambda: bool(editing.running.line), timeout=20_000)
    assert editing.scene.status("sampler").phase is not Phase.WILL_RUN, "it is used as it is"
    hand.shot("frozen", window, window.desk.theme)
    hand.click(canvas, places.header("sampler"))
    hand.key("ctrl+alt+f")
    qtbot.waitUntil(lambda: editing.scene.status("sampler").phase is Phase.WILL_RUN, timeout=20_000)


def test_the_log_says_what_happened(
    window: MainWindow, hand: Hand, run: tuple[Editing, Places], qtbot: QtBot
) -> None:
    hand.key("ctrl+shift+j")
    hand.until(lambda: window.docks.shows("log"), "the log is open")
    hand.rest(300)
    log = cast(LogPanel, window.docks.panel("log"))
    assert log.text()
    few = len(log.model.shown)
    hand.click(log.level)
    hand.key("Home", "Return")
    hand.until(lambda: len(log.model.shown) > few, "details are shown, too")
    assert {entry.level for entry in log.model.shown} >= {Level.DETAIL, Level.INFO}
    hand.shot("log", window, window.desk.theme)
    hand.click(log.line)
    hand.type("sampler")
    hand.until(lambda: all("sampler" in entry.line.lower() for entry in log.model.shown), "it is filtered")
    assert log.model.shown
    hand.click(log.list.viewport(), log.list.visualRect(log.model.index(0)).center())
    hand.key("Return")
    (editing,) = window.documents.editings
    hand.until(lambda: editing.selection == {"sampler"}, "it leads to the node")
