"""Mute leaves out, bypass passes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from nodeflow.document.model import Workflow
from nodeflow.errors import InvalidWorkflow, UsageError
from nodeflow.execution.plan import make_plan
from nodeflow.graph import Graph
from nodeflow.graph.source import Bundle, Constant, Wire
from nodeflow.node import node
from nodeflow.node.registry import Registry

MakeGraph = Callable[..., Graph]
MUTE, BYPASS = {"mode": "mute"}, {"mode": "bypass"}


def test_node_that_needs_a_muted_one_is_left_out_with_all_behind(make_graph: MakeGraph) -> None:
    graph = make_graph(
        {
            "n": ("Add", {"a": 1}, MUTE),
            "x": ("Add", {"a": "@n.number"}),
            "y": ("Add", {"a": "@x.number"}),
            "z": ("Add", {"a": 1}),
        }
    ).check()
    assert list(graph.nodes) == ["z"]
    assert graph.left_out == {
        "n": "the node is muted",
        "x": "its input 'a' comes from a node that is left out",
        "y": "its input 'a' comes from a node that is left out",
    }


def test_optional_input_fed_by_a_muted_node_is_unset(make_graph: MakeGraph) -> None:
    graph = make_graph(
        {
            "n": ("Add", {"a": 1}, MUTE),
            "x": ("Add", {"a": "@n.number"}),
            "o": ("Optional", {"value": "@x.number"}),
            "b": ("Add", {"a": 1, "b": "@n.number"}),
        }
    ).check()
    assert graph.nodes["o"].inputs == {}
    assert graph.nodes["b"].inputs == {"a": Constant(1)}


def test_list_keeps_what_is_not_muted(make_graph: MakeGraph) -> None:
    nodes = {
        "m": ("Add", {"a": 1}, MUTE),
        "behind": ("Add", {"a": "@m.number"}),
        "n": ("Add", {"a": 1}),
        "some": ("Total", {"numbers": ["@m.number", "@behind.number", "@n.number", 5]}),
        "none": ("Total", {"numbers": ["@m.number", "@behind.number"]}),
    }
    graph = make_graph(nodes).check()
    assert graph.nodes["some"].inputs["numbers"] == Bundle((Wire("n", "number"), Constant(5)))
    assert "none" in graph.left_out


def test_muted_node_has_no_problems(make_graph: MakeGraph) -> None:
    muted = {
        "m": ("Add", {"a": "@ghost.x", "wrong": 1}, MUTE),
        "u": ("Unknown", {}, MUTE),
        "n": ("Number", {}),
    }
    assert make_graph(muted).problems == ()


@pytest.mark.parametrize("mode", ["mute", "bypass"])
def test_subgraph_that_takes_no_part_has_no_problems(make_graph: MakeGraph, mode: str) -> None:
    inner: Any = ({"u": ("Unknown", {}), "a": ("Add", {"a": "@ghost.x", "q": 1})}, {"x": {}}, {})
    node: Any = ("Subgraph", {}, {"subgraph": "inner", "mode": mode})
    graph = make_graph({"s": node, "n": ("Number", {})}, {"inner": inner}).check()
    assert set(graph.left_out) == {"s/u", "s/a"}


def test_everything_muted_is_a_problem(make_graph: MakeGraph) -> None:
    graph = make_graph({"n": ("Add", {"a": 1}, MUTE), "s": ("Show", {"value": "@n.number"})})
    with pytest.raises(InvalidWorkflow, match=r"there is nothing to run. Unmute a node"):
        make_plan(graph)


def test_muted_target_says_why_it_cannot_run(make_graph: MakeGraph) -> None:
    graph = make_graph({"n": ("Add", {"a": 1}, MUTE), "m": ("Add", {"a": 1})})
    with pytest.raises(UsageError, match=r"n: the node is muted. The workflow has: m"):
        make_plan(graph, ["n"])


def test_frame_mutes_or_bypasses_what_it_holds(make_graph: MakeGraph) -> None:
    nodes = {
        "a": ("Add", {"a": 1}),
        "b": ("Add", {"a": "@a.number"}),
        "c": ("Add", {"a": "@b.number"}, BYPASS),
        "d": ("Optional", {"value": "@c.number"}),
    }
    frames = [{"nodes": ["a"], "mode": "mute"}, {"nodes": ["b", "c"], "mode": "bypass"}]
    graph = make_graph(nodes, frames=frames).check()
    assert graph.left_out == {
        name: f"the node is {m}" for name, m in zip("abc", ("muted", "bypassed", "bypassed"), strict=True)
    }
    assert graph.nodes["d"].inputs == {}


class Pair(NamedTuple):
    word: str
    number: int


@node("Mixed", category="test")
def mixed(number: float, first: str, second: str = "kept", count: int = 3) -> Pair:
    raise NotImplementedError


@node("Words", category="test")
def words(a: object, b: str | None = None) -> str:
    raise NotImplementedError


@node("Counts", category="test", output="number")
def counts(a: int | None = None, b: float = 0.0) -> float:
    raise NotImplementedError


@node("Late", category="test", output="number")
def late(word: str, a: int, b: float) -> float:
    raise NotImplementedError


@node("Old", category="test", version=2)
def old(word: str) -> str:
    raise NotImplementedError


@old.migrates(1)
def _rename(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"word": inputs["text"]}


@pytest.fixture
def bypassing(registry: Registry, make_workflow: Callable[..., Workflow]) -> Callable[..., dict[str, Any]]:
    """Bypass a node `x` that takes `x_inputs`, and say what `taker` gets."""

    def run(type_id: str, x_inputs: dict[str, Any], taker: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        known = Registry([*registry, mixed, words, counts, late, old])
        nodes = {
            "one": ("Add", {"a": 1}),
            "text": ("Repeat", {"times": 2, "word": "a"}),
            "x": (type_id, x_inputs, BYPASS),
            "taker": taker,
        }
        return dict(Graph.build(make_workflow(nodes), known).check().nodes["taker"].inputs)

    return run


Bypassing = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("type_id", "inputs", "output", "passed"),
    [
        # the input at the same place fits, though another is of exactly that type
        ("Counts", {"a": "@one.number", "b": 2}, "number", Wire("one", "number")),
        # at the same place is another type: the first of exactly that type, though an earlier one would fit
        ("Late", {"word": "w", "a": "@one.number", "b": 2.5}, "number", Constant(2.5)),
        ("Mixed", {"number": 1.0, "first": "@text.word", "second": "b"}, "word", Wire("text", "word")),
        # at the same place is another type, and what fits was not set: its default
        ("Mixed", {"number": "@one.number", "first": "b"}, "number", Constant(3)),
        ("Words", {"a": "@one.number", "b": "@text.word"}, "text", Wire("text", "word")),
    ],
)
def test_bypassed_node_passes_on_what_fits_best(
    bypassing: Bypassing, type_id: str, inputs: dict[str, Any], output: str, passed: Any
) -> None:
    taker = ("Show", {"value": f"@x.{output}"})
    assert bypassing(type_id, inputs, taker) == {"value": passed}


def test_bypassed_node_passes_on_what_merely_fits(make_graph: MakeGraph) -> None:
    nodes = {
        "n": ("Add", {"a": 1}),
        "x": ("Repeat", {"times": "@n.number", "word": "b"}, BYPASS),
        "y": ("Add", {"a": "@z.number"}, BYPASS),
        "z": ("Add", {"a": "@n.number"}, BYPASS),
        "end": ("Repeat", {"times": "@y.number", "word": "@x.word"}),
    }
    assert make_graph(nodes).check().nodes["end"].inputs == {
        "times": Wire("n", "number"),
        "word": Constant("b"),
    }


def test_bypassed_node_with_nothing_that_fits_leaves_an_optional_input_unset(bypassing: Bypassing) -> None:
    assert bypassing("Words", {"a": "@one.number"}, ("Words", {"a": 1, "b": "@x.text"})) == {"a": Constant(1)}


def test_bypassed_node_with_nothing_that_fits_is_a_problem_where_it_is_needed(make_graph: MakeGraph) -> None:
    graph = make_graph({"x": ("Optional", {}, BYPASS), "y": ("Add", {"a": "@x.number"})})
    assert [str(p) for p in graph.problems] == [
        "y.a: what is linked to it is bypassed and has nothing that fits to pass on. "
        "Give it a value, or a link"
    ]


def test_bypassed_node_of_an_old_version_is_migrated_first(bypassing: Bypassing) -> None:
    assert bypassing("Old", {"text": "@text.word"}, ("Show", {"value": "@x.text"})) == {
        "value": Wire("text", "word")
    }


def test_bypassed_node_of_an_unknown_type_passes_on_what_the_taker_wants(bypassing: Bypassing) -> None:
    inputs = {"p": "@one.number", "q": "@text.word", "r": 7}
    taker = ("Repeat", {"times": "@x.a", "word": "@x.b"})
    assert bypassing("Unknown", inputs, taker) == {
        "times": Wire("one", "number"),
        "word": Wire("text", "word"),
    }


def test_bypassed_subgraph_passes_on_by_its_declared_order(make_graph: MakeGraph) -> None:
    inner: Any = (
        {"a": ("Add", {"a": "$x", "b": "$y"}), "w": ("Repeat", {"times": "$x", "word": "$z"})},
        {"x": {}, "y": {"default": 5}, "z": {"default": "z"}},
        {"first": "@a.number", "second": "@a.number", "third": "@w.word", "through": "$y"},
    )
    nodes = {
        "n": ("Add", {"a": 1}),
        "s": ("Subgraph", {"z": "@t.word", "x": "@n.number"}, {"subgraph": "inner", **BYPASS}),
        "t": ("Repeat", {"times": 1, "word": "t"}),
        "end": ("Repeat", {"times": "@s.first", "word": "@s.third", "extra": "@s.second"}),
        "more": ("Add", {"a": "@s.through"}),
    }
    graph = make_graph(nodes, {"inner": inner}).check()
    assert graph.nodes["end"].inputs == {
        "times": Wire("n", "number"),
        "word": Wire("t", "word"),
        "extra": Constant(5),
    }
    assert graph.nodes["more"].inputs == {"a": Wire("n", "number")}
    assert set(graph.left_out) == {"s/a", "s/w"}


def test_muted_subgraph_takes_its_dependents_along(make_graph: MakeGraph) -> None:
    inner: Any = ({"a": ("Add", {"a": "$x"})}, {"x": {}}, {"out": "@a.number", "same": "$x"})
    nodes = {
        "s": ("Subgraph", {"x": 1}, {"subgraph": "inner", **MUTE}),
        "end": ("Add", {"a": "@s.out"}),
        "too": ("Add", {"a": "@s.same"}),
        "o": ("Optional", {"value": "@s.same"}),
    }
    assert set(make_graph(nodes, {"inner": inner}).check().nodes) == {"o"}


def test_bypassed_reroute_passes_on_as_ever(make_graph: MakeGraph) -> None:
    nodes = {"n": ("Add", {"a": 1}), "r": ("Reroute", {"value": ["@n.number", 2]}, BYPASS)}
    graph = make_graph(nodes | {"t": ("Total", {"numbers": "@r.value"})}).check()
    assert graph.nodes["t"].feeds == ("n",)


def test_bypassed_nodes_in_a_ring_are_a_problem(make_graph: MakeGraph) -> None:
    nodes = {"x": ("Add", {"a": "@y.number"}, BYPASS), "y": ("Add", {"a": "@x.number"}, BYPASS)}
    (problem,) = make_graph(nodes | {"z": ("Add", {"a": "@x.number"})}).problems
    assert problem.message == "is fed by itself"


def test_long_row_of_bypassed_nodes_is_followed(make_graph: MakeGraph) -> None:
    nodes: dict[str, Any] = {"n0": ("Add", {"a": 1})}
    for i in range(1, 3_000):
        nodes[f"n{i}"] = ("Unknown" if i % 2 else "Add", {"a": f"@n{i - 1}.number"}, BYPASS)
    nodes["end"] = ("Add", {"a": "@n2999.number"})
    assert make_graph(nodes).check().nodes["end"].feeds == ("n0",)
