"""Recipes compared, relinked, and reduced to shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.document.model import Workflow
from nodeflow.graph import Graph
from nodeflow.keys import Keyer, Recipe, key_of
from nodeflow.keys.compare import Difference, change, differences
from nodeflow.keys.relink import relinked, with_facts
from nodeflow.keys.shapes import shapes
from nodeflow.node import AddedLater, Seed, node
from nodeflow.node.registry import AnyNode, Registry
from nodeflow.values import Curve

VALUES = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from([1.0, "a", "b"])
INPUTS = st.dictionaries(st.sampled_from("abc"), VALUES)
RECIPES = st.fixed_dictionaries({"type": st.just("T"), "revision": st.integers(1, 2), "inputs": INPUTS})


@node("Draw", category="test", output="number")
def draw(
    words: str, size: int = 8, seed: Annotated[int, Seed()] = 0, numbers: list[int] | None = None
) -> int:
    """Give a number."""
    return size


@node("Draw", category="test", output="number")
def draw_with_more(
    words: str,
    size: int = 8,
    seed: Annotated[int, Seed()] = 0,
    numbers: list[int] | None = None,
    pressure: Annotated[Curve, AddedLater()] | None = None,
) -> int:
    """Give a number, as before."""
    return size


class Nothing:
    """No file is ever read here."""

    def of(self, files: Any) -> str:
        raise AssertionError


@pytest.fixture
def keyed(
    make_workflow: Callable[..., Workflow], registry: Registry
) -> Callable[[dict[str, Any]], tuple[Graph, Keyer]]:
    """A graph and its keys."""

    def make(nodes: dict[str, Any], drawing: AnyNode = draw) -> tuple[Graph, Keyer]:
        graph = Graph.build(make_workflow(nodes), Registry([drawing, *registry])).check()
        digests: Any = Nothing()
        keyer = Keyer(digests, {})
        for name in graph.order(graph.targets()):
            keyer.add(graph.nodes[name], {})
        return graph, keyer

    return make


@given(old=RECIPES, new=RECIPES)
def test_recipes_differ_exactly_where_a_difference_is_named(old: Recipe, new: Recipe) -> None:
    found = list(differences(old, new))
    assert {one.name for one in found if one.kind == "inputs"} == {
        name
        for name in {*old["inputs"], *new["inputs"]}
        if key_of({"v": old["inputs"].get(name)}) != key_of({"v": new["inputs"].get(name)})
    }
    assert bool([one for one in found if one.kind == "revision"]) == (old["revision"] != new["revision"])
    assert not list(differences(old, old))


def test_settings_that_come_or_go_are_differences() -> None:
    old = {"type": "T", "revision": 1, "inputs": {}, "settings": {"device": "cpu"}}
    new = {**old, "settings": {"device": "cuda", "tile": "512"}}
    assert list(differences(old, new)) == [
        Difference("settings", "device", "cpu", "cuda"),
        Difference("settings", "tile", None, "512"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (7, 8, "7 → 8"),
        (None, True, "none → true"),
        ("red", "blue", "'red' → 'blue'"),
        ("a\nb", "c", "'a b' → 'c'"),
        ("x" * 50 + "red", "x" * 50 + "blue", "'…" + "x" * 12 + "red' → '…" + "x" * 12 + "blue'"),
    ],
)
def test_changes_read_well(old: Any, new: Any, shown: str) -> None:
    assert change(old, new) == shown


@given(before=st.text(max_size=300), a=st.text(max_size=300), b=st.text(max_size=300))
def test_changes_of_long_texts_stay_short(before: str, a: str, b: str) -> None:
    shown = change(before + "A" + a, before + "B" + b)
    assert len(shown) < 2 * 40 * 10 + 20
    assert "A" in shown
    assert "B" in shown


CHAIN: dict[str, Any] = {
    "d": ("Draw", {"words": "a pear", "seed": 1, "numbers": ["@one.number", "@two.number", 3]}),
    "one": ("Add", {"a": 1}),
    "two": ("Add", {"a": 2}),
    "end": ("Show", {"value": "@d.number"}),
}


def changed(node_name: str, **inputs: Any) -> dict[str, Any]:
    type_id, given_inputs = CHAIN[node_name]
    return {**CHAIN, node_name: (type_id, {**given_inputs, **inputs})}


def test_relinking_leads_to_the_key_of_what_feeds_now(keyed: Any) -> None:
    graph, keyer = keyed(CHAIN)
    _, other = keyed(changed("two", a=5))
    relinked_recipe = relinked(keyer.recipes["d"], graph.nodes["d"], {"two": other.keys["two"]})
    assert relinked_recipe == other.recipes["d"]


def test_facts_are_added_to_settings_and_change_the_key() -> None:
    recipe = {"type": "T", "revision": 1, "inputs": {}, "settings": {"device": "cpu"}}
    tiled = with_facts(recipe, {"tile": "512"})
    assert tiled["settings"] == {"device": "cpu", "tile": "512"}
    assert key_of(tiled) != key_of(recipe)
    assert with_facts(tiled, {"tile": "512"}) == tiled


def shapes_of(keyed: Any, nodes: dict[str, Any], drawing: AnyNode = draw) -> dict[str, str]:
    graph, keyer = keyed(nodes, drawing)
    found = shapes([graph.nodes[name] for name in graph.order(graph.targets())], keyer.recipes)
    assert set(found) == set(nodes)
    return found


@pytest.mark.parametrize("inputs", [{"words": "another"}, {"seed": 2**64 - 1}, {"words": "", "seed": 0}])
def test_another_seed_or_text_has_the_same_shape(keyed: Any, inputs: dict[str, Any]) -> None:
    assert shapes_of(keyed, changed("d", **inputs)) == shapes_of(keyed, CHAIN)


@pytest.mark.parametrize(
    ("node_name", "inputs", "other"),
    [("d", {"size": 9}, {"d", "end"}), ("two", {"a": 5}, {"two", "d", "end"})],
)
def test_another_size_has_another_shape_and_all_after_it(
    keyed: Any, node_name: str, inputs: dict[str, Any], other: set[str]
) -> None:
    before, after = shapes_of(keyed, CHAIN), shapes_of(keyed, changed(node_name, **inputs))
    assert {name for name in before if before[name] != after[name]} == other


@pytest.mark.parametrize("nodes", [CHAIN, changed("d", pressure=None)])
def test_an_input_added_later_changes_no_key_while_it_is_unset(keyed: Any, nodes: dict[str, Any]) -> None:
    assert keyed(nodes, draw_with_more)[1].keys == keyed(CHAIN)[1].keys
    assert shapes_of(keyed, nodes, draw_with_more) == shapes_of(keyed, CHAIN)


def test_a_curve_enters_the_key_by_its_points(keyed: Any) -> None:
    def key(pressure: Any) -> str | None:
        found: str | None = keyed(changed("d", pressure=pressure), draw_with_more)[1].keys["d"]
        return found

    assert key(7) == key([[0, 7.0]])
    assert len({key(None), key(7), key(8), key([[0, 7], [1, 8]])}) == 4
