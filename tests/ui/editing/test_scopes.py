"""Subgraphs on the canvas: entering, the border, exposing sockets, leaving, undo that shows the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nodeflow.document.scope import TOP, Scope
from nodeflow.document.values import GraphInput, Link
from ui.bare_canvas.testing import Hand
from ui.canvas.actions import Port
from ui.canvas.graph import ADD, INPUTS, OUTPUTS
from ui.canvas.link_item import LinkKey
from ui.editing.editing import Editing
from ui.editing.testing import Told, differences

INSIDE = Scope(("group",))


@pytest.fixture
def grouped(editing: Editing) -> Editing:
    """The prompts as a subgraph `group`, seen from outside."""
    editing.scene.select({"prompt", "negative"})
    editing.group_selection()
    return editing


@pytest.fixture
def inside(grouped: Editing, hand: Hand) -> Editing:
    """The same, entered by a double click."""
    hand.double_click(hand.header("group"))
    return grouped


def test_a_subgraph_has_typed_sockets(grouped: Editing) -> None:
    spec = grouped.spec("group")
    assert [(entry.name, entry.socket.name) for entry in spec.inputs] == [("model", "Model")]
    assert {output.socket.name for output in spec.outputs} == {"Conditioning"}
    assert grouped.scene.links[LinkKey("group", "model", 0)].valid


def test_a_double_click_enters_and_what_is_inside_is_shown(inside: Editing) -> None:
    assert inside.scope == INSIDE
    assert inside.scene.nodes.keys() == {"prompt", "negative", INPUTS, OUTPUTS}
    assert inside.scene.links[LinkKey("prompt", "model", 0)].link == Link(INPUTS, "model")
    assert inside.scene.links[LinkKey(OUTPUTS, "conditioning", 0)].link.output == "conditioning"
    assert differences(inside) == []
    border = inside.scene.nodes[INPUTS].body
    assert border.right() < inside.scene.nodes["prompt"].body.left()


def test_a_link_to_the_empty_socket_shows_a_new_input(inside: Editing, hand: Hand) -> None:
    hand.drag(hand.output(INPUTS, ADD), hand.input("prompt", "text"))
    shown = inside.document.workflow.subgraphs["group"].inputs
    assert shown["text"].default == "a red apple"
    assert inside.document.workflow.subgraphs["group"].nodes["prompt"].inputs["text"] == GraphInput("text")
    inside.leave()
    assert inside.spec("group").input("text") is not None
    assert inside.selection == {"group"}


def test_a_link_to_the_empty_socket_shows_a_new_output(inside: Editing, hand: Hand) -> None:
    hand.drag(hand.output("prompt", "conditioning"), hand.input(OUTPUTS, ADD))
    outputs = inside.document.workflow.subgraphs["group"].outputs
    assert list(outputs) == ["conditioning", "conditioning_2", "conditioning_3"]
    assert differences(inside) == []


def test_links_of_the_border_are_moved_and_removed(inside: Editing, hand: Hand) -> None:
    hand.drag(hand.input("negative", "model"), QPointF(hand.input("negative", "model").x() - 60, 700))
    assert "model" not in inside.document.workflow.subgraphs["group"].nodes["negative"].inputs
    hand.drag(hand.output(INPUTS, "model"), hand.input("negative", "model"))
    assert inside.document.workflow.subgraphs["group"].nodes["negative"].inputs["model"] == GraphInput(
        "model"
    )


def test_sockets_of_a_subgraph_are_renamed_and_removed(inside: Editing, hand: Hand, told: Told) -> None:
    hand.double_click(hand.output(INPUTS, "model"))
    (request,) = told.texts
    request.done("base")
    assert list(inside.document.workflow.subgraphs["group"].inputs) == ["base"]
    assert inside.document.workflow.nodes["group"].inputs == {"base": Link("checkpoint", "model")}
    inside.groups.remove_socket(Port(OUTPUTS, "conditioning"))
    assert list(inside.document.workflow.subgraphs["group"].outputs) == ["conditioning_2"]


def test_the_border_is_not_deleted_nor_moved(inside: Editing, hand: Hand) -> None:
    before = inside.document.workflow
    place = inside.scene.nodes[INPUTS].pos()
    hand.drag(hand.header(INPUTS), hand.header(INPUTS) - QPointF(0, 160))
    inside.delete_selection()
    inside.toggle_mute()
    assert inside.document.workflow is before
    assert inside.scene.nodes[INPUTS].pos() == place


def test_undo_shows_where_it_was_done(inside: Editing) -> None:
    inside.set_values([Port("prompt", "text")], "a pear")
    inside.leave()
    inside.undo()
    assert inside.scope == INSIDE
    inside.undo()
    assert inside.scope == TOP
    assert "group" not in inside.document.workflow.nodes


def test_a_scope_that_is_gone_is_left(inside: Editing, qtbot: QtBot) -> None:
    with qtbot.waitSignal(inside.scopeChanged) as told:
        inside.document.undo()
    assert told.args == [TOP]
    assert differences(inside) == []


def test_a_subgraph_is_saved_and_used_again(grouped: Editing, tmp_path: Path) -> None:
    grouped.save_subgraph("group", tmp_path / "prompts.json")
    grouped.insert_subgraph(tmp_path / "prompts.json", QPointF(0, 800))
    assert grouped.selection == {"group_2"}
    assert grouped.document.workflow.nodes["group_2"].subgraph == "group"


def test_a_problem_inside_a_subgraph_is_shown(inside: Editing) -> None:
    inside.leave()
    inside.links.disconnect([(Link("checkpoint", "model"), Port("group", "model"))])
    inside.faults.look()
    assert inside.problems()["group"]
    assert inside.scene.nodes["group"].look.status.faulty
    inside.show_problem("group/prompt", "model")
    assert inside.scope == INSIDE
    assert inside.selection == {"prompt"}
    assert inside.scene.nodes["prompt"].look.hot == "model"


def test_leaving_looks_where_one_looked_before(grouped: Editing) -> None:
    grouped.canvas.look_at(QPointF(400, 300), 0.75)
    grouped.enter("group")
    grouped.leave()
    assert grouped.canvas.zoom == pytest.approx(0.75)
    assert (grouped.canvas.visible_rect().center() - QPointF(400, 300)).manhattanLength() < 4


def test_a_wireless_output_is_used_inside_a_subgraph(editing: Editing) -> None:
    model = Link("checkpoint", "model")
    editing.set_wireless(model, "base")
    editing.scene.select({"prompt"})
    editing.group_selection()
    editing.enter("group")
    editing.links.disconnect([(Link(INPUTS, "model"), Port("prompt", "model"))])
    target = Port("prompt", "model")
    socket = editing.scene.nodes["prompt"].look.geometry.input_specs["model"].socket
    (found,) = editing.wireless_for(target, socket)
    assert (found.source, found.name, found.home) == (model, "base", TOP)
    editing.use_wireless(found.source, target, found.home)
    workflow = editing.document.workflow
    assert workflow.subgraphs["group"].nodes["prompt"].inputs["model"] == GraphInput("model")
    assert workflow.nodes["group"].inputs["model"] == model
    assert differences(editing) == []
    editing.document.undo()
    assert "model" not in editing.document.workflow.subgraphs["group"].nodes["prompt"].inputs
