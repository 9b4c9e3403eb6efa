"""A switch in the editor: as many values as are needed, and the type of what it chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from nodeflow.document.model import Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import GraphInput, Link
from nodeflow.node.annotations import Range
from nodeflow.node.spec import NodeSpec
from ui.document import can_connect
from ui.document.sockets import Sockets

Specs = Mapping[str, NodeSpec]


def switched(**inputs: Any) -> Workflow:
    links = {key: {"from": item} if isinstance(item, str) else item for key, item in inputs.items()}
    nodes = {
        "empty": {"type": "EmptyLatent"},
        "picture": {"type": "LoadImage"},
        "decode": {"type": "VAEDecode"},
        "save": {"type": "SaveImage"},
        "switch": {"type": "Switch", "inputs": links},
    }
    return Workflow.model_validate({"nodes": nodes})


def spec_of(workflow: Workflow, specs: Specs) -> NodeSpec:
    return Sockets(workflow, specs).spec("switch")


@pytest.mark.parametrize(
    ("inputs", "values", "most"),
    [
        ({}, 2, 2),
        ({"value_1": "empty.latent"}, 2, 2),
        ({"value_1": "empty.latent", "value_2": "picture.image"}, 3, 2),
        ({"value_4": "empty.latent"}, 5, 4),
        ({"choice": 3}, 3, 3),
        ({"value_8": "empty.latent"}, 8, 8),
        ({"choice": 70}, 2, 2),
        ({"choice": "picture.image"}, 2, 2),
    ],
)
def test_there_is_always_a_free_value(inputs: Any, values: int, most: int, specs: Specs) -> None:
    entry, *others = spec_of(switched(**inputs), specs).inputs
    assert [item.name for item in others] == [f"value_{number}" for number in range(1, values + 1)]
    assert (entry.name, entry.widget) == ("choice", Range(1, most))


@pytest.mark.parametrize(
    ("choice", "name"), [(1, "Latent"), (2, "Image"), (3, "Latent"), ("picture.image", "Latent")]
)
def test_the_output_has_the_type_of_the_chosen_value(choice: Any, name: str, specs: Specs) -> None:
    workflow = switched(choice=choice, value_1="empty.latent", value_2="picture.image")
    assert spec_of(workflow, specs).outputs[0].socket.name == name
    assert can_connect(workflow, specs, "switch.value", "save.image").ok is (name == "Image")
    assert can_connect(workflow, specs, "switch.value", "decode.latent").ok is (name == "Latent")


def test_a_switch_takes_anything(specs: Specs) -> None:
    workflow = switched(value_1="empty.latent")
    assert can_connect(workflow, specs, "picture.image", "switch.value_1").ok
    assert can_connect(workflow, specs, "picture.image", "switch.value_2").ok
    assert Sockets(workflow, {}).known("switch")


def test_what_a_file_says_beyond_stays_visible(specs: Specs) -> None:
    assert spec_of(switched(value_12="empty.latent"), specs).input("value_12") is not None


@pytest.mark.parametrize("type_id", ["Switch", "Reroute"])
def test_an_input_of_a_subgraph_has_the_type_it_has_behind_switches(type_id: str, specs: Specs) -> None:
    place = "value_2" if type_id == "Switch" else "value"
    body = {
        "inputs": {"x": {}, "which": {}},
        "nodes": {
            "pass": {"type": type_id, "inputs": {place: {"input": "x"}}},
            "s": {"type": "Switch", "inputs": {"choice": {"input": "which"}}},
            "save": {"type": "SaveImage", "inputs": {"image": {"from": "pass.value"}}},
        },
    }
    nodes = {"use": {"type": "Subgraph", "subgraph": "body"}}
    workflow = Workflow.model_validate({"nodes": nodes, "subgraphs": {"body": body}})
    types = {item.name: item.socket.name for item in Sockets(workflow, specs).spec("use").inputs}
    assert types == {"x": "Image", "which": "Integer"}
    inside = Sockets(workflow, specs, Scope(("use",)))
    assert inside.of_source(GraphInput("x")).name == "Image"
    assert inside.of_source(Link("pass", "value")).name == "Image"


def test_switches_in_a_ring_have_no_type(specs: Specs) -> None:
    assert spec_of(switched(value_1="switch.value"), specs).outputs[0].socket.name == "Any"
