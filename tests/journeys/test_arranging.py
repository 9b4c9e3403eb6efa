"""Selecting, copying, muting, collapsing, framing, grouping; and forty steps back and forth again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from nodeflow.document.files import dump_workflow
from nodeflow.document.model import Mode, Workflow
from nodeflow.document.values import Link
from tests.journeys.hand import Hand, Places
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.window.main_window import MainWindow

OpenTemplate = Callable[[str], tuple[Editing, Places]]


def workflow(editing: Editing) -> Workflow:
    return editing.document.workflow


def band(hand: Hand, editing: Editing, places: Places, *nodes: str) -> None:
    """Select nodes with a rubber band around them."""
    box = places.node(nodes[0])
    for node in nodes[1:]:
        box = box.united(places.node(node))
    hand.drag(editing.canvas.viewport(), box.topLeft() - QPoint(9, 9), box.bottomRight() + QPoint(9, 9))


def test_forty_edits_go_back_and_forth(hand: Hand, open_template: OpenTemplate) -> None:
    editing, places = open_template("Text to image")
    canvas, start = editing.canvas.viewport(), dump_workflow(workflow(editing))
    for number in range(10):
        share = 0.2 + 0.07 * number
        hand.drag(canvas, places.field("sampler", "steps", 0.1), places.field("sampler", "steps", share))
        place = places.header("save")
        hand.drag(canvas, place, place + QPoint(0, 40 if number < 5 else -35))
        hand.click(canvas, places.header("decode"))
        hand.key("ctrl+m", "ctrl+e")
    assert differences(editing) == []
    end = dump_workflow(workflow(editing))
    assert end != start
    for _ in range(40):
        assert editing.document.can_undo
        hand.key("ctrl+z")
    assert not editing.document.can_undo, "a drag of the slider is one step"
    assert dump_workflow(workflow(editing)) == start
    hand.key(*["ctrl+shift+z"] * 40)
    assert dump_workflow(workflow(editing)) == end
    assert differences(editing) == []


def test_three_nodes_are_copied_with_their_wires(
    window: MainWindow, hand: Hand, open_template: OpenTemplate
) -> None:
    editing, places = open_template("Text to image")
    band(hand, editing, places, "sampler", "decode", "save")
    assert editing.selection == {"sampler", "decode", "save"}
    hand.key("ctrl+c")
    hand.move(editing.canvas.viewport(), places.node("decode").center() + QPoint(0, 170))
    hand.key("ctrl+v")
    assert workflow(editing).nodes["decode_2"].inputs["latent"] == Link("sampler_2", "latent")
    assert workflow(editing).nodes["save_2"].inputs["image"] == Link("decode_2", "image")
    assert workflow(editing).nodes["sampler_2"].inputs["model"] == Link("checkpoint", "model")
    assert differences(editing) == []


def test_muted_collapsed_framed_named_coloured(
    window: MainWindow, hand: Hand, open_template: OpenTemplate
) -> None:
    editing, places = open_template("Base and refiner")
    canvas = editing.canvas.viewport()
    hand.click(canvas, places.header("negative"))
    hand.key("ctrl+m")
    assert workflow(editing).nodes["negative"].mode is Mode.MUTE
    hand.click(canvas, places.header("refiner_negative"))
    hand.key("ctrl+b")
    assert workflow(editing).nodes["refiner_negative"].mode is Mode.BYPASS
    hand.key("ctrl+z")
    hand.click(canvas, places.header("latent"))
    hand.key("ctrl+e")
    assert workflow(editing).layout["latent"].collapsed

    band(hand, editing, places, "refiner_prompt", "refiner_negative")
    hand.key("ctrl+shift+f")
    frames = workflow(editing).frames
    assert len(frames) == 1
    corner = places.at(editing.scene.frames[0].pos() + editing.scene.frames[0].rect.topLeft())
    hand.double_click(canvas, corner + QPoint(40, 8))
    hand.key("ctrl+a")
    hand.type("Second pass")
    hand.key("Return")
    assert workflow(editing).frames[0].title == "Second pass"
    hand.click(canvas, corner + QPoint(40, 8), button=3)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    hand.key("Down", "Down", "Right", "Down")
    hand.shot("frame_menu", window)
    hand.key("Return")
    assert workflow(editing).frames[0].color is not None
    assert QApplication.activePopupWidget() is None
    hand.shot("frames", window)
    assert differences(editing) == []


def test_a_group_becomes_one_node_and_is_entered(
    window: MainWindow, hand: Hand, open_template: OpenTemplate
) -> None:
    editing, places = open_template("Text to image")
    canvas, names = editing.canvas.viewport(), set(workflow(editing).nodes)
    band(hand, editing, places, "sampler", "decode")
    hand.key("ctrl+g")
    (name,) = editing.selection
    assert set(workflow(editing).nodes) == {"checkpoint", "prompt", "negative", "latent", "save", name}
    hand.shot("subgraph_outside", window)
    hand.double_click(canvas, places.header(name))
    assert list(editing.scope.path) == [name]
    hand.shot("subgraph_inside", window)
    hand.drag(canvas, places.field("sampler", "steps", 0.1), places.field("sampler", "steps", 0.5))
    assert differences(editing) == []
    hand.key("ctrl+Up")
    assert not editing.scope.path
    hand.key("ctrl+shift+g")
    assert set(workflow(editing).nodes) == names
    assert differences(editing) == []
