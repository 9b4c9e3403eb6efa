"""Subgraphs and reroutes vanish when a workflow is flattened."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.execution.plan import make_plan
from nodeflow.graph import Graph
from nodeflow.graph.flatten import MAX_DEPTH, MAX_NODES

MakeGraph = Callable[..., Graph]

INNER = ({"sum": ("Add", {"a": "$x", "b": "$y"})}, {"x": {}, "y": {"default": 10}}, {"out": "@sum.number"})
"""A subgraph that adds x and y, which is 10 unless something else is said."""


def sub(name: str = "inner", **inputs: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return "Subgraph", inputs, {"subgraph": name}


def lines(graph: Graph) -> list[str]:
    return [str(problem) for problem in graph.problems]


def feeds(graph: Graph) -> dict[str, list[str]]:
    return {name: list(node.feeds) for name, node in graph.nodes.items() if node.feeds}


def test_subgraph_used_twice_gives_two_sets_of_nodes(make_graph: MakeGraph) -> None:
    graph = make_graph({"one": sub(x=1), "two": sub(x="@one.out")}, {"inner": INNER}).check()
    assert sorted(graph.nodes) == ["one/sum", "two/sum"]
    assert feeds(graph) == {"two/sum": ["one/sum"]}


def test_subgraphs_nest(make_graph: MakeGraph) -> None:
    outer: Any = (
        {"deep": sub(x="$z"), "last": ("Add", {"a": "@deep.out"})},
        {"z": {}},
        {"out": "@last.number"},
    )
    graph = make_graph({"top": sub("outer", z=1)}, {"inner": INNER, "outer": outer}).check()
    assert feeds(graph) == {"top/last": ["top/deep/sum"]}


def test_input_passed_straight_through_is_a_wire(make_graph: MakeGraph) -> None:
    through: Any = ({}, {"x": {}, "y": {"default": 4}}, {"x": "$x", "y": "$y"})
    nodes = {
        "n": ("Add", {"a": 1}),
        "s": sub("through", x="@n.number"),
        "end": ("Add", {"a": "@s.x", "b": "@s.y"}),
    }
    graph = make_graph(nodes, {"through": through}).check()
    assert feeds(graph) == {"end": ["n"]}
    assert graph.nodes["end"].inputs["b"].value == 4  # type: ignore[union-attr]


def test_optional_input_left_alone_is_unset_inside(make_graph: MakeGraph) -> None:
    inner: Any = ({"n": ("Optional", {"value": "$x"})}, {"x": {"required": False}}, {})
    graph = make_graph({"s": sub()}, {"inner": inner}).check()
    assert graph.nodes["s/n"].inputs == {}


def test_faults_of_subgraphs_are_named(make_graph: MakeGraph) -> None:
    nodes = {
        "lost": sub("nowhere"),
        "unsaid": ("Subgraph", {}),
        "missing": sub(),
        "extra": sub(x=1, z=2),
        "wrong": ("Add", {"a": "@extra.nothing"}),
    }
    assert lines(make_graph(nodes, {"inner": INNER})) == [
        "lost: there is no subgraph 'nowhere'. The workflow has: inner",
        'unsaid: needs "subgraph". The workflow has: inner',
        "missing.x: the subgraph needs this input. Set it or link it",
        "extra.z: the subgraph has no such input. It has: x, y",
        "wrong.a: 'extra' has no output 'nothing'. It has: out",
    ]


def test_problem_inside_a_subgraph_names_the_whole_path(make_graph: MakeGraph) -> None:
    inner: Any = ({"sum": ("Add", {"a": "text", "b": "@ghost.number", "c": "$z"})}, {}, {})
    assert lines(make_graph({"s": sub()}, {"inner": inner})) == [
        "s/sum.b: is linked to 'ghost', and there is no such node",
        "s/sum.c: there is no subgraph input 'z' around this node",
        "s/sum.c: Add has no such input. It has: a, b",
        "s/sum.a: must be a whole number, not 'text'",
    ]


def test_subgraph_inside_itself_is_refused(make_graph: MakeGraph) -> None:
    one: Any
    two: Any
    one, two = ({"b": sub("two")}, {}, {}), ({"a": sub("one")}, {}, {})
    assert lines(make_graph({"s": sub("one")}, {"one": one, "two": two})) == [
        "s/b/a: the subgraph 'one' contains itself"
    ]


@pytest.mark.parametrize("leaf", [{"n": ("Number", {})}, {}])
def test_exponential_subgraphs_are_refused_quickly(make_graph: MakeGraph, leaf: dict[str, Any]) -> None:
    levels: Any = {"s0": (leaf, {}, {})}
    for level in range(1, MAX_DEPTH):
        levels[f"s{level}"] = ({f"n{i}": sub(f"s{level - 1}") for i in range(4)}, {}, {})
    began = time.process_time()
    graph = make_graph({"top": sub(f"s{MAX_DEPTH - 1}")}, levels)
    assert lines(graph) == [f"the workflow expands to more than {MAX_NODES:,} nodes"]
    assert time.process_time() - began < 5


def test_subgraphs_nested_too_deep_are_refused(make_graph: MakeGraph) -> None:
    levels: Any = {f"s{i}": ({"n": sub(f"s{i + 1}")}, {}, {}) for i in range(MAX_DEPTH + 5)}
    (line,) = lines(make_graph({"top": sub("s0")}, levels))
    assert line.endswith(f"subgraphs are nested more than {MAX_DEPTH} deep")


@pytest.mark.parametrize("nested", [True, False])
def test_exponential_lists_are_refused_quickly(make_graph: MakeGraph, nested: bool) -> None:
    double: Any = ({}, {"x": {}}, {"out": ["$x", "$x"]})
    levels: Any = {"s0": double}
    nodes: dict[str, Any] = {"n": ("Add", {"a": 1}), "s0": sub("s0", x=["@n.number"])}
    for i in range(1, 30):
        levels[f"s{i}"] = ({"d": sub(f"s{i - 1}", x=["$x", "$x"])}, {"x": {}}, {"out": "@d.out"})
        nodes[f"s{i}"] = sub("s0", x=f"@s{i - 1}.out")
    last = sub("s29", x="@n.number") if nested else nodes["s29"]
    nodes |= {"last": last, "end": ("Total", {"numbers": "@last.out"})}
    began = time.process_time()
    assert lines(make_graph(nodes, levels)) == ["end.numbers: takes no more than 10,000 values"]
    assert time.process_time() - began < 5


def reroutes(count: int) -> dict[str, Any]:
    nodes: dict[str, Any] = {"n": ("Add", {"a": 1}), "r0": ("Reroute", {"value": "@n.number"})}
    for i in range(1, count):
        nodes[f"r{i}"] = ("Reroute", {"value": f"@r{i - 1}.value"})
    return nodes


def test_chain_of_reroutes_is_followed_once(make_graph: MakeGraph) -> None:
    nodes = reroutes(10_000)
    nodes |= {f"u{i}": ("Add", {"a": f"@r{i}.value"}) for i in range(0, 10_000, 5)}
    began = time.process_time()
    graph = make_graph(nodes).check()
    assert graph.nodes["u9995"].feeds == ("n",)
    assert time.process_time() - began < 5


def test_chain_of_lists_is_followed(make_graph: MakeGraph) -> None:
    nodes: dict[str, Any] = {"n": ("Add", {"a": 1}), "r0": ("Reroute", {"value": ["@n.number", 2]})}
    for i in range(1, 5_000):
        nodes[f"r{i}"] = ("Reroute", {"value": [f"@r{i - 1}.value"]})
    nodes["end"] = ("Total", {"numbers": ["@r4999.value", 3]})
    graph = make_graph(nodes).check()
    assert len(graph.nodes["end"].inputs["numbers"].items) == 3  # type: ignore[union-attr]


@pytest.mark.parametrize("value", ["@b.value", ["@b.value", 1]])
def test_loop_of_reroutes_is_one_problem(make_graph: MakeGraph, value: Any) -> None:
    nodes = {"a": ("Reroute", {"value": value}), "b": ("Reroute", {"value": "@a.value"})}
    nodes |= {f"t{i}": ("Total", {"numbers": "@b.value"}) for i in range(3)}
    (line,) = lines(make_graph(nodes))
    assert "is fed by itself. Remove one of the links" in line


def test_reroute_of_nothing_leaves_the_input_unset(make_graph: MakeGraph) -> None:
    nodes = {
        "r": ("Reroute", {}),
        "a": ("Add", {"a": 1, "b": "@r.value"}),
        "b": ("Total", {"numbers": "@r.value"}),
    }
    graph = make_graph(nodes)
    assert "b" not in graph.nodes["a"].inputs
    assert lines(graph) == ["b.numbers: what is linked to it gives nothing. Give it a value, or a link"]


def test_what_a_reroute_does_not_take_is_told(make_graph: MakeGraph) -> None:
    nodes = {"n": ("Number", {}), "r": ("Reroute", {"value": "@n.number", "valeu": 1, "b": "@n.number"})}
    assert lines(make_graph(nodes)) == [
        "r.valeu: Reroute has no such input. It has: value",
        "r.b: Reroute has no such input. It has: value",
    ]


def test_list_may_hold_an_input_that_is_unset(make_graph: MakeGraph) -> None:
    inner: Any = ({"t": ("Total", {"numbers": ["$x", 1, "$y"]})}, {"x": {"required": False}, "y": {}}, {})
    graph = make_graph({"s": sub(y=2)}, {"inner": inner})
    bundle = make_plan(graph).graph.nodes["s/t"].inputs["numbers"]
    assert [item.value for item in bundle.items] == [1, 2]  # type: ignore[union-attr]
