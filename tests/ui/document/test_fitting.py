"""Edits that look at types: what can be linked, what converts, and what stays linked."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.document.values import GraphInput, Link, Several
from nodeflow.errors import MissingFile
from nodeflow.graph import Graph
from nodeflow.node.registry import Registry
from nodeflow.node.spec import NodeSpec
from ui.document import EditRefused, Scope, can_connect, edits
from ui.document.edits import Target
from ui.document.problems import at_nodes, problems
from ui.document.sockets import Sockets

Specs = Mapping[str, NodeSpec]
INSIDE = Scope(("part",))


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("sampler.latent", "save.image", ("save.image takes Image, not Latent.", ("VAEDecode",))),
        ("checkpoint.model", "sampler.latent", ("sampler.latent takes Latent, not Model.", ())),
        ("prompt.conditioning", "sampler.latent", ("sampler.latent takes Latent, not Conditioning.", ())),
        (
            "decode.image",
            "sampler.latent",
            ("That would make a cycle: decode already depends on sampler.", ()),
        ),
        ("decode.image", "save.image", ("They are linked already.", ())),
        ("nobody.image", "save.image", ("There is no node 'nobody' any more.", ())),
        ("nobody", "save.image", ("'nobody' names no output.", ())),
    ],
)
def test_why_not(
    picture: Workflow, specs: Specs, source: str, target: str, expected: tuple[str, tuple[str, ...]]
) -> None:
    verdict = can_connect(picture, specs, source, target)
    assert not verdict.ok
    assert (verdict.reason, verdict.converters) == expected


def test_what_fits_may_be_linked_and_several_join(
    picture: Workflow, specs: Specs, registry: Registry
) -> None:
    assert can_connect(picture, specs, "negative.conditioning", "sampler.positive").ok
    known = {node.spec.type: node.spec for node in registry}
    sums = Workflow.model_validate(
        {
            "nodes": {
                "a": {"type": "Number"},
                "b": {"type": "Number"},
                "t": {"type": "Total", "inputs": {"numbers": [{"from": "a.number"}]}},
            }
        }
    )
    verdict = can_connect(sums, known, "b.number", "t.numbers")
    assert (verdict.ok, verdict.append) == (True, True)
    assert not can_connect(sums, known, "a.number", "t.numbers").ok


def test_a_converter_goes_in_between_with_the_model_it_needs(picture: Workflow, specs: Specs) -> None:
    bare = edits.remove_nodes(picture, ["decode"])
    linked = edits.connect_through(
        bare, specs, "sampler.latent", Target("save", "image"), "VAEDecode", position=(900, 120)
    )
    assert linked.nodes["vae_decode"].inputs == picture.nodes["decode"].inputs
    assert linked.nodes["save"].inputs["image"] == Link("vae_decode", "image")
    with pytest.raises(EditRefused, match="There is no node type 'Nobody'"):
        edits.connect_through(
            bare, specs, "sampler.latent", Target("save", "image"), "Nobody", position=(0, 0)
        )
    with pytest.raises(
        EditRefused, match=r"LoadImage does not turn sampler\.latent into what save\.image takes"
    ):
        edits.connect_through(
            bare, specs, "sampler.latent", Target("save", "image"), "LoadImage", position=(0, 0)
        )


def test_a_node_goes_into_a_link(picture: Workflow, specs: Specs) -> None:
    link = edits.find_link(picture, "checkpoint.model", Target("sampler", "model"))
    inserted = edits.insert_node(picture, specs, specs["LoRALoader"], link, (300, 0))
    assert inserted.nodes["lora_loader"].inputs["model"] == Link("checkpoint", "model")
    assert inserted.nodes["sampler"].inputs["model"] == Link("lora_loader", "model")
    assert inserted.nodes["decode"].inputs["model"] == Link("checkpoint", "model")
    with pytest.raises(
        EditRefused, match=r"save_image does not fit between checkpoint\.model and sampler\.model"
    ):
        edits.insert_node(picture, specs, specs["SaveImage"], link, (0, 0))


def test_what_follows_makes_room_for_a_node_in_a_short_link(picture: Workflow, specs: Specs) -> None:
    picture = edits.place_nodes(
        picture, {"checkpoint": (0, 0), "sampler": (300, 0), "decode": (600, 50), "prompt": (0, 300)}
    )
    link = edits.find_link(picture, "checkpoint.model", Target("sampler", "model"))
    inserted = edits.insert_node(picture, specs, specs["LoRALoader"], link, (200, 20))
    room = edits.make_room(inserted, "lora_loader", {"checkpoint": (240, 100), "sampler": (240, 300)})
    places = {name: layout.position for name, layout in room.layout.items()}
    assert places["lora_loader"] == (280, 20)
    assert places["sampler"] == (540, 0), "right of the node, which is of the usual width"
    assert places["decode"] == (840, 50)
    assert places["checkpoint"] == (0, 0)
    assert places["prompt"] == (0, 300)
    assert edits.make_room(room, "lora_loader") == room


def test_nothing_makes_room_where_there_is_enough(picture: Workflow, specs: Specs) -> None:
    picture = edits.place_nodes(picture, {"checkpoint": (0, 0), "sampler": (300, 0)})
    link = edits.find_link(picture, "checkpoint.model", Target("sampler", "model"))
    below = edits.insert_node(picture, specs, specs["LoRALoader"], link, (200, 500))
    assert edits.make_room(below, "lora_loader") == below


def test_a_bend_goes_into_one_of_several_links(picture: Workflow) -> None:
    several = edits.connect(picture, "prompt.conditioning", "save.image", append=True)
    link = edits.find_link(several, "decode.image", Target("save", "image"))
    bent = edits.insert_reroute(several, link, (0, 0))
    assert bent.nodes["save"].inputs["image"] == Several(
        (Link("reroute", "value"), Link("prompt", "conditioning"))
    )
    assert bent.nodes["reroute"].inputs == {"value": Link("decode", "image")}


def test_removing_can_close_the_gap(specs: Specs) -> None:
    loras = load_workflow("two_loras")
    names = [name for name, node in loras.nodes.items() if node.type == "LoRALoader"]
    closed = edits.remove_nodes(loras, names, reconnect=True, specs=specs)
    sampler = next(node for node in closed.nodes.values() if node.type == "Sampler")
    feed = sampler.inputs["model"].node
    assert closed.nodes[feed].type == "CheckpointLoader"
    assert not Graph.build(closed, Registry.installed()).problems


def test_replacing_keeps_links_and_values_that_fit(picture: Workflow, specs: Specs) -> None:
    refined = edits.replace_node(picture, specs, "sampler", specs["Refiner"])
    node = refined.nodes["sampler"]
    assert node.type == "Refiner"
    assert node.inputs == picture.nodes["sampler"].inputs
    assert refined.nodes["decode"] == picture.nodes["decode"]
    shown = edits.replace_node(picture, specs, "save", specs["PreviewImage"])
    assert shown.nodes["save"].inputs == {"image": Link("decode", "image")}
    odd = edits.replace_node(picture, specs, "sampler", specs["VAEDecode"])
    assert odd.nodes["sampler"].inputs.keys() == {"model", "latent"}
    assert "latent" not in odd.nodes["decode"].inputs
    assert not odd.seeds


def test_an_unknown_node_keeps_its_sockets(picture: Workflow, specs: Specs) -> None:
    few = {name: spec for name, spec in specs.items() if name != "Sampler"}
    sockets = Sockets(picture, few)
    spec = sockets.spec("sampler")
    assert [item.name for item in spec.inputs] == list(picture.nodes["sampler"].inputs)
    assert [item.name for item in spec.outputs] == ["latent"]
    assert spec.input("steps").socket.name == "Integer"  # type: ignore[union-attr]
    assert not sockets.known("sampler")
    assert can_connect(picture, few, "sampler.latent", "save.image").ok, "nobody knows its type"


def test_reroutes_and_subgraphs_have_the_types_of_what_they_are_linked_to(
    picture: Workflow, specs: Specs
) -> None:
    grouped = edits.group(picture, ["prompt", "sampler"], "part")
    link = edits.find_link(grouped, "part.latent", Target("decode", "latent"))
    bent = edits.insert_reroute(grouped, link, (0, 0))
    sockets = Sockets(bent, specs)
    assert {item.name: item.socket.name for item in sockets.spec("part").inputs} == {
        "model": "Model",
        "negative": "Conditioning",
        "latent": "Latent",
    }
    assert sockets.of_source(Link("reroute", "value")).name == "Latent"
    assert not can_connect(bent, specs, "reroute.value", "save.image").ok
    assert Sockets(bent, specs, INSIDE).of_source(GraphInput("model")).name == "Model"


def test_a_cycle_in_a_file_does_not_hang_types(specs: Specs) -> None:
    cycle = Workflow.model_validate(
        {
            "nodes": {
                "a": {"type": "Reroute", "inputs": {"value": {"from": "b.value"}}},
                "b": {"type": "Reroute", "inputs": {"value": {"from": "a.value"}}},
            }
        }
    )
    assert Sockets(cycle, specs).of_source(Link("a", "value")).name == "Any"


class NoFiles:
    def model(self, name: str, widget: object) -> object:
        raise MissingFile(f"{name} is missing")

    def picture(self, name: str) -> object:
        raise MissingFile(f"{name} is missing")

    def wildcard(self, name: str) -> tuple[str, ...]:
        raise MissingFile(f"{name} is missing")


def test_problems_are_placed_at_node_and_input(picture: Workflow, specs: Specs) -> None:
    assert problems(picture, specs) == ()
    broken = edits.disconnect(edits.add_node(picture, "Nobody", (0, 0)), "save.image")
    found = at_nodes(problems(broken, specs, NoFiles()))
    assert {(name, p.input) for name, each in found.items() for p in each} == {
        ("nobody", None),
        ("save", "image"),
        ("checkpoint", "checkpoint"),
    }
    assert found["checkpoint"][0].message == "pocket is missing"


def test_a_problem_inside_shows_at_the_subgraph_node_too(picture: Workflow, specs: Specs) -> None:
    grouped = edits.group(picture, ["prompt", "negative"], "part")
    broken = edits.reset_input(grouped, "prompt.text", at=INSIDE)
    found = problems(broken, specs)
    assert at_nodes(found).keys() == {"part"}
    assert [p.input for p in at_nodes(found, INSIDE)["prompt"]] == ["text"]
