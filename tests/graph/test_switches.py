"""A switch passes one of its values on, and the others are as if they were not linked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.execution.plan import make_plan
from nodeflow.graph import Graph
from nodeflow.graph.source import Bundle, Constant, Wire
from nodeflow.node.structural import value_name

MakeGraph = Callable[..., Graph]

BRANCHES: dict[str, Any] = {
    "first": ("Add", {"a": 1}),
    "before": ("Add", {"a": 2}),
    "second": ("Add", {"a": "@before.number"}),
}


def switched(choice: Any = None, **values: Any) -> tuple[str, dict[str, Any]]:
    inputs = {"value_1": "@first.number", "value_2": "@second.number", **values}
    return "Switch", inputs if choice is None else {"choice": choice, **inputs}


def nodes(choice: Any = None, **values: Any) -> dict[str, Any]:
    return {**BRANCHES, "s": switched(choice, **values), "end": ("Show", {"value": "@s.value"})}


def lines(graph: Graph) -> list[str]:
    return [str(problem) for problem in graph.problems]


@pytest.mark.parametrize(
    ("choice", "runs"),
    [
        (None, ["first", "end"]),
        (1, ["first", "end"]),
        (2, ["before", "second", "end"]),
        (2.0, ["before", "second", "end"]),
    ],
)
def test_only_the_chosen_branch_runs(make_graph: MakeGraph, choice: Any, runs: list[str]) -> None:
    assert list(make_plan(make_graph(nodes(choice))).order) == runs


def test_without_sinks_branches_that_were_not_chosen_do_not_run_either(make_graph: MakeGraph) -> None:
    around = {"bend": ("Reroute", {"value": "@second.number"}), "end": ("Add", {"a": "@s.value"})}
    graph = make_graph({**nodes(1, value_2="@bend.value", value_3=["@before.number"]), **around})
    assert list(make_plan(graph).order) == ["first", "end"]
    assert list(make_plan(graph, ["second"]).order) == ["before", "second"], "unless they are asked for"


def test_values_can_be_literals_and_lists(make_graph: MakeGraph) -> None:
    ends = {"one": ("Show", {"value": "@s.value"}), "sum": ("Total", {"numbers": "@t.value"})}
    graph = make_graph(
        {"s": ("Switch", {"value_1": 7}), **BRANCHES, "t": switched(3, value_3=["@first.number", 2]), **ends}
    )
    assert graph.check().nodes["one"].inputs["value"] == Constant(7)
    assert graph.nodes["sum"].inputs["numbers"] == Bundle((Wire("first", "number"), Constant(2)))


def test_switches_follow_each_other(make_graph: MakeGraph) -> None:
    graph = make_graph({**nodes(2, value_2="@t.value"), "t": switched(1)})
    assert graph.check().nodes["end"].feeds == ("first",)


INNER: dict[str, Any] = {
    "inner": (
        {
            "s": ("Switch", {"choice": "$branch", "value_1": "$x", "value_2": 5}),
            "sum": ("Add", {"a": "@s.value"}),
        },
        {"branch": {"default": 2}, "x": {}},
        {"out": "@sum.number"},
    )
}


def used(**inputs: Any) -> dict[str, Any]:
    return {"n": ("Number", {}), "u": ("Subgraph", {"x": "@n.number", **inputs}, {"subgraph": "inner"})}


def test_each_use_of_a_subgraph_can_choose(make_graph: MakeGraph) -> None:
    chosen = make_graph(used(branch=1), INNER).check()
    by_default = make_graph(used(), INNER).check()
    assert chosen.nodes["u/sum"].inputs["a"] == Wire("n", "number")
    assert by_default.nodes["u/sum"].inputs["a"] == Constant(5)


def test_an_optional_input_of_a_subgraph_is_unset_behind_a_switch(make_graph: MakeGraph) -> None:
    inner: Any = (
        {"s": ("Switch", {"value_1": "$x"}), "o": ("Optional", {"value": "@s.value"})},
        {"x": {"required": False}},
        {},
    )
    graph = make_graph({"u": ("Subgraph", {}, {"subgraph": "inner"})}, {"inner": inner}).check()
    assert graph.nodes["u/o"].inputs == {}


@pytest.mark.parametrize(
    ("inputs", "line"),
    [
        (
            {"choice": 3},
            "s.value_3: nothing is linked to this input, and choice is 3. Link it, or choose from: 1, 2",
        ),
        ({"choice": 0}, "s.choice: must be from 1 to 8, not 0"),
        ({"choice": 9}, "s.choice: must be from 1 to 8, not 9"),
        ({"choice": "2"}, "s.choice: must be a whole number, not '2'"),
        ({"choice": None}, "s.choice: must be a whole number, not None"),
        (
            {"choice": "@first.number"},
            "s.choice: depends on 'first', whose result is known too late to decide what runs."
            " Link numbers, texts or comparisons that need no picture",
        ),
        ({"choice": ["@first.number"]}, "s.choice: takes one value, not a list"),
        ({"choice": "@ghost.number"}, "s.choice: is linked to 'ghost', and there is no such node"),
        (
            {"value_9": 1, "choice": 1},
            f"s.value_9: Switch has no such input. It has: choice, {', '.join(map(value_name, range(1, 9)))}",
        ),
    ],
)
def test_what_is_wrong_is_one_line_at_the_switch(
    make_graph: MakeGraph, inputs: dict[str, Any], line: str
) -> None:
    type_id, values = switched()
    assert lines(make_graph({**nodes(), "s": (type_id, {**values, **inputs})})) == [line]


def test_a_switch_of_nothing_says_so_once(make_graph: MakeGraph) -> None:
    graph = make_graph({"s": ("Switch", {}), "end": ("Show", {"value": "@s.value"})})
    assert lines(graph) == ["s.value_1: nothing is linked to this input, and choice is 1. Link it"]


def test_a_value_of_the_wrong_type_is_named_where_it_arrives(make_graph: MakeGraph) -> None:
    graph = make_graph({**nodes(2), "end": ("Repeat", {"times": 1, "word": "@s.value"})})
    assert lines(graph) == ["end.word: takes Text, but second.number gives Integer"]


def test_a_switch_that_feeds_itself_is_named(make_graph: MakeGraph) -> None:
    assert lines(make_graph(nodes(2, value_2="@s.value"))) == ["s: is fed by itself. Remove one of the links"]
    assert lines(make_graph(nodes(1, value_2="@s.value"))) == []


def test_a_muted_switch_leaves_out_what_needs_it(make_graph: MakeGraph) -> None:
    type_id, values = switched(7)
    graph = make_graph({**nodes(), "s": (type_id, values, {"mode": "mute"})})
    assert lines(graph) == []
    assert graph.left_out == {"end": "its input 'value' comes from a node that is left out"}


def test_a_bypassed_switch_passes_on_what_it_chose(make_graph: MakeGraph) -> None:
    type_id, values = switched(2)
    graph = make_graph({**nodes(), "s": (type_id, values, {"mode": "bypass"})}).check()
    assert graph.nodes["end"].feeds == ("second",)


def test_a_muted_branch_counts_only_where_it_is_chosen(make_graph: MakeGraph) -> None:
    muted = {"second": ("Add", {"a": 1}, {"mode": "mute"})}
    assert "end" in make_graph({**nodes(1), **muted}).check().nodes
    assert "end" in make_graph({**nodes(2), **muted}).left_out
