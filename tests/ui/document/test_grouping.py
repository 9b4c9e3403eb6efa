"""Grouping and ungrouping: what is computed stays the same, and the one undoes the other."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeflow.document.files import dump_workflow, parse_workflow
from nodeflow.document.model import Mode, Workflow
from nodeflow.document.values import GraphInput, Link
from nodeflow.graph import Graph
from nodeflow.node.registry import Registry
from ui.document import EditRefused, Scope, edits

INSIDE = Scope(("part",))


def random_workflow(r: random.Random) -> Workflow:
    """Adding and totalling nodes that feed later ones, some in frames, some muted, some with seeds."""
    nodes: dict[str, Any] = {}
    for index in range(r.randint(1, 8)):
        feeds = [{"from": f"n{r.randrange(index)}.number"} for _ in range(r.randint(0, 3)) if index]
        numbers: dict[str, Any] = {"numbers": [*feeds, r.randint(0, 9)]}
        inputs = numbers if r.random() < 0.5 else {"a": feeds[0] if feeds else 1, "b": r.randint(0, 9)}
        nodes[f"n{index}"] = {"type": "Total" if "numbers" in inputs else "Add", "inputs": inputs}
        if r.random() < 0.15:
            nodes[f"n{index}"]["mode"] = "mute"
    names = list(nodes)
    framed = r.sample(names, r.randint(0, len(names)))
    frames = [{"title": "f", "nodes": framed, "mode": r.choice([None, "mute"])}] if framed else []
    layout = {name: {"position": [r.randint(0, 99), r.randint(0, 99)]} for name in names}
    return Workflow.model_validate({"nodes": nodes, "frames": frames, "layout": layout})


def computed(workflow: Workflow, registry: Registry) -> Any:
    """What runs, whatever the names of groups around it."""
    graph = Graph.build(workflow, registry)

    def bare(text: str) -> str:
        return text.replace("part/", "")

    inputs = {bare(name): bare(str(dict(node.inputs))) for name, node in graph.nodes.items()}
    return inputs, {bare(name) for name in graph.left_out}, {bare(str(p)) for p in graph.problems}


@given(st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_a_group_computes_the_same_and_comes_apart_again(registry: Registry, r: random.Random) -> None:
    workflow = random_workflow(r)
    chosen = r.sample(list(workflow.nodes), r.randint(1, len(workflow.nodes)))
    try:
        grouped = edits.group(workflow, chosen, "part")
    except EditRefused:
        return  # something lies between the chosen ones
    assert computed(parse_workflow(dump_workflow(grouped)), registry) == computed(workflow, registry)
    apart = edits.ungroup(grouped, "part")
    assert computed(apart, registry) == computed(workflow, registry)
    assert apart.layout == workflow.layout
    assert not apart.subgraphs
    kept = {name: node.inputs for name, node in workflow.nodes.items()}
    assert {name: node.inputs for name, node in apart.nodes.items()} == kept
    assert {name for frame in apart.frames for name in frame.nodes} == {
        name for frame in workflow.frames for name in frame.nodes if _stays(frame, chosen, name)
    }


def _stays(frame: Any, chosen: list[str], name: str) -> bool:
    """A frame that a group straddles loses the nodes that went into it."""
    whole = set(frame.nodes) <= set(chosen) or set(chosen) <= set(frame.nodes)
    return whole or name not in chosen


def test_links_that_cross_become_inputs_and_outputs(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt", "negative", "sampler"], "part")
    part = grouped.subgraphs["part"]
    assert list(part.inputs) == ["model", "latent"], "one input for all that come from the same output"
    assert part.outputs == {"latent": Link("sampler", "latent")}
    assert grouped.nodes["part"].inputs["latent"] == Link("latent", "latent")
    assert part.nodes["sampler"].inputs["model"] == GraphInput("model")
    assert part.nodes["prompt"].inputs["text"] == "a red apple"
    assert grouped.nodes["decode"].inputs["latent"] == Link("part", "latent")
    assert list(grouped.nodes) == ["checkpoint", "part", "latent", "decode", "save"]
    assert part.seeds
    assert not grouped.seeds


def test_the_template_comes_apart_byte_for_byte(picture: Workflow) -> None:
    apart = edits.ungroup(edits.group(picture, ["prompt", "negative"]), "group")
    assert dump_workflow(apart) == dump_workflow(picture)


def test_a_group_moves_its_nodes_with_it(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt", "negative"], "part")
    moved = edits.ungroup(edits.move_nodes(grouped, ["part"], 100, 10), "part")
    assert moved.layout["negative"].position == (380, 230)


def test_values_of_one_use_go_into_the_nodes_when_it_comes_apart(picture: Workflow) -> None:
    grouped = edits.group(picture, ["sampler"], "part")
    shown = edits.show_input(grouped, "sampler.seed", at=INSIDE)
    used = edits.set_input(shown, "part.seed", 99)
    apart = edits.ungroup(
        edits.set_seed_mode(used, "part", "seed", grouped.subgraphs["part"].seeds["sampler.seed"]), "part"
    )
    assert apart.nodes["sampler"].inputs["seed"] == 99
    assert apart.seeds == picture.seeds


def test_a_muted_group_leaves_muted_nodes(picture: Workflow) -> None:
    muted = edits.set_mode(edits.group(picture, ["prompt", "negative"], "part"), ["part"], Mode.MUTE)
    apart = edits.ungroup(muted, "part")
    assert apart.modes() == {"prompt": Mode.MUTE, "negative": Mode.MUTE}


def test_other_uses_keep_the_definition(picture: Workflow) -> None:
    twice = edits.duplicate(edits.group(picture, ["prompt"], "part"), ["part"], incoming=True)
    once = edits.ungroup(twice, "part")
    assert list(once.subgraphs) == ["part"]
    assert once.nodes["part_2"].inputs == {"model": Link("checkpoint", "model")}
    assert not edits.remove_nodes(once, ["part_2"]).subgraphs


def test_names_that_are_taken_get_a_number(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt"], "part")
    added = edits.add_node(grouped, "TextEncode", (0, 0), name="prompt")
    apart = edits.ungroup(added, "part")
    assert apart.nodes["prompt_2"].inputs["text"] == "a red apple"
    assert apart.nodes["sampler"].inputs["positive"] == Link("prompt_2", "conditioning")


def test_a_group_within_a_group(picture: Workflow, registry: Registry) -> None:
    outer = edits.group(picture, ["prompt", "negative", "sampler"], "part")
    inner = edits.group(outer, ["prompt", "negative"], "texts", at=INSIDE)
    assert inner.subgraphs["part"].nodes["texts"].inputs == {"model": GraphInput("model")}
    apart = edits.ungroup(edits.ungroup(inner, "part"), "texts")
    assert apart.nodes == picture.nodes


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "Select the nodes to group first."),
        (["prompt", "decode"], "sampler lies between these nodes: select it too, or fewer of them."),
        (["nobody"], "There is no node 'nobody' any more."),
    ],
)
def test_refusals(picture: Workflow, names: list[str], message: str) -> None:
    with pytest.raises(EditRefused) as refused:
        edits.group(picture, names)
    assert refused.value.message == message


def test_only_a_subgraph_comes_apart(picture: Workflow) -> None:
    with pytest.raises(EditRefused, match="sampler is no subgraph: there is nothing to take apart"):
        edits.ungroup(picture, "sampler")


def test_marks_go_in_and_out_with_their_nodes(picture: Workflow, specs: Mapping[str, Any]) -> None:
    marked = edits.set_wireless(
        edits.show_on_panel(picture, "sampler.seed", "Seed"), "sampler.latent", "noise"
    )
    grouped = edits.group(marked, ["sampler"], "part")
    assert edits.panel_inputs(grouped)[0].place == ("part", "sampler", "seed")
    assert edits.wireless_outputs(grouped, at=INSIDE) == {Link("sampler", "latent"): "noise"}
    assert edits.ungroup(grouped, "part").extra == marked.extra
