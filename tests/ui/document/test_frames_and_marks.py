"""Frames, notes, the panel, bookmarks, wireless outputs, and what a subgraph shows."""

from __future__ import annotations

from nodeflow.document.files import dump_workflow, parse_workflow
from nodeflow.document.model import Mode, Workflow
from nodeflow.document.values import GraphInput, Link
from nodeflow.graph.flatten import flatten
from ui.document import Scope, edits

INSIDE = Scope(("part",))


def test_a_frame_moves_with_its_nodes_and_notes(picture: Workflow) -> None:
    framed = edits.add_frame(picture, ["prompt", "negative"], "texts", (260, -40), (300, 500))
    noted = edits.add_note(edits.add_note(framed, "inside", (270, 0)), "outside", (0, 0))
    moved = edits.move_frame(noted, 0, 10, 20)
    assert moved.layout["prompt"].position == (290, 20)
    assert moved.frames[0].position == (270, -20)
    assert [note.position for note in moved.notes] == [(280, 20), (0, 0)]
    assert moved.layout["latent"] == picture.layout["latent"]


def test_a_node_lies_in_one_frame(picture: Workflow) -> None:
    first = edits.add_frame(picture, ["prompt", "negative"], "one")
    second = edits.add_frame(first, ["prompt"], "two")
    assert [frame.nodes for frame in second.frames] == [("negative",), ("prompt",)]
    back = edits.set_frame_nodes(second, 0, ["prompt", "negative"])
    assert [frame.nodes for frame in back.frames] == [("prompt", "negative"), ()]
    assert dump_workflow(edits.remove_frame(first, 0)) == dump_workflow(picture)


def test_a_frame_mutes_its_nodes(picture: Workflow) -> None:
    muted = edits.set_frame_mode(edits.add_frame(picture, ["prompt"]), 0, Mode.MUTE)
    assert muted.modes() == {"prompt": Mode.MUTE}


def test_frames_and_notes_are_changed_one_at_a_time(picture: Workflow) -> None:
    noted = edits.add_note(edits.add_note(picture, "a", (0, 0), (80, 40)), "b", (1, 1))
    noted = edits.color_note(edits.place_note(edits.set_note(noted, 1, "c"), 1, (5, 6), (7, 8)), 1, "#000000")
    assert (noted.notes[0].text, noted.notes[0].color) == ("a", None)
    assert (noted.notes[1].text, noted.notes[1].position, noted.notes[1].size) == ("c", (5, 6), (7, 8))
    assert edits.remove_note(noted, 0).notes == noted.notes[1:]
    framed = edits.color_frame(edits.rename_frame(edits.add_frame(picture, []), 0, "x"), 0, "#123456")
    framed = edits.resize_frame(framed, 0, (1, 2), (3, 4))
    assert framed.frames[0].model_dump(exclude_none=True, exclude={"nodes"}) == {
        "title": "x",
        "color": "#123456",
        "position": (1, 2),
        "size": (3, 4),
    }


def test_the_panel_has_an_order_and_labels(picture: Workflow) -> None:
    panel = edits.show_on_panel(edits.show_on_panel(picture, "prompt.text", "Prompt"), "sampler.seed")
    panel = edits.move_on_panel(panel, "sampler.seed", 0)
    assert panel.extra["panel"] == [{"input": "sampler.seed"}, {"input": "prompt.text", "label": "Prompt"}]
    relabelled = edits.show_on_panel(panel, "sampler.seed", "Luck")
    assert [entry.label for entry in edits.panel_inputs(relabelled)] == ["Luck", "Prompt"]
    assert [e.place[1] for e in edits.panel_inputs(edits.remove_nodes(panel, ["sampler"]))] == ["prompt"]
    empty = edits.hide_from_panel(edits.hide_from_panel(panel, "sampler.seed"), "prompt.text")
    assert dump_workflow(empty) == dump_workflow(picture)


def test_bookmarks_survive_saving_but_not_the_loss_of_their_graph(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt"], "part")
    marked = edits.set_bookmark(grouped, "texts", edits.Bookmark((1, 2.5), 0.5, INSIDE))
    marked = parse_workflow(dump_workflow(edits.set_bookmark(marked, "all", edits.Bookmark((0, 0)))))
    assert edits.bookmarks(marked) == {
        "texts": edits.Bookmark((1, 2.5), 0.5, INSIDE),
        "all": edits.Bookmark((0, 0)),
    }
    assert list(edits.bookmarks(edits.ungroup(marked, "part"))) == ["all"]
    assert edits.bookmarks(edits.remove_bookmark(edits.remove_bookmark(marked, "all"), "texts")) == {}


def test_a_wireless_output_changes_nothing_but_drawing(picture: Workflow) -> None:
    wireless = edits.set_wireless(picture, "checkpoint.model", "base")
    assert edits.wireless_outputs(wireless) == {Link("checkpoint", "model"): "base"}
    assert wireless.nodes == picture.nodes
    renamed = edits.set_wireless(wireless, "checkpoint.model", "other")
    assert renamed.extra["wireless"] == {"checkpoint.model": "other"}
    assert dump_workflow(edits.set_wireless(renamed, "checkpoint.model", None)) == dump_workflow(picture)
    copied = edits.duplicate(wireless, ["checkpoint"])
    assert edits.wireless_outputs(copied)[Link("checkpoint_2", "model")] == "base_2"


def test_a_wireless_output_reaches_into_subgraphs_through_one_input(picture: Workflow) -> None:
    model, deep = Link("checkpoint", "model"), Scope(("outer", "inner"))
    nested = edits.group(edits.group(picture, ["prompt", "negative"], "inner"), ["inner"], "outer")
    for name in ("prompt", "negative"):
        link = edits.find_link(nested, GraphInput("model"), edits.Target(name, "model"), at=deep)
        nested = edits.disconnect(nested, link, at=deep)
    nested = edits.hide_input(edits.hide_input(nested, "model", at=deep), "model", at=deep.outer)
    once = edits.use_wireless(nested, model, "prompt.model", at=deep)
    assert once.nodes["outer"].inputs["model"] == model
    assert once.subgraphs["outer"].nodes["inner"].inputs["model"] == GraphInput("model")
    assert once.subgraphs["inner"].nodes["prompt"].inputs["model"] == GraphInput("model")
    flat = edits.use_wireless(picture, model, "decode.model")
    assert flat == picture
    inner = edits.group(picture, ["prompt", "negative"], "part")
    link = edits.find_link(inner, GraphInput("model"), edits.Target("prompt", "model"), at=INSIDE)
    again = edits.use_wireless(edits.disconnect(inner, link, at=INSIDE), model, "prompt.model", at=INSIDE)
    assert again == inner, "an input that brings it already is used again"


def test_what_other_programs_wrote_is_left_alone(picture: Workflow) -> None:
    extra = {"wireless": 3, "panel": [7, {"input": 3}, {"input": "x"}], "bookmarks": {"a": 1}, "other": 1}
    strange = picture.model_copy(update={"extra": extra})
    assert edits.wireless_outputs(strange) == {}
    assert edits.panel_inputs(strange) == []
    assert edits.bookmarks(strange) == {}
    assert edits.rename_node(strange, "prompt", "text").extra == extra


def test_a_subgraph_shows_renames_and_hides_an_input(picture: Workflow) -> None:
    grouped = edits.group(picture, ["sampler"], "part")
    shown = edits.show_input(grouped, "sampler.steps", "detail", at=INSIDE)
    assert shown.subgraphs["part"].inputs["detail"].default == 25
    assert shown.subgraphs["part"].nodes["sampler"].inputs["steps"] == GraphInput("detail")
    used = edits.set_input(shown, "part.detail", 30)
    renamed = edits.rename_input(used, "detail", "steps", at=INSIDE)
    assert renamed.nodes["part"].inputs["steps"] == 30
    assert not flatten(renamed).problems
    hidden = edits.hide_input(renamed, "steps", at=INSIDE)
    assert hidden.nodes == grouped.nodes
    assert hidden.subgraphs["part"].nodes["sampler"].inputs["steps"] == 25


def test_a_subgraph_shows_renames_and_hides_an_output(picture: Workflow) -> None:
    grouped = edits.group(picture, ["sampler", "decode"], "part")
    shown = edits.show_output(grouped, "sampler.latent", at=INSIDE)
    assert list(shown.subgraphs["part"].outputs) == ["image", "latent"]
    renamed = edits.rename_output(shown, "image", "picture", at=INSIDE)
    assert renamed.nodes["save"].inputs["image"] == Link("part", "picture")
    hidden = edits.hide_output(renamed, "picture", at=INSIDE)
    assert "image" not in hidden.nodes["save"].inputs


def test_removing_what_feeds_an_output_keeps_the_output(picture: Workflow) -> None:
    grouped = edits.group(picture, ["sampler", "decode"], "part")
    removed = edits.remove_nodes(grouped, ["decode"], at=INSIDE)
    assert removed.subgraphs["part"].outputs == {"image": None}
    assert removed.nodes["save"].inputs["image"] == Link("part", "image")
