"""Edits on nodes and links: what follows a name, what is refused and in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from nodeflow.document.files import dump_workflow, parse_workflow
from nodeflow.document.model import Mode, SeedMode, Workflow
from nodeflow.document.values import GraphInput, Link, Quoted, Several
from nodeflow.node.spec import NodeSpec
from ui.document import EditRefused, Scope, edits
from ui.document.edits import Target

INSIDE = Scope(("part",))
Edit = Callable[[Workflow], Workflow]

REFUSALS: list[tuple[Edit, str]] = [
    (lambda w: edits.rename_node(w, "prompt", "sampler"), "The name 'sampler' is taken."),
    (
        lambda w: edits.rename_node(w, "prompt", "a.b"),
        "'a.b' cannot be a name: a name has 1 to 100 characters, without '.', '/' or '\\', "
        "and no space at either end.",
    ),
    (lambda w: edits.rename_node(w, "nobody", "a"), "There is no node 'nobody' any more."),
    (lambda w: edits.add_node(w, "X", (0, 0), name="prompt"), "The name 'prompt' is taken."),
    (lambda w: edits.connect(w, "prompt", "sampler.latent"), "'prompt' names no output."),
    (lambda w: edits.connect(w, "prompt.x", "sampler"), "'sampler' names no input."),
    (lambda w: edits.connect(w, "nobody.x", "sampler.model"), "There is no node 'nobody' any more."),
    (lambda w: edits.connect(w, "prompt.x", "nobody.model"), "There is no node 'nobody' any more."),
    (lambda w: edits.connect(w, "prompt.x", "prompt.model"), "prompt cannot feed itself."),
    (
        lambda w: edits.connect(w, "decode.image", "prompt.text"),
        "That would make a cycle: decode already depends on prompt.",
    ),
    (lambda w: edits.connect(w, "prompt.x", Target(None, "y")), "There is no subgraph output 'y' here."),
    (
        lambda w: edits.connect(w, GraphInput("y"), "prompt.text"),
        "There is no subgraph input 'y' here.",
    ),
    (
        lambda w: edits.disconnect(w, edits.Connection(Link("prompt", "x"), Target("sampler", "positive"))),
        "That link is not there any more.",
    ),
    (
        lambda w: edits.disconnect(w, edits.find_link(w, "a.b", Target("c", "d"))),
        "That link is not there any more.",
    ),
    (
        lambda w: edits.set_input(w, "prompt.text", float("nan")),
        "prompt.text cannot hold this: it cannot be written in a file.",
    ),
    (
        lambda w: edits.set_input(w, "prompt.text", "\ud800"),
        "prompt.text cannot hold this: it cannot be written in a file.",
    ),
    (lambda w: edits.set_color(w, ["prompt"], "red"), "'red' is no colour; one reads like #20a0ff."),
    (lambda w: edits.set_mode(w, ["nobody"], None), "There is no node 'nobody' any more."),
    (lambda w: edits.set_note(w, 0, "x"), "That note is not there any more."),
    (lambda w: edits.rename_frame(w, 2, "x"), "That frame is not there any more."),
    (lambda w: edits.rename_subgraph(w, "x", "y"), "There is no subgraph 'x' any more."),
    (
        lambda w: edits.move_nodes(w, ["prompt"], 1, 1, at=INSIDE),
        "There is no subgraph node 'part' any more.",
    ),
    (
        lambda w: edits.show_input(w, "sampler.seed", at=Scope()),
        "Only a subgraph has inputs and outputs of its own.",
    ),
    (lambda w: edits.set_wireless(w, "prompt.x", " "), "A wireless output needs a name."),
    (
        lambda w: edits.set_wireless(edits.set_wireless(w, "prompt.x", "a"), "latent.y", "a"),
        "Another output is called 'a' already.",
    ),
    (lambda w: edits.move_on_panel(w, "sampler.seed", 0), "sampler.seed is not on the panel."),
    (lambda w: edits.set_bookmark(w, "", edits.Bookmark((0, 0))), "A bookmark needs a name."),
]


@pytest.mark.parametrize(("edit", "message"), REFUSALS, ids=[message for _, message in REFUSALS])
def test_refusals_are_one_plain_sentence(picture: Workflow, edit: Edit, message: str) -> None:
    before = dump_workflow(picture)
    with pytest.raises(EditRefused) as refused:
        edit(picture)
    assert refused.value.message == message
    assert dump_workflow(picture) == before


def test_a_new_node_has_a_readable_name_and_its_types_version(
    picture: Workflow, specs: Mapping[str, NodeSpec]
) -> None:
    added = edits.add_node(picture, specs["Sampler"], (10.04, 20.0), {"steps": 3, "model": {"from": "a.b"}})
    assert list(added.nodes)[-1] == "sampler_2"
    assert added.nodes["sampler_2"].version == specs["Sampler"].version
    assert added.nodes["sampler_2"].inputs == {"steps": 3, "model": Link("a", "b")}
    assert '"sampler_2": {"position": [10, 20]}' in dump_workflow(added)
    assert edits.name_for(picture, "LoRALoader") == "lora_loader"
    assert edits.name_for(picture, "x.y/Fancy Node") == "xyfancy node"


def test_a_rename_is_followed_by_everything(picture: Workflow) -> None:
    framed = edits.add_frame(edits.show_on_panel(picture, "sampler.seed"), ["sampler"])
    renamed = edits.rename_node(
        edits.set_wireless(framed, "sampler.latent", "noise"), "sampler", "first pass"
    )
    text = dump_workflow(renamed)
    assert "sampler." not in text
    assert '"sampler"' not in text
    assert list(renamed.nodes)[4] == "first pass"
    back = edits.rename_node(renamed, "first pass", "sampler")
    assert back.nodes == picture.nodes
    assert list(back.layout) == list(picture.layout)


def test_removing_takes_links_seeds_and_layout_along(picture: Workflow) -> None:
    removed = edits.remove_nodes(edits.add_frame(picture, ["sampler", "save"]), ["sampler"])
    assert "sampler" not in dump_workflow(removed)
    assert removed.nodes["decode"].inputs == {"model": Link("checkpoint", "model")}
    assert removed.frames[0].nodes == ("save",)


def test_several_links_are_appended_and_taken_away_one_by_one(picture: Workflow) -> None:
    workflow = edits.connect(picture, "prompt.conditioning", "save.image", append=True)
    assert workflow.nodes["save"].inputs["image"] == Several(
        (Link("decode", "image"), Link("prompt", "conditioning"))
    )
    first = edits.find_link(workflow, "decode.image", Target("save", "image"))
    less = edits.disconnect(workflow, first)
    assert less.nodes["save"].inputs["image"] == Several((Link("prompt", "conditioning"),))
    assert "image" not in edits.disconnect(less, "save.image").nodes["save"].inputs


def test_a_link_takes_the_place_of_a_value_and_of_another_link(picture: Workflow) -> None:
    workflow = edits.connect(picture, "checkpoint.model", "prompt.text")
    assert workflow.nodes["prompt"].inputs["text"] == Link("checkpoint", "model")
    assert edits.set_input(workflow, "prompt.text", "apple").nodes["prompt"].inputs["text"] == "apple"


@pytest.mark.parametrize(
    "value", [{"from": "a.b"}, {"from": 3}, {"input": "x"}, {"value": 1}, [{"from": "a.b"}]]
)
def test_a_value_that_looks_like_a_link_stays_a_value(picture: Workflow, value: object) -> None:
    workflow = parse_workflow(dump_workflow(edits.set_input(picture, "prompt.text", value)))
    assert workflow.nodes["prompt"].inputs["text"] == Quoted(value)


def test_resetting_an_input_gives_it_its_default_again(picture: Workflow) -> None:
    assert "steps" not in edits.reset_input(picture, "sampler.steps").nodes["sampler"].inputs


def test_modes_are_toggled_for_all_at_once(picture: Workflow) -> None:
    muted = edits.set_mode(picture, ["prompt"], Mode.MUTE)
    both = edits.toggle_mode(muted, ["prompt", "negative"], Mode.MUTE)
    assert both.modes() == {"prompt": Mode.MUTE, "negative": Mode.MUTE}
    assert dump_workflow(edits.toggle_mode(both, ["prompt", "negative"], Mode.MUTE)) == dump_workflow(picture)


def test_looks_that_are_taken_back_leave_no_trace(picture: Workflow) -> None:
    changed = edits.set_comment(edits.collapse(picture, ["save"], True), "save", "here")
    changed = edits.resize(edits.set_color(changed, ["save"], "#20a0ff"), "save", (300, 99.96))
    assert '"save": {"position": [1160, 120], "size": [300, 100], "collapsed": true' in dump_workflow(changed)
    back = edits.set_comment(edits.collapse(changed, ["save"], False), "save", "")
    back = edits.resize(edits.set_color(back, ["save"], None), "save", None)
    assert dump_workflow(back) == dump_workflow(picture)


def test_seed_modes_come_and_go(picture: Workflow) -> None:
    random = edits.set_seed_mode(picture, "sampler", "seed", SeedMode.RANDOMIZE)
    assert random.seeds == {"sampler.seed": SeedMode.RANDOMIZE}
    assert not edits.set_seed_mode(random, "sampler", "seed", None).seeds


def test_edits_inside_a_subgraph_change_its_definition(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt", "negative"], "part")
    changed = edits.set_input(grouped, "prompt.text", "a pear", at=INSIDE)
    assert changed.subgraphs["part"].nodes["prompt"].inputs["text"] == "a pear"
    assert changed.nodes == grouped.nodes
    renamed = edits.rename_subgraph(changed, "part", "texts")
    assert renamed.nodes["part"].subgraph == "texts"
    assert list(renamed.subgraphs) == ["texts"]
