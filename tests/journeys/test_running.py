"""From the template to the picture, in the editor: run, watch, change, run what is affected."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nodeflow.execution.job import Runner
from tests.journeys.hand import Hand, Places
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow


@pytest.fixture
def runner(own_runner: Callable[[], Runner]) -> Callable[[], Runner]:
    """The program's own."""
    return own_runner


def will_run(editing: Editing) -> set[str]:
    return {name for name in editing.scene.nodes if editing.scene.status(name).phase is Phase.WILL_RUN}


def test_pressing_run(window: MainWindow, hand: Hand, qtbot: QtBot) -> None:
    (card,) = (card for card in window.pages.start.cards if card.accessibleName() == "Text to image")
    hand.click(card)
    hand.until(lambda: window.editing is not None, "the template is open")
    editing = window.editing
    assert editing is not None
    places = Places(editing)
    hand.key("ctrl+shift+o", "ctrl+shift+b")  # room for the canvas
    hand.until(lambda: not (window.docks.shows("outline") or window.docks.shows("bookmarks")), "it is there")
    hand.key("Home")
    qtbot.waitUntil(lambda: "will run" in editing.running.line, timeout=60_000)
    assert will_run(editing) == {"prompt", "negative", "latent", "sampler", "decode", "save"}
    hand.shot("before_a_run", window)

    hand.key("ctrl+Return")
    qtbot.waitUntil(lambda: editing.scene.status("sampler").preview is not None, timeout=90_000)
    assert "/25" in editing.scene.status("sampler").detail
    hand.shot("running", window)
    qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=90_000)
    assert editing.scene.status("save").preview is not None
    assert "Saved as ~/output/" in window.status.message.text()
    window.say("")  # a passing folder need not be in the guide
    hand.shot("picture", window, window.desk.theme)

    hand.double_click(editing.canvas.viewport(), places.field("prompt", "text"))
    hand.key("ctrl+a")
    hand.type("a green pear")
    hand.click(editing.canvas.viewport(), places.header("prompt"))
    assert editing.value(Port("prompt", "text")) == "a green pear"
    qtbot.waitUntil(lambda: "will run" in editing.running.line, timeout=20_000)
    assert will_run(editing) == {"prompt", "sampler", "decode", "save"}
    at_hand = {"negative", "latent"}
    assert {name for name in at_hand if editing.scene.status(name).phase is Phase.CACHED} == at_hand
    hand.shot("changed", window)

    hand.key("ctrl+Return")
    qtbot.waitUntil(lambda: window.desk.engine.busy)
    qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=90_000)
    assert editing.scene.status("negative").phase is Phase.CACHED
    assert editing.scene.status("save").phase is Phase.DONE
    assert len(list(window.desk.folders.output.rglob("*.png"))) == 2
    hand.shot("picture_again", window)
    compare_both(window, hand, qtbot)


def compare_both(window: MainWindow, hand: Hand, qtbot: QtBot) -> None:
    """Select both pictures in the gallery, compare them, and move the line between them."""
    gallery, library = window.pictures.gallery, window.pictures.library
    hand.key("ctrl+p")
    assert gallery.model is not None
    qtbot.waitUntil(lambda: len(library.facts) == 2 and not library.busy, timeout=20_000)
    hand.click(gallery.view.viewport(), gallery.view.visualRect(gallery.model.index(0)).center())
    hand.key("shift+Right", "Return")
    viewer = window.pictures.commands.viewer
    assert viewer is not None
    hand.until(viewer.isActiveWindow, "the viewer is open")
    qtbot.waitUntil(lambda: not viewer.view.other.isNull(), timeout=20_000)
    assert viewer.picture is not None
    assert viewer.other is not None
    assert "a green pear" in library.facts[viewer.picture].prompts
    assert "a red apple" in library.facts[viewer.other].prompts
    middle = QPointF(viewer.view.rect().center())
    hand.drag(viewer.view, middle, middle - QPointF(60, 0))
    assert viewer.view.split < 0.48
    hand.shot("viewer_compare", viewer, window.desk.theme)
    hand.key("Escape")
    hand.until(lambda: not viewer.isVisible(), "it is closed")
