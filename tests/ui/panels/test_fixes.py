"""Each kind of problem, and what mends it with one click."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Node, UsedModel, Workflow
from nodeflow.document.values import Link
from nodeflow.files import Digests
from nodeflow.models.entry import model_digest
from ui.document import edits
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.panels.fix import Fix
from ui.panels.fix_values import near
from ui.panels.fixes import fixes
from ui.panels.testing import settle

Open = Callable[[Workflow | str], Editing]
ASKING = ("Choose another…", "Browse…", "Replace with…", "Look again", "Copy its name")


def offers(editing: Editing, node: str) -> dict[str, Fix]:
    found = [fix for fault in editing.faults.all if fault.node == node for fix in fixes(editing, fault)]
    return {fix.text: fix for fix in found}


@pytest.fixture
def workflow() -> Workflow:
    return load_workflow("text_to_image")


BROKEN: dict[str, tuple[Callable[[Workflow], Workflow], str, list[str]]] = {
    "wrong type of link": (
        lambda w: edits.connect(w, "sampler.latent", "save.image"),
        "save",
        ["Convert with VAEDecode", "Remove link"],
    ),
    "missing link": (
        lambda w: edits.disconnect(w, "decode.latent"),
        "decode",
        ["Link to sampler.latent", "Link to latent.latent"],
    ),
    "number too large": (
        lambda w: edits.set_input(w, "sampler.guidance_scale", 1000),
        "sampler",
        ["Use 100.00", "Use the default, 5.00"],
    ),
    "size that does not fit the steps": (
        lambda w: edits.set_input(w, "latent.width", 130),
        "latent",
        ["Use 128", "Use the default, 1024"],
    ),
    "misspelled choice": (
        lambda w: edits.set_input(w, "sampler.scheduler", "eulr"),
        "sampler",
        ["Use euler", "Choose another…", "Use the default, euler"],
    ),
    "misspelled model": (
        lambda w: edits.set_input(w, "checkpoint.checkpoint", "poket"),
        "checkpoint",
        ["Use pocket", "Choose another…", "Browse…", "Look again"],
    ),
    "input that the type lacks": (
        lambda w: edits.set_input(w, "sampler.speed", 3),
        "sampler",
        ["Remove value"],
    ),
    "unknown type": (
        lambda w: w.model_copy(update={"nodes": {**w.nodes, "save": retyped(w.nodes["save"], "SaveImages")}}),
        "save",
        ["Replace with Save Image", "Replace with…", "Look again", "Copy its name", "Remove node"],
    ),
}


def retyped(node: Node, type_id: str) -> Node:
    return node.model_copy(update={"type": type_id})


@pytest.mark.parametrize("kind", BROKEN)
def test_each_kind_of_problem_is_offered_what_mends_it(
    open_editing: Open, workflow: Workflow, kind: str
) -> None:
    spoil, node, wanted = BROKEN[kind]
    editing = open_editing(spoil(workflow))
    assert set(wanted) <= set(offers(editing, node))
    assert next(iter(offers(editing, node))) == wanted[0]


@pytest.mark.parametrize("kind", BROKEN)
def test_the_first_offer_mends_it_and_undo_brings_it_back(
    open_editing: Open, workflow: Workflow, kind: str
) -> None:
    spoil, node, wanted = BROKEN[kind]
    editing = open_editing(spoil(workflow))
    before, faults = editing.document.workflow, editing.faults.all
    offers(editing, node)[wanted[0]].do()
    editing.faults.look()
    assert [fault for fault in editing.faults.all if fault.node == node] == []
    assert differences(editing) == []
    editing.undo()
    editing.faults.look()
    assert (editing.document.workflow, editing.faults.all) == (before, faults)


def test_every_offer_leads_to_another_document_that_the_canvas_shows(
    open_editing: Open, workflow: Workflow
) -> None:
    for spoil, _, _ in BROKEN.values():
        workflow = spoil(workflow)
    editing = open_editing(workflow)
    assert len(editing.faults.all) == len(BROKEN) - 1  # the link to the unknown type is as good as any
    for fault in editing.faults.all:
        for number, fix in enumerate(fixes(editing, fault)):
            if fix.text in ASKING:
                continue
            fixes(editing, fault)[number].do()
            settle()
            assert editing.document.workflow != workflow
            assert differences(editing) == []
            editing.undo()
            assert editing.document.workflow == workflow


def test_a_problem_of_a_node_that_is_gone_is_offered_nothing(open_editing: Open, workflow: Workflow) -> None:
    editing = open_editing(edits.set_input(workflow, "sampler.steps", 5000))
    (fault,) = editing.faults.all
    editing.document.apply("Delete", lambda w: edits.remove_nodes(w, ["sampler"]))
    assert fixes(editing, fault) == []


def test_a_converter_is_linked_in_between(open_editing: Open, workflow: Workflow) -> None:
    editing = open_editing(edits.connect(workflow, "sampler.latent", "save.image"))
    offers(editing, "save")["Convert with VAEDecode"].do()
    held = editing.document.workflow.nodes["save"].inputs["image"]
    assert isinstance(held, Link)
    assert editing.document.workflow.nodes[held.node].type == "VAEDecode"


def test_one_file_that_fits_is_offered_whatever_was_named(open_editing: Open) -> None:
    editing = open_editing("text_to_image")
    entry = editing.spec("checkpoint").input("checkpoint")
    assert entry is not None
    assert near(entry, "something else", ["pocket"]) == ["pocket"]
    assert near(entry, "something else", ["pocket", "paint"]) == []


def test_the_same_model_under_another_name_is_offered_first(open_editing: Open, workflow: Workflow) -> None:
    workflow = edits.set_input(workflow, "checkpoint.checkpoint", "my-model")
    editing = open_editing(workflow)
    (pocket,) = [entry for entry in editing.desk.shelf.models() if entry.name == "pocket"]
    digest = model_digest(pocket.path, Digests(editing.desk.folders.cache))
    used = {"my-model": UsedModel(kind="checkpoint", digest=digest)}
    editing.document.apply("Digest", lambda w: w.model_copy(update={"models": used}))
    text = "Use pocket, the same model"
    assert next(iter(offers(editing, "checkpoint"))) == text
    offers(editing, "checkpoint")[text].do()
    editing.faults.look()
    assert editing.faults.all == ()
