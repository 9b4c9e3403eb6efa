"""The open document: commands, merging, undo, who hears of them, saving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from nodeflow.document.files import dump_workflow, load_workflow
from nodeflow.document.model import Workflow
from nodeflow.errors import MissingFile, UsageError
from nodeflow.node.spec import NodeSpec
from ui.document import Change, Document, EditRefused, edits


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def document(picture: Workflow, specs: Mapping[str, NodeSpec], clock: Clock) -> Iterator[Document]:
    made = Document(picture, specs, clock=clock)
    yield made
    made.close()


def steps(document: Document, number: int, merge: str | None = None) -> Change | None:
    return document.apply(
        f"Steps {number}", lambda w: edits.set_input(w, "sampler.steps", number), merge=merge
    )


def test_a_command_is_undone_and_done_again(document: Document, picture: Workflow) -> None:
    steps(document, 30)
    assert (document.can_undo, document.undo_label, document.modified) == (True, "Steps 30", True)
    document.undo()
    assert document.workflow == picture
    assert document.workflow.nodes["sampler"] is picture.nodes["sampler"]
    assert (document.can_undo, document.redo_label, document.modified) == (False, "Steps 30", False)
    document.redo()
    assert document.workflow.nodes["sampler"].inputs["steps"] == 30
    assert document.undo() is not None
    assert document.undo() is None


def test_undo_has_no_end(document: Document) -> None:
    for number in range(1, 2001):
        steps(document, number + 1000)
    while document.undo():
        pass
    assert document.workflow.nodes["sampler"].inputs["steps"] == 25


def test_a_drag_is_one_command(document: Document, clock: Clock) -> None:
    for number in (26, 27, 28):
        steps(document, number, merge="sampler.steps")
        clock.now += 0.9
    document.undo()
    assert document.workflow.nodes["sampler"].inputs["steps"] == 25
    document.redo()
    assert document.workflow.nodes["sampler"].inputs["steps"] == 28


@pytest.mark.parametrize("between", ["pause", "other", "undo", "save", "scope"])
def test_what_ends_a_drag(document: Document, clock: Clock, tmp_path: Path, between: str) -> None:
    steps(document, 26, merge="drag")
    if between == "pause":
        clock.now += 1.1
    elif between == "undo":
        document.undo()
        document.redo()
    elif between == "save":
        document.save(tmp_path / "a.json")
    merge = "other" if between == "other" else "drag"
    scope = ("part",) if between == "scope" else ()
    document.apply("x", lambda w: edits.set_input(w, "sampler.steps", 27), merge=merge, scope=scope)
    document.undo()
    assert document.workflow.nodes["sampler"].inputs["steps"] == 26


def test_a_refused_edit_changes_nothing(document: Document, picture: Workflow) -> None:
    heard: list[Change] = []
    document.subscribe(heard.append)
    with pytest.raises(EditRefused, match="There is no node 'nobody' any more"):
        document.apply("Remove", lambda w: edits.remove_nodes(w, ["nobody"]))
    assert document.workflow is picture
    assert not heard
    assert not document.can_undo


def test_an_edit_that_changes_nothing_is_no_command(document: Document) -> None:
    assert steps(document, 25) is None
    assert not document.can_undo


def test_listeners_hear_before_and_after(document: Document, picture: Workflow) -> None:
    heard: list[Change] = []
    end = document.subscribe(heard.append)
    document.apply("Move", lambda w: edits.move_nodes(w, ["save"], 1, 1), scope=("part",))
    document.undo()
    assert [(c.label, c.scope) for c in heard] == [("Move", ("part",))] * 2
    assert heard[0].before is picture
    assert heard[1].after == picture
    assert heard[0].after is heard[1].before
    end()
    document.redo()
    assert len(heard) == 2


def test_a_listener_that_edits_is_heard_in_order(document: Document) -> None:
    heard: list[str] = []

    def follow(change: Change) -> None:
        if change.label == "Steps 30":
            steps(document, 31)

    document.subscribe(follow)
    document.subscribe(lambda change: heard.append(change.label))
    steps(document, 30)
    assert heard == ["Steps 30", "Steps 31"]


def test_a_listener_that_fails_does_not_silence_later_changes(document: Document) -> None:
    heard: list[str] = []

    def fail(change: Change) -> None:
        if change.label == "Steps 30":
            raise RuntimeError

    document.subscribe(fail)
    document.subscribe(lambda change: heard.append(change.label))
    with pytest.raises(RuntimeError):
        steps(document, 30)
    steps(document, 31)
    assert heard == ["Steps 31"]


def test_saving_marks_the_state_as_clean(document: Document, tmp_path: Path) -> None:
    steps(document, 30)
    document.save(tmp_path / "a.json")
    assert document.path == document.workflow.path == tmp_path / "a.json"
    assert not document.modified
    document.undo()
    assert document.modified
    assert document.workflow.path == document.path
    document.redo()
    assert not document.modified
    document.undo()
    steps(document, 31)
    document.undo()
    assert document.modified, "the saved state is out of reach"
    assert dump_workflow(load_workflow(tmp_path / "a.json")) != dump_workflow(document.workflow)


def test_saving_needs_a_place_that_can_be_written(specs: Mapping[str, NodeSpec], tmp_path: Path) -> None:
    document = Document(Workflow(), specs)
    with pytest.raises(UsageError, match="no file yet"):
        document.save()
    with pytest.raises(MissingFile, match="cannot be written"):
        document.save(tmp_path / "nowhere" / "a.json")
    assert (document.path, document.title) == (None, "untitled")


def test_another_order_of_a_subgraphs_inputs_is_a_change(
    picture: Workflow, specs: Mapping[str, NodeSpec]
) -> None:
    grouped, inside = edits.group(picture, ["sampler"], "heart"), edits.Scope(("heart",))
    document = Document(grouped, specs)
    names = list(grouped.subgraphs["heart"].inputs)
    document.apply("Move", lambda w: edits.move_input(w, names[0], len(names), at=inside))
    assert list(document.workflow.subgraphs["heart"].inputs) == [*names[1:], names[0]]
    document.undo()
    assert list(document.workflow.subgraphs["heart"].inputs) == names
    assert document.apply("Move", lambda w: edits.move_input(w, names[0], 0, at=inside)) is None


def test_half_a_character_is_no_reason_to_crash_when_saving(tmp_path: Path) -> None:
    document = Document(load_workflow("text_to_image"), {})
    document.apply("name", lambda w: w.model_copy(update={"name": "ink\ud800"}))
    with pytest.raises(MissingFile, match="half a character follows"):
        document.save(tmp_path / "mine.json")
    assert list(tmp_path.iterdir()) == []
