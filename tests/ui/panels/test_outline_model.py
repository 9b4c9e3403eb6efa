"""The outline's rows follow the document and keep their identity."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Mode, Workflow
from nodeflow.document.scope import TOP, Scope
from ui.desk import Desk
from ui.document import edits
from ui.panels.outline.item import Item
from ui.panels.outline.model import OutlineModel

Role = Qt.ItemDataRole


@pytest.fixture
def workflow() -> Workflow:
    found = edits.add_frame(load_workflow("text_to_image"), ["prompt", "negative"], "Words")
    return edits.group(found, ["sampler", "decode"], "heart")


@pytest.fixture
def model(desk: Desk, workflow: Workflow) -> OutlineModel:
    model = OutlineModel(desk)
    model.show(workflow, desk.specs, same=False)
    return model


def names(item: Item) -> list[str]:
    return [child.name or (child.frame.title if child.frame else "") for child in item.children]


def as_made_anew(model: OutlineModel, workflow: Workflow, desk: Desk) -> bool:
    fresh = OutlineModel(desk)
    fresh.show(workflow, desk.specs, same=False)

    def told(model: OutlineModel, item: Item) -> object:
        index = model.index_of(item)
        texts = [model.data(index, role) for role in (Role.DisplayRole, Role.AccessibleTextRole)]
        inner = [child for child in item.children if item.inner is None or child.branch is not item.inner]
        return [texts, model.data(model.index_of(item, 1)), [told(model, child) for child in inner]]

    same = [told(model, i) for i in model.root.children] == [told(fresh, i) for i in fresh.root.children]
    rows = all(child.row == row for item in model._items.values() for row, child in enumerate(item.children))
    return same and rows


def test_frames_hold_their_nodes_and_nodes_their_inputs_and_outputs(model: OutlineModel) -> None:
    assert names(model.root)[0] == "Words"
    assert names(model.root.children[0]) == ["prompt", "negative"]
    prompt = model.find("prompt")
    assert prompt is not None
    assert names(prompt)[:2] == ["model", "text"]
    assert names(prompt)[-1] == "conditioning"


def test_a_subgraph_is_looked_into_when_it_is_unfolded(model: OutlineModel) -> None:
    heart = model.find("heart")
    assert heart is not None
    index = model.index_of(heart)
    assert model.canFetchMore(index)
    model.fetchMore(index)
    assert {"sampler", "decode"} <= set(names(heart))
    assert not model.canFetchMore(index)


def test_a_screen_reader_hears_type_state_problems_and_links(model: OutlineModel, workflow: Workflow) -> None:
    model.set_problems({"negative": 2})
    model.show(edits.set_mode(workflow, ["negative"], Mode.MUTE), model._specs)
    item = model.find("negative")
    assert item is not None
    told = model.data(model.index_of(item), Role.AccessibleTextRole)
    assert told == "negative, Text Encode, muted, 2 problems; model from checkpoint.model"
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(2)]
    assert heads == ["Name", "Type or value"]


STEPS: dict[str, Callable[[Workflow], Workflow]] = {
    "value": lambda w: edits.set_input(w, "latent.width", 256),
    "rename": lambda w: edits.rename_node(w, "negative", "not_this"),
    "delete": lambda w: edits.remove_nodes(w, ["prompt"]),
    "duplicate": lambda w: edits.duplicate(w, ["prompt", "negative", "save"]),
    "unlink": lambda w: edits.disconnect(w, "save.image"),
    "frame more": lambda w: edits.add_frame(w, ["latent", "negative"], "More"),
    "frame away": lambda w: edits.remove_frame(w, 0),
    "frame changed": lambda w: edits.set_frame_nodes(w, 0, ["save", "prompt", "latent"]),
    "ungroup": lambda w: edits.ungroup(w, "heart"),
    "group": lambda w: edits.group(w, ["prompt", "negative"], "words"),
    "show input": lambda w: edits.show_input(w, "sampler.steps", at=Scope(("heart",))),
    "inside": lambda w: edits.remove_nodes(w, ["decode"], at=Scope(("heart",))),
    "mode": lambda w: edits.set_frame_mode(w, 0, Mode.MUTE),
}


@pytest.mark.parametrize("looked_into", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_after_each_edit_and_its_undo_the_rows_are_those_of_a_fresh_outline(
    model: OutlineModel,
    workflow: Workflow,
    desk: Desk,
    step: str,
    looked_into: bool,
) -> None:
    if looked_into:
        assert model.find("heart/sampler") is not None
    changed = STEPS[step](workflow)
    for state in (changed, workflow):
        model.show(state, desk.specs)
        assert as_made_anew(model, state, desk)


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("group", "ungroup")])
def test_qt_finds_no_fault_with_the_model_before_and_during_edits(
    model: OutlineModel, workflow: Workflow, desk: Desk, qtmodeltester: ModelTester, step: str
) -> None:
    # It looks into subgraphs while they are being inserted, and then takes that for a fault: none may come.
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no hints here
    for state in (STEPS[step](workflow), workflow):
        model.show(state, desk.specs)


def test_rows_that_did_not_change_stay_the_same_rows(
    model: OutlineModel, workflow: Workflow, desk: Desk
) -> None:
    save, negative = model.find("save"), model.find("negative")
    assert save is not None
    assert negative is not None
    kept = [QPersistentModelIndex(model.index_of(item)) for item in (save, negative)]
    renamed = edits.rename_node(workflow, "negative", "not_this")
    model.show(edits.add_frame(renamed, ["save"], "End", at=TOP), desk.specs)
    assert [index.isValid() for index in kept] == [True, True]
    assert [model.item(index).name for index in kept] == ["save", "not_this"]


def test_an_edit_of_one_value_touches_one_node(model: OutlineModel, workflow: Workflow, desk: Desk) -> None:
    told: list[str] = []
    model.dataChanged.connect(lambda first, _last: told.append(model.item(first).path))
    model.show(edits.set_input(workflow, "latent.width", 256), desk.specs)
    assert set(told) == {"latent"}
