"""Graphs: every problem at once, cycles by name, order, and size."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.document.model import Workflow
from nodeflow.errors import InvalidWorkflow, UsageError
from nodeflow.graph import Graph
from nodeflow.node import node
from nodeflow.node.registry import Registry

MakeGraph = Callable[..., Graph]


def lines(graph: Graph) -> list[str]:
    return [str(problem) for problem in graph.problems]


def test_all_problems_are_collected_at_once(make_graph: MakeGraph) -> None:
    graph = make_graph(
        {
            "unknown": ("Ad", {}),
            "missing": ("Add", {}),
            "extra": ("Add", {"a": 1, "q": 2}),
            "wrong": ("Add", {"a": "x"}),
            "ghost": ("Add", {"a": "@nobody.number"}),
            "output": ("Add", {"a": "@wrong.nothing"}),
            "type": ("Repeat", {"times": 1, "word": "@wrong.number"}),
            "list": ("Add", {"a": ["@wrong.number"]}),
            "future": ("Add", {"a": 1}, {"version": 9}),
            "item": ("Total", {"numbers": ["@wrong.number", "x", "@type.word"]}),
        }
    )
    assert lines(graph) == [
        "ghost.a: is linked to 'nobody', and there is no such node",
        "unknown: unknown node type 'Ad'. Did you mean Add?",
        "future: was made with version 9 of Add, here is version 1. Update the package that has it",
        "missing.a: this input is not set. Give it a value, or a link",
        "extra.q: Add has no such input. It has: a, b",
        "wrong.a: must be a whole number, not 'x'",
        "output.a: 'wrong' has no output 'nothing'. It has: number",
        "type.word: takes Text, but wrong.number gives Integer",
        "list.a: takes one value, not a list",
        "item.numbers: must be a whole number, not 'x'",
        "item.numbers: takes Integer, but type.word gives Text",
    ]
    with pytest.raises(InvalidWorkflow, match=r"and 10 more") as caught:
        graph.check()
    assert caught.value.problems == graph.problems


def test_cycle_is_named_with_its_path(make_graph: MakeGraph) -> None:
    nodes = {
        "c": ("Add", {"a": "@b.number"}),
        "b": ("Add", {"a": "@a.number"}),
        "a": ("Add", {"a": "@c.number"}),
        "behind": ("Add", {"a": "@c.number"}),
        "self": ("Add", {"a": "@self.number"}),
    }
    assert sorted(lines(make_graph(nodes))) == [
        "b: feeds itself: b → c → a → b. Remove one of these links",
        "self: feeds itself: self → self. Remove one of these links",
    ]


def test_long_cycle_is_named_in_short(make_graph: MakeGraph) -> None:
    nodes = {f"n{i:05}": ("Add", {"a": f"@n{(i - 1) % 10_000:05}.number"}) for i in range(10_000)}
    (line,) = lines(make_graph(nodes))
    assert line.startswith("n00001: feeds itself: n00001 → n00002 → n00003")
    assert "n00008 → … → n00001" in line


def test_order_puts_feeds_first_and_finishes_a_branch_before_the_next(make_graph: MakeGraph) -> None:
    nodes = {
        "s1": ("Show", {"value": "@b1.number"}),
        "s2": ("Show", {"value": "@b2.number"}),
        "b1": ("Add", {"a": "@a.number"}),
        "b2": ("Add", {"a": "@a.number", "b": "@b1.number"}),
        "a": ("Add", {"a": 1}),
        "unused": ("Add", {"a": 1}),
    }
    graph = make_graph(nodes).check()
    assert graph.order(graph.targets()) == ["a", "b1", "s1", "b2", "s2"]


def test_targets_are_sinks_else_ends_else_what_was_asked_for(make_graph: MakeGraph) -> None:
    nodes = {"a": ("Add", {"a": 1}), "b": ("Add", {"a": "@a.number"}), "c": ("Add", {"a": "@a.number"})}
    assert make_graph(nodes).targets() == ["b", "c"]
    assert make_graph(nodes | {"s": ("Show", {"value": 1})}).targets() == ["s"]
    assert make_graph(nodes).targets(["a", "b", "a"]) == ["a", "b"]
    with pytest.raises(UsageError, match=r"x: there is no such node. The workflow has: a, b, c"):
        make_graph(nodes).targets(["x"])


def test_empty_workflow_has_nothing_to_run(make_graph: MakeGraph) -> None:
    with pytest.raises(InvalidWorkflow, match=r"there is nothing to run. Add nodes"):
        make_graph({}).targets()


@pytest.mark.parametrize("shape", ["chain", "wide"])
def test_ten_thousand_nodes_are_built_and_ordered(make_graph: MakeGraph, shape: str) -> None:
    count = 10_000
    nodes: dict[str, Any] = {"n0": ("Add", {"a": 1})}
    for i in range(1, count):
        nodes[f"n{i}"] = ("Add", {"a": f"@n{i - 1 if shape == 'chain' else 0}.number"})
    began = time.process_time()
    graph = make_graph(nodes).check()
    order = graph.order(graph.targets())
    assert len(order) == count
    assert order[0] == "n0"
    assert time.process_time() - began < 5


@pytest.fixture
def build_versioned(make_workflow: Callable[..., Workflow]) -> Callable[..., Graph]:
    @node("Versioned", category="test", version=3)
    def versioned(total: int, word: str = "") -> int:
        return total

    @versioned.migrates(1)
    def _one(inputs: dict[str, Any]) -> dict[str, Any]:
        return {"number": inputs["number"], "word": inputs.get("word", "none")}

    @versioned.migrates(2)
    def _two(inputs: dict[str, Any]) -> dict[str, Any]:
        number = inputs.pop("number")
        return {"total": number * 2 if isinstance(number, int) else number, **inputs}

    def build(version: int, **inputs: Any) -> Graph:
        nodes = {
            "source": ("Versioned", {"total": 1}, {"version": 3}),
            "old": ("Versioned", inputs, {"version": version}),
        }
        return Graph.build(make_workflow(nodes), Registry([versioned]))

    return build


def test_old_inputs_are_migrated_as_plain_values(build_versioned: Callable[..., Graph]) -> None:
    inputs = build_versioned(1, number=4).check().nodes["old"].inputs
    assert {name: source.value for name, source in inputs.items()} == {"total": 8, "word": "none"}  # type: ignore[union-attr]


def test_links_pass_through_migrations(build_versioned: Callable[..., Graph]) -> None:
    assert build_versioned(2, number="@source.integer").check().nodes["old"].feeds == ("source",)


def test_failing_migration_is_a_problem(build_versioned: Callable[..., Graph]) -> None:
    assert lines(build_versioned(1)) == ["old: could not be brought up to date: 'number'"]
