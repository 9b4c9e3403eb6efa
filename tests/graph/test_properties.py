"""What holds for any graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nodeflow.document.model import Workflow
from nodeflow.execution.call import call, read_arguments
from nodeflow.graph import Graph
from nodeflow.node.context import Context
from nodeflow.node.registry import Registry

Nodes = dict[str, tuple[Any, ...]]


@st.composite
def workflows(draw: st.DrawFn) -> Nodes:
    """Nodes `n0`, `n1` … in any order in the file, each fed by constants or by those of lower number."""
    count = draw(st.integers(1, 12))
    nodes: Nodes = {}
    for i in range(count):
        source = st.sampled_from([*range(-3, 3), *(f"@n{j}.number" for j in range(i))])
        if draw(st.booleans()):
            nodes[f"n{i}"] = ("Add", {"a": draw(source), "b": draw(source)})
        else:
            nodes[f"n{i}"] = ("Total", {"numbers": draw(st.lists(source, min_size=1, max_size=4))})
    return {name: nodes[name] for name in draw(st.permutations(sorted(nodes)))}


def evaluate(graph: Graph) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for name in graph.order(graph.nodes):
        bound = graph.nodes[name]
        results[name] = call(bound, read_arguments(bound, results, None), Context())
    return {name: result["number"] for name, result in results.items()}


@given(workflows())
def test_order_is_topological(
    registry: Registry, make_workflow: Callable[..., Workflow], nodes: Nodes
) -> None:
    graph = Graph.build(make_workflow(nodes), registry).check()
    order = graph.order(graph.targets())
    places = {name: place for place, name in enumerate(order)}
    assert len(order) == len(places)
    assert all(places[feed] < places[name] for name in order for feed in graph.nodes[name].feeds)


def group(nodes: Nodes, chosen: set[str]) -> tuple[Nodes, dict[str, Any]]:
    """Put the chosen nodes into a subgraph; links across its border become inputs and outputs."""
    crossing: dict[str, dict[str, Any]] = {}
    arguments: dict[str, str] = {}

    def inside(value: Any) -> Any:
        if isinstance(value, list):
            return [inside(item) for item in value]
        if not isinstance(value, str) or value[1:].split(".")[0] in chosen:
            return value
        name = value[1:].replace(".", " ")
        crossing[name], arguments[name] = {}, value
        return f"${name}"

    def outside(value: Any) -> Any:
        if isinstance(value, list):
            return [outside(item) for item in value]
        if isinstance(value, str) and value[1:].split(".")[0] in chosen:
            return f"@group.{value[1:].split('.')[0]}"
        return value

    inner = {
        name: (nodes[name][0], {k: inside(v) for k, v in nodes[name][1].items()})
        for name in nodes
        if name in chosen
    }
    outer: Nodes = {
        name: (type_id, {key: outside(value) for key, value in inputs.items()})
        for name, (type_id, inputs) in nodes.items()
        if name not in chosen
    }
    outer["group"] = (
        "Subgraph",
        {key: outside(value) for key, value in arguments.items()},
        {"subgraph": "grouped"},
    )
    return outer, {"grouped": (inner, crossing, {name: f"@{name}.number" for name in chosen})}


@given(workflows(), st.data())
def test_grouping_changes_no_result(
    registry: Registry, make_workflow: Callable[..., Workflow], nodes: Nodes, data: st.DataObject
) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(nodes))))
    plain = evaluate(Graph.build(make_workflow(nodes), registry).check())
    outer, subgraphs = group(nodes, chosen)
    grouped = evaluate(Graph.build(make_workflow(outer, subgraphs), registry).check())
    assert {name.removeprefix("group/"): value for name, value in grouped.items()} == plain


@settings(max_examples=50)
@given(workflows(), st.data())
def test_bypassing_what_only_passes_on_changes_no_result(
    registry: Registry, make_workflow: Callable[..., Workflow], nodes: Nodes, data: st.DataObject
) -> None:
    plain = evaluate(Graph.build(make_workflow(nodes), registry).check())
    longer: Nodes = {}
    for name, (type_id, inputs) in nodes.items():
        longer[name] = (type_id, dict(inputs))
        for key, value in inputs.items():
            if isinstance(value, str) and data.draw(st.booleans()):
                mode = data.draw(st.sampled_from([{"mode": "bypass"}, {}]))
                passing = ("Add", {"a": value, "b": 0}, mode)
                longer[f"{name} {key}"] = passing
                longer[name][1][key] = f"@{name} {key}.number"
    results = evaluate(Graph.build(make_workflow(longer), registry).check())
    assert {name: results[name] for name in plain} == plain
