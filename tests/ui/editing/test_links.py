"""Links made, moved, bent and cut by mouse and keys, on a document."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from nodeflow.document.model import Node, NodeLayout, Workflow
from nodeflow.document.values import Link
from ui.bare_canvas.testing import Hand
from ui.canvas.actions import Port
from ui.canvas.link_item import LinkKey
from ui.editing.editing import Editing
from ui.editing.requests import SearchRequest
from ui.editing.testing import Told, differences

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
RIGHT = Qt.MouseButton.RightButton


def inputs(editing: Editing, name: str) -> dict[str, object]:
    return editing.scope.body(editing.document.workflow).nodes[name].inputs


def middle(editing: Editing, key: LinkKey) -> QPointF:
    link = editing.scene.links[key]
    return (link.start + link.end) / 2


@pytest.fixture
def with_picture(editing: Editing) -> Editing:
    editing.add_node("LoadImage", QPointF(0, 500))
    return editing


def test_a_link_is_drawn_and_undone(editing: Editing, hand: Hand) -> None:
    before = editing.document.workflow
    hand.drag(hand.output("negative", "conditioning"), hand.input("sampler", "positive"))
    assert inputs(editing, "sampler")["positive"] == Link("negative", "conditioning")
    editing.undo()
    assert editing.document.workflow == before
    assert differences(editing) == []


def test_what_does_not_fit_says_why(editing: Editing, hand: Hand, told: Told) -> None:
    hand.press(hand.output("checkpoint", "model"))
    hand.move(hand.input("sampler", "positive"))
    bubble = editing.canvas.overlay.bubble
    assert bubble is not None
    assert bubble[1] == "sampler.positive takes Conditioning, not Model."
    hand.release(hand.input("sampler", "positive"))
    assert not editing.document.can_undo
    assert "sampler.positive takes Conditioning, not Model." in told.said


def test_a_cycle_is_refused(editing: Editing, hand: Hand) -> None:
    hand.press(hand.output("sampler", "latent"))
    hand.move(hand.input("sampler", "latent"))
    assert editing.canvas.overlay.bubble is not None
    hand.release(hand.input("sampler", "latent"))
    assert not editing.document.can_undo


def test_a_converter_goes_in_between(with_picture: Editing, hand: Hand) -> None:
    start, end = hand.output("load_image", "image"), hand.input("sampler", "latent")
    hand.press(start)
    hand.move(end)
    bubble = with_picture.canvas.overlay.bubble
    assert bubble is not None
    assert bubble[1].endswith("Let go to put VAE Encode in between.")
    hand.release(end)
    assert inputs(with_picture, "sampler")["latent"] == Link("vae_encode", "latent")
    assert inputs(with_picture, "vae_encode")["image"] == Link("load_image", "image")
    assert inputs(with_picture, "vae_encode")["model"] == Link("checkpoint", "model")
    assert with_picture.selection == {"vae_encode"}


def test_a_link_dropped_on_nothing_searches_for_what_fits(editing: Editing, hand: Hand, told: Told) -> None:
    place = QPointF(700, 600)
    hand.drag(hand.output("checkpoint", "model"), place)
    (request,) = told.searches
    assert isinstance(request, SearchRequest)
    assert request.end is not None
    assert request.end.source == Link("checkpoint", "model")
    name = editing.add_and_connect("LoRALoader", request.position, request.end, None)
    assert inputs(editing, name)["model"] == Link("checkpoint", "model")
    assert editing.document.undo_label == "Add LoRA Loader"


def test_the_end_of_a_link_is_moved_to_another_input_as_one_step(editing: Editing, hand: Hand) -> None:
    before = editing.document.workflow
    hand.drag(hand.input("sampler", "positive"), hand.input("sampler", "negative"))
    assert "positive" not in inputs(editing, "sampler")
    assert inputs(editing, "sampler")["negative"] == Link("prompt", "conditioning")
    editing.undo()
    assert editing.document.workflow == before


@pytest.mark.parametrize("by", ["double click", "alt click"])
def test_a_reroute_is_put_into_a_link(editing: Editing, hand: Hand, by: str) -> None:
    place = middle(editing, LinkKey("sampler", "latent", 0))
    if by == "double click":
        hand.double_click(place)
    else:
        hand.click(place, keys=ALT)
    assert inputs(editing, "sampler")["latent"] == Link("reroute", "value")
    assert inputs(editing, "reroute")["value"] == Link("latent", "latent")
    assert editing.scene.links[LinkKey("sampler", "latent", 0)].socket.name == "Latent"


def test_a_stroke_cuts_links(editing: Editing, hand: Hand) -> None:
    place = middle(editing, LinkKey("sampler", "latent", 0))
    hand.drag(place - QPointF(60, 0), place + QPointF(60, 0), button=RIGHT, keys=CTRL)
    assert "latent" not in inputs(editing, "sampler")


def test_a_node_dropped_on_a_link_goes_in_between(editing: Editing, hand: Hand) -> None:
    editing.add_node("LoRALoader", QPointF(600, 600))
    start = hand.header("lora_loader")
    target = middle(editing, LinkKey("negative", "model", 0))
    hand.drag(start, target)
    assert inputs(editing, "lora_loader")["model"] == Link("checkpoint", "model")
    assert inputs(editing, "negative")["model"] == Link("lora_loader", "model")
    assert inputs(editing, "sampler")["model"] == Link("checkpoint", "model"), "only the wire at the pointer"


def test_removing_a_node_keeps_what_it_linked(
    open_editing: Callable[[Workflow | str], Editing], qtbot: object
) -> None:
    editing = open_editing("two_loras")
    loras = [name for name, node in editing.document.workflow.nodes.items() if node.type == "LoRALoader"]
    hand = Hand(editing.canvas)
    hand.click(hand.header(loras[0]))
    QTest.keyClick(editing.canvas, Qt.Key.Key_Delete)
    assert loras[0] not in editing.document.workflow.nodes
    assert inputs(editing, loras[1])["model"] == Link("checkpoint", "model")


def test_wireless_outputs_are_tags_and_used_by_name(editing: Editing, hand: Hand) -> None:
    model = Link("checkpoint", "model")
    editing.set_wireless(model, "base")
    assert editing.wireless() == {model: "base"}
    links = [link for link in editing.scene.links.values() if link.link == model]
    assert links
    assert {link.wireless for link in links} == {"base"}
    assert editing.scene.nodes["checkpoint"].look.tags == {"model": "base"}
    editing.links.disconnect([(model, Port("decode", "model"))])
    editing.use_wireless(model, Port("decode", "model"))
    assert editing.scene.links[LinkKey("decode", "model", 0)].wireless == "base"
    editing.set_wireless(model, None)
    assert {link.wireless for link in editing.scene.links.values()} == {None}
    assert differences(editing) == []


def press(editing: Editing, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(editing.canvas, key)


def test_a_link_is_made_without_a_mouse(editing: Editing) -> None:
    workflow = Workflow(
        nodes={"a": Node(type="CheckpointLoader"), "b": Node(type="TextEncode"), "c": Node(type="VAEDecode")},
        layout={name: NodeLayout(position=(300 * i, 0)) for i, name in enumerate("abc")},
    )
    editing.apply("Begin", lambda _: workflow)
    editing.scene.select({"a"})
    press(editing, Qt.Key.Key_C, Qt.Key.Key_Return)
    assert editing.canvas.wiring.chosen == Port("b", "model")
    press(editing, Qt.Key.Key_Down)
    assert editing.canvas.wiring.chosen == Port("c", "model")
    press(editing, Qt.Key.Key_Return)
    assert inputs(editing, "c") == {"model": Link("a", "model")}
    assert not editing.canvas.wiring.active


def test_a_link_by_keys_can_begin_at_an_input_and_be_given_up(editing: Editing, told: Told) -> None:
    editing.scene.select({"decode"})
    press(editing, Qt.Key.Key_C, Qt.Key.Key_Up, Qt.Key.Key_Return)
    assert isinstance(editing.canvas.wiring.chosen, Link)
    press(editing, Qt.Key.Key_Escape)
    assert not editing.canvas.wiring.active
    assert editing.canvas.overlay.ring is None
    assert not editing.document.can_undo
    press(editing, Qt.Key.Key_C, Qt.Key.Key_Return, Qt.Key.Key_Tab)
    (request,) = told.searches
    assert request.end is not None
    assert request.end.source == Link("decode", "image")


def test_a_link_dropped_on_a_node_takes_what_fits(editing: Editing, hand: Hand) -> None:
    editing.add_node("VAEDecode", QPointF(900, 500))
    hand.drag(hand.output("sampler", "latent"), hand.header("vae_decode"))
    assert inputs(editing, "vae_decode") == {"latent": Link("sampler", "latent")}
    hand.drag(hand.input("vae_decode", "model"), hand.header("checkpoint"))
    assert inputs(editing, "vae_decode")["model"] == Link("checkpoint", "model")
