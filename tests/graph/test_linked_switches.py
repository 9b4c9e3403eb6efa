"""A link can choose for a switch where what it comes from is known before the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.document.model import Workflow
from nodeflow.errors import InvalidWorkflow, NodeFailed
from nodeflow.execution.plan import make_plan
from nodeflow.execution.settling import settle
from nodeflow.graph import Graph
from nodeflow.graph.origin import origin
from nodeflow.graph.source import Wire
from nodeflow.node import NodeKind, node
from nodeflow.node.registry import Registry
from tests.graph.test_switches import BRANCHES, lines, switched

MakeWorkflow = Callable[..., Workflow]
MakeGraph = Callable[..., Graph]


def nodes(number: int = 1, **values: Any) -> dict[str, Any]:
    """Two branches, and a light number that chooses."""
    return {
        **BRANCHES,
        "n": ("Number", {"value": number}),
        "s": switched("@n.number", **values),
        "end": ("Show", {"value": "@s.value"}),
    }


@pytest.fixture
def settled(make_workflow: MakeWorkflow, registry: Registry) -> Callable[..., Graph]:
    def make(*args: Any) -> Graph:
        workflow = make_workflow(*args)
        return settle(lambda choices: Graph.build(workflow, registry, (), choices), None)[0]

    return make


@pytest.mark.parametrize(("number", "runs"), [(1, ["first", "end"]), (2, ["before", "second", "end"])])
def test_only_the_branch_that_a_light_node_chooses_runs(
    settled: MakeGraph, number: int, runs: list[str]
) -> None:
    graph = settled(nodes(number)).check()
    assert list(make_plan(graph).order) == runs
    assert "s" not in graph.nodes


def test_a_switch_can_choose_for_another(settled: MakeGraph) -> None:
    chooser = ("Switch", {"choice": "@n.number", "value_1": 7, "value_2": 1})
    graph = settled({**nodes(2), "t": chooser, "s": switched("@t.value")}).check()
    assert graph.nodes["end"].feeds == ("first",)


def test_each_use_of_a_subgraph_is_chosen_for_by_itself(settled: MakeGraph) -> None:
    inner: Any = (
        {"s": switched("$branch"), "end": ("Show", {"value": "@s.value"}), **BRANCHES},
        {"branch": {}},
        {},
    )
    uses = {
        f"u{number}": ("Subgraph", {"branch": f"@n{number}.number"}, {"subgraph": "inner"})
        for number in (1, 2)
    }
    numbers = {f"n{number}": ("Number", {"value": number}) for number in (1, 2)}
    graph = settled({**numbers, **uses}, {"inner": inner}).check()
    assert [graph.nodes[f"u{n}/end"].feeds for n in (1, 2)] == [("u1/first",), ("u2/second",)]


def test_a_choice_that_is_left_out_is_the_first(settled: MakeGraph) -> None:
    muted = {"n": ("Number", {"value": 2}, {"mode": "mute"})}
    assert settled({**nodes(2), **muted}).check().nodes["end"].feeds == ("first",)


def test_muted_branches_and_switches_count_as_if_the_choice_were_written(settled: MakeGraph) -> None:
    muted = {"second": ("Add", {"a": 1}, {"mode": "mute"})}
    assert "end" in settled({**nodes(1), **muted}).check().nodes
    assert "end" in settled({**nodes(2), **muted}).left_out
    quiet = ("Switch", switched("@n.number")[1], {"mode": "mute"})
    assert "end" in settled({**nodes(1), "s": quiet}).left_out


def test_until_it_is_known_all_branches_count_as_needed(make_graph: MakeGraph) -> None:
    graph = make_graph(nodes(2)).check()
    assert graph.undecided == {"s"}
    assert {"first", "second"} <= set(graph.order(["end"]))


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"n": ("Number", {"value": 0})}, "s.choice: must be from 1 to 8, not 0"),
        (
            {"n": ("Number", {"value": 3})},
            "s.value_3: nothing is linked to this input, and choice is 3. Link it, or choose from: 1, 2",
        ),
        (
            {"n": ("Word", {"value": "one"}), "s": switched("@n.word")},
            "s.choice: takes Integer, but n.word gives Text",
        ),
        ({"s": switched("@n.ghost")}, "s.choice: 'n' has no output 'ghost'. It has: number"),
        (
            {"end": ("Repeat", {"times": 1, "word": "@s.value"}), "first": ("Word", {"value": "a"})}
            | {"s": switched("@n.number", value_1="@first.word")},
            "end.word: takes Text, but second.number gives Integer",
        ),
        (
            {"s": switched("@n.number", value_2="@s.value")},
            "s: feeds itself: s → s. Remove one of these links",
        ),
    ],
)
def test_what_is_wrong_is_one_line(settled: MakeGraph, changed: dict[str, Any], line: str) -> None:
    assert lines(settled({**nodes(), **changed})) == [line]


def test_a_heavy_node_cannot_choose_not_even_through_light_ones(make_graph: MakeGraph) -> None:
    between = {"heavy": ("Add", {"a": 1}), "n": ("Number", {"value": "@heavy.number"})}
    [line] = lines(make_graph({**nodes(), **between}))
    assert line.startswith("s.choice: depends on 'heavy', whose result is known too late")


@node("Broken", category="test", kind=NodeKind.LIGHT, output="number")
def broken() -> int:
    """Fail."""
    raise NodeFailed("it is broken")


def test_a_light_node_that_fails_is_named(make_workflow: MakeWorkflow, registry: Registry) -> None:
    known = Registry([broken, *registry])
    workflow = make_workflow({**nodes(), "n": ("Broken", {}), "s": switched("@n.number")})
    with pytest.raises(InvalidWorkflow, match=r"^n: it is broken"):
        settle(lambda choices: Graph.build(workflow, known, (), choices), None)


def test_what_a_wire_behind_it_carries_comes_from_what_was_chosen(
    make_workflow: MakeWorkflow, registry: Registry
) -> None:
    workflow = make_workflow(nodes(2))
    assert origin(workflow, registry, "s.value", {"s": 2}) == Wire("second", "number")
