"""From the start page to a wired graph: links that search, go in between, refuse with a reason, convert."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint

from nodeflow.document.values import Link
from tests.journeys.hand import Hand, Places
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.window.main_window import MainWindow

OpenTemplate = Callable[[str], tuple[Editing, Places]]


def inputs(editing: Editing, name: str) -> dict[str, object]:
    return editing.document.workflow.nodes[name].inputs


def test_a_template_opens_laid_out(window: MainWindow, hand: Hand, open_template: OpenTemplate) -> None:
    hand.shot("start_page", window)
    editing, places = open_template("Text to image")
    assert editing.document.workflow.nodes["sampler"].type == "Sampler"
    assert editing.canvas.visible_rect().contains(editing.scene.itemsBoundingRect())
    assert not editing.problems()
    hand.click(editing.canvas.viewport(), places.header("sampler"))
    hand.key("ctrl+shift+o", "ctrl+shift+b")
    hand.key("Home")
    hand.shot("canvas", window)
    for theme, dark in (("light", False), ("dark", True)):
        hand.key("ctrl+shift+p")
        hand.until(window.popups.commands.isVisible, "the commands are open")
        hand.type(theme)
        hand.key("Return")
        assert window.desk.theme.theme.colors.dark is dark
        hand.shot(f"canvas_{theme}", window)


def test_a_wire_let_go_over_nothing_searches_for_what_fits(
    window: MainWindow, hand: Hand, open_template: OpenTemplate
) -> None:
    editing, places = open_template("Text to image")
    start = places.output("checkpoint", "model")
    end = start + QPoint(-60, 190)
    hand.hold(editing.canvas.viewport(), start, end)
    hand.shot("wire_in_hand", window)
    hand.let_go()
    search = window.popups.search
    hand.until(search.isVisible, "the search is open")
    titles = [row.title for row in search.model.rows]
    assert "Sampler" in titles
    assert "Save Image" not in titles
    hand.type("lo")
    hand.shot("search", window)
    hand.key("Return")
    assert inputs(editing, "lora_loader")["model"] == Link("checkpoint", "model")

    hand.drag(editing.canvas.viewport(), places.header("lora_loader"), places.wire("sampler", "model"))
    assert inputs(editing, "sampler")["model"] == Link("lora_loader", "model")
    assert inputs(editing, "lora_loader")["model"] == Link("checkpoint", "model")
    hand.key("Delete")
    assert inputs(editing, "sampler")["model"] == Link("checkpoint", "model")
    assert differences(editing) == []


def test_a_wire_that_does_not_fit_says_why_and_offers_a_converter(
    window: MainWindow, hand: Hand, open_template: OpenTemplate
) -> None:
    editing, places = open_template("Text to image")
    canvas = editing.canvas.viewport()
    hand.hold(canvas, places.output("checkpoint", "model"), places.input("sampler", "positive"))
    assert editing.canvas.overlay.bubble is not None
    assert editing.canvas.overlay.bubble[1] == "sampler.positive takes Conditioning, not Model."
    hand.shot("wire_refused", window)
    hand.let_go()
    assert not editing.document.can_undo

    hand.key("Tab")
    hand.until(window.popups.search.isVisible, "the search is open")
    hand.type("load image")
    hand.key("Return")
    hand.drag(
        canvas, places.header("load_image"), places.at(editing.scene.nodes["latent"].pos()) + QPoint(-160, 90)
    )
    hand.hold(canvas, places.output("load_image", "image"), places.input("sampler", "latent"))
    bubble = editing.canvas.overlay.bubble
    assert bubble is not None
    assert bubble[1].endswith("Let go to put VAE Encode in between.")
    hand.shot("wire_converted", window)
    hand.let_go()
    assert inputs(editing, "sampler")["latent"] == Link("vae_encode", "latent")
    assert inputs(editing, "vae_encode")["image"] == Link("load_image", "image")


@pytest.mark.parametrize("button", [1, 2])
def test_moving_things_and_moving_the_view(
    window: MainWindow, hand: Hand, open_template: OpenTemplate, button: int
) -> None:
    editing, places = open_template("Text to image")
    node, seen = editing.scene.nodes["save"].pos(), editing.canvas.visible_rect().center()
    start = places.header("save")
    hand.drag(editing.canvas.viewport(), start, start + QPoint(-60, 90), button)
    moved = editing.scene.nodes["save"].pos() != node
    panned = (editing.canvas.visible_rect().center() - seen).manhattanLength() > 1
    assert (moved, panned) == ((True, False) if button == 1 else (False, True))
