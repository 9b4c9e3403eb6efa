"""Edits: the new workflow differs where it should, the old one not at all."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest

from nodeflow.document.edit import (
    MAX_SEED,
    find_node,
    has_seeds,
    with_drawn_seeds,
    with_input,
    with_next_seeds,
    with_seed,
)
from nodeflow.document.files import dump_workflow, parse_workflow
from nodeflow.document.model import SeedMode, Workflow
from nodeflow.document.values import GraphInput, Link, literal
from nodeflow.errors import UsageError

INNER = {
    "inputs": {"seed": {"default": 1}, "text": {}},
    "nodes": {
        "sampler": {"type": "Sampler", "inputs": {"seed": {"input": "seed"}}},
        "extra": {"type": "Sampler", "inputs": {"seed": 50}},
    },
    "seeds": {"extra.seed": "increment", "sampler.seed": "randomize"},
}
NESTED = {"type": "Subgraph", "subgraph": "s", "inputs": {"seed": {"input": "noise"}}}
OUTER = {"inputs": {"noise": {}}, "nodes": {"in": NESTED}}
DOCUMENT = {
    "nodes": {
        "first": {"type": "Sampler", "inputs": {"seed": 7, "steps": 2}},
        "second": {"type": "Sampler", "inputs": {"seed": {"from": "first.seed"}}},
        "third": {"type": "Sampler"},
        "prompt": {"type": "Text", "inputs": {"text": "apple"}},
        "portrait": {"type": "Subgraph", "subgraph": "s", "inputs": {"seed": 3}},
        "plain": {"type": "Subgraph", "subgraph": "s"},
        "nested": {"type": "Subgraph", "subgraph": "outer", "inputs": {"noise": 4}},
    },
    "subgraphs": {"outer": OUTER, "s": INNER},
    "seeds": {"first.seed": "randomize", "portrait.seed": "increment", "gone.seed": "increment"},
}


def workflow(**changes: object) -> Workflow:
    return parse_workflow(json.dumps({**DOCUMENT, **changes}))


def seed_inputs(type_id: str) -> tuple[str, ...]:
    return ("seed",) if type_id == "Sampler" else ()


def value(document: Workflow, path: str) -> Any:
    node, _, name = path.rpartition(".")
    return literal(find_node(document, node).inputs.get(name))


def test_an_input_is_set_and_the_old_workflow_stays() -> None:
    old = workflow()
    new = with_input(old, "prompt.text", "pear")
    assert value(new, "prompt.text") == "pear"
    assert value(old, "prompt.text") == "apple"
    assert new.nodes["first"] is old.nodes["first"]
    assert list(new.nodes) == list(old.nodes)


def test_an_input_inside_a_subgraph_is_set_for_all_its_uses() -> None:
    new = with_input(workflow(), "nested/in/extra.seed", 9)
    assert value(new, "portrait/extra.seed") == value(new, "nested/in/extra.seed") == 9


def test_an_object_like_a_link_makes_a_link() -> None:
    assert value(with_input(workflow(), "prompt.text", {"from": "first.seed"}), "prompt.text") == Link(
        "first", "seed"
    )


def test_an_edited_workflow_can_be_saved() -> None:
    assert "pear" in dump_workflow(with_input(workflow(), "third.text", "pear"))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("prompt", "'prompt' names no input. Write node.input"),
        (".text", "names no input"),
        ("promt.text", "there is no node 'promt'. Did you mean prompt?"),
        ("zzz.text", "There are: first, second"),
        ("portrait/zzz.text", "there is no node 'portrait/zzz'. There are: sampler, extra"),
        ("prompt/zzz.text", "there is no subgraph node 'prompt' in 'prompt/zzz'. Did you mean"),
        ("zzz/a.text", "There are: portrait, plain, nested"),
    ],
)
def test_a_place_that_is_not_there_is_refused_with_advice(path: str, message: str) -> None:
    if "Did you mean" in message and "/" in path:
        message = message.removesuffix(" Did you mean")
    with pytest.raises(UsageError) as raised:
        with_input(workflow(), path, 1)
    assert message in str(raised.value)


def test_a_link_without_an_output_is_refused() -> None:
    with pytest.raises(UsageError, match=r"prompt\.text: a link is written"):
        with_input(workflow(), "prompt.text", {"from": "first"})


def test_a_seed_goes_everywhere_but_into_links() -> None:
    new = with_seed(workflow(), 99, seed_inputs)
    paths = ["first", "third", "portrait", "plain", "portrait/extra"]
    assert {path: value(new, f"{path}.seed") for path in paths} == dict.fromkeys(paths, 99)
    assert value(new, "second.seed") == Link("first", "seed")
    assert value(new, "portrait/sampler.seed") == GraphInput("seed")
    assert value(new, "nested.noise") == 99
    assert "seed" not in new.nodes["prompt"].inputs


@pytest.mark.parametrize(
    ("inputs", "found"), [({}, True), ({"seed": 5}, True), ({"seed": {"from": "n.integer"}}, False)]
)
def test_a_seed_that_is_linked_is_none_to_set(inputs: dict[str, Any], found: bool) -> None:
    nodes = {"n": {"type": "Number"}, "s": {"type": "Sampler", "inputs": inputs}}
    assert has_seeds(Workflow.model_validate({"nodes": nodes}), seed_inputs) is found


def test_with_drawn_seeds_none_is_drawn_anew() -> None:
    old = with_next_seeds(workflow(), draw=count(1000).__next__)
    new = with_drawn_seeds(old)
    again = with_next_seeds(new, draw=count(2000).__next__)
    assert value(again, "first.seed") == 1000
    assert {**old.seeds, "first.seed": SeedMode.FIXED} == new.seeds
    assert SeedMode.RANDOMIZE in old.seeds.values()


def test_a_given_seed_is_not_drawn_over_but_counted_on_from() -> None:
    new = with_next_seeds(with_seed(workflow(), 99, seed_inputs), first=False)
    assert (value(new, "first.seed"), value(new, "portrait.seed")) == (99, 100)


def test_seeds_before_the_first_run() -> None:
    new = with_next_seeds(workflow(), draw=count(1000).__next__)
    assert value(new, "first.seed") == 1000
    assert value(new, "portrait.seed") == 3
    assert value(new, "portrait/extra.seed") == 50


def test_seeds_before_a_later_run() -> None:
    drawn = count(1000)
    new = with_next_seeds(workflow(), draw=drawn.__next__, first=False)
    assert value(new, "first.seed") == 1000
    assert value(new, "portrait.seed") == 4
    assert value(new, "portrait/extra.seed") == 51
    assert next(drawn) == 1001, "a linked seed is not drawn"


def test_fixed_seeds_and_seeds_without_a_mode_stay() -> None:
    old = workflow(seeds={"first.seed": "fixed"})
    new = with_next_seeds(old, first=False)
    assert value(new, "first.seed") == 7
    assert value(new, "portrait.seed") == 3
    assert new.seeds == {"first.seed": SeedMode.FIXED}


def test_counting_goes_on_from_zero_after_the_largest_seed() -> None:
    old = with_input(workflow(seeds={"first.seed": "increment"}), "first.seed", MAX_SEED)
    assert value(with_next_seeds(old, first=False), "first.seed") == 0


def test_drawn_seeds_are_short_and_differ() -> None:
    seeds = {value(with_next_seeds(workflow()), "first.seed") for _ in range(20)}
    assert len(seeds) > 15
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_a_subgraph_that_contains_itself_does_not_hang_seeds() -> None:
    again = {"type": "Subgraph", "subgraph": "s", "inputs": {"seed": {"input": "seed"}}}
    body = {"inputs": {"seed": {}}, "nodes": {"again": again}}
    assert with_seed(workflow(subgraphs={"s": body, "outer": OUTER}), 5, seed_inputs)


def test_a_seed_given_for_a_run_is_not_drawn_at_random() -> None:
    workflow = Workflow.model_validate(
        {"nodes": {"a": {"type": "X", "inputs": {"s": 1}}}, "seeds": {"a.s": "randomize"}}
    )
    given = with_input(workflow, "a.s", 8, final=True)
    assert with_next_seeds(given, lambda: 99).nodes["a"].inputs["s"] == 8
    edited = with_input(workflow, "a.s", 8)
    assert with_next_seeds(edited, lambda: 99).nodes["a"].inputs["s"] == 99
