"""Nodes for texts and numbers, and that they are known before a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nodes
from nodeflow.errors import InvalidWorkflow, NodeFailed
from nodeflow.execution.plan import Plan, make_plan
from nodeflow.execution.workflow_files import WorkflowFiles
from nodeflow.files import Digests
from nodeflow.folders import Folders
from nodeflow.graph import Graph
from nodeflow.keys import Keyer
from nodeflow.keys.keyer import ReadDigests
from nodeflow.node.registry import Registry
from nodeflow.values import Image, Latent, Mask, Template
from nodes.number import Relation
from nodes.text_make import TextRelation


def test_texts_are_joined_and_replaced() -> None:
    assert nodes.join_text(["a cat", "", "oil painting"]) == "a cat, oil painting"
    assert nodes.join_text(["a", "b"], r"\n") == "a\nb"
    assert nodes.replace_text("a cat, Cat, cats", "cat", "dog") == "a dog, Cat, dogs"
    assert nodes.replace_text("a cat, Cat, cats", "cat", "dog", True, True) == "a dog, dog, cats"
    assert nodes.replace_text("1+1 (x)", "+1 (", r"\1") == r"1\1x)"
    assert nodes.replace_text("a", "", "b") == "a"


def test_texts_that_grow_beyond_measure_are_refused() -> None:
    with pytest.raises(NodeFailed, match=r"^replacement: makes a text of 4000000 letters"):
        nodes.replace_text("a" * 2000, "a", "b" * 2000)
    with pytest.raises(NodeFailed, match=r"^texts: makes a text of 1200002 letters"):
        nodes.join_text(["a" * 600_000] * 2)


def test_a_template_without_end_is_one_clear_line() -> None:
    with pytest.raises(
        NodeFailed, match=r"^text: leads through more than 20 choices .* the last __a__. Let no"
    ):
        nodes.text_template(Template("__a__", {"a": ("x __a__",)}))


def test_a_line_is_chosen() -> None:
    found = {nodes.random_line("red\n\n  green \nblue", seed) for seed in range(50)}
    assert found == {"red", "green", "blue"}
    with pytest.raises(NodeFailed, match=r"^lines: there is no line to choose"):
        nodes.random_line(" \n ")


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (3, None, "3"),
        (0.1, None, "0.1"),
        (1048576.0, None, "1048576"),
        (0.123456789, None, "0.123456789"),
        (1e-7, None, "0.0000001"),
        (1e15, None, "1000000000000000"),
        (float("inf"), None, "inf"),
        (2 / 3, 2, "0.67"),
        (True, None, "true"),
        ("a", 2, "a"),
        (3, 1, "3.0"),
    ],
)
def test_values_as_texts(value: object, decimals: int | None, text: str) -> None:
    assert nodes.to_text(value, decimals) == text


def test_a_picture_is_no_text() -> None:
    with pytest.raises(NodeFailed, match=r"^value: Image cannot be written as a text"):
        nodes.to_text(Image(np.zeros((1, 1, 1, 3), np.float32)))


def test_formulas() -> None:
    assert nodes.calculate("a * b + c", 1.5, 3.0, 0.25) == (4.75, 5)
    assert nodes.calculate("1024 * 3 // 2") == (1536.0, 1536)
    with pytest.raises(NodeFailed, match=r"^formula: knows no 'e'; there are a, b, c, d"):
        nodes.calculate("a * e")
    with pytest.raises(NodeFailed, match=r"^formula: knows no \^; a power is written 2\*\*3"):
        nodes.calculate("2^3")
    with pytest.raises(NodeFailed, match=r"^formula: divides by zero"):
        nodes.calculate("a / b")


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (Relation.EQUAL, (False, True, False)),
        (Relation.NOT_EQUAL, (True, False, True)),
        (Relation.LESS, (True, False, False)),
        (Relation.AT_MOST, (True, True, False)),
        (Relation.MORE, (False, False, True)),
        (Relation.AT_LEAST, (False, True, True)),
    ],
)
def test_comparing(relation: Relation, expected: tuple[bool, ...]) -> None:
    assert tuple(nodes.compare(a, relation, 2.0).boolean for a in (1.0, 2.0, 3.0)) == expected
    assert nodes.compare(2.004, relation, 2.0, 0.01).boolean == expected[1]
    assert tuple(nodes.compare(a, relation, 2.0).choice for a in (1.0, 2.0, 3.0)) == tuple(
        1 if holds else 2 for holds in expected
    )


@pytest.mark.parametrize(
    ("relation", "b", "expected"),
    [
        (TextRelation.EQUAL, "A Red Cat", True),
        (TextRelation.NOT_EQUAL, "a red cat", False),
        (TextRelation.CONTAINS, "RED", True),
        (TextRelation.LACKS, "red", False),
        (TextRelation.STARTS_WITH, "a r", True),
        (TextRelation.ENDS_WITH, "red", False),
    ],
)
def test_comparing_texts(relation: TextRelation, b: str, expected: bool) -> None:
    told = nodes.compare_texts("a red cat", relation, b)
    assert (told.boolean, told.choice) == (expected, 1 if expected else 2)


def test_letters_count_where_that_is_asked() -> None:
    assert not nodes.compare_texts("a red cat", TextRelation.CONTAINS, "RED", False).boolean


def test_true_and_false_choose_for_a_switch() -> None:
    assert [nodes.boolean_value(value).choice for value in (True, False)] == [1, 2]


def test_drawn_numbers_lie_in_the_range() -> None:
    drawn = [nodes.random_number(2.5, 5.5, seed) for seed in range(200)]
    assert {value.integer for value in drawn} == {3, 4, 5}
    assert 2.5 <= min(value.number for value in drawn) < 2.7
    assert 5.3 < max(value.number for value in drawn) <= 5.5
    assert nodes.random_number(2.5, 5.5, 7) == drawn[7]
    with pytest.raises(NodeFailed, match=r"^low: 2 is more than high, 1"):
        nodes.random_number(2.0, 1.0)


def test_seeds_go_round_at_the_top() -> None:
    assert nodes.seed_value(2**64 - 1, 2) == 1


def test_sizes_are_width_height_count() -> None:
    assert nodes.image_size(Image(np.zeros((3, 8, 16, 3), np.float32))) == (16, 8, 3)
    assert nodes.mask_size(Mask(np.zeros((3, 8, 16), np.float32))) == (16, 8, 3)
    assert nodes.latent_size(Latent(np.zeros((2, 4, 8, 16), np.float32))) == (128, 64, 2)


def test_one_of_two_is_passed_on() -> None:
    assert (nodes.if_(True, "a", "b"), nodes.if_(False, "a", "b")) == ("a", "b")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    models = tmp_path / "models"
    (models / "wildcards").mkdir(parents=True)
    (models / "wildcards" / "animal.txt").write_text("{tiny|huge} __kind__\n")
    (models / "wildcards" / "kind.txt").write_text("cat\n")
    return replace(Folders.from_environment({}), config=tmp_path, cache=tmp_path, models=(models,))


def planned(workflow: Any, folders: Folders) -> Plan:
    registry = Registry()
    registry.add_module(nodes)
    files = WorkflowFiles(folders)
    keyer = Keyer(ReadDigests(Digests(folders.cache)), {}, files)
    return make_plan(Graph.build(workflow, registry), ["shown"], files, keyer)


WILD = {
    "seed": ("Seed", {"seed": 4}),
    "template": ("TextTemplate", {"text": "a __animal__", "seed": "@seed.seed"}),
    "lines": ("Integer", {"value": 3}),
    "size": ("Calculate", {"formula": "a * 64", "a": "@lines.integer"}),
    "color": ("SolidColor", {"width": "@size.integer", "height": 64}),
    "shown": ("ImageGrid", {"image": "@color.image", "labels": "@template.text"}),
}


def test_light_nodes_are_known_before_a_run(make_workflow: Any, folders: Folders) -> None:
    plan = planned(make_workflow(WILD), folders)
    assert plan.order == ("color", "shown")
    assert plan.known["template"]["text"] in ("a tiny cat", "a huge cat")
    assert plan.known["size"] == {"number": 192.0, "integer": 192}


def test_a_changed_list_of_words_counts_as_a_change(make_workflow: Any, folders: Folders) -> None:
    before = planned(make_workflow(WILD), folders)
    assert planned(make_workflow(WILD), folders).key("shown") == before.key("shown")
    (folders.models[0] / "wildcards" / "kind.txt").write_text("dog\n")
    after = planned(make_workflow(WILD), folders)
    assert "dog" in after.known["template"]["text"]
    assert after.key("shown") != before.key("shown")
    assert after.key("color") == before.key("color")


def test_a_list_that_is_not_there_is_named(make_workflow: Any, folders: Folders) -> None:
    wrong = {**WILD, "template": ("TextTemplate", {"text": "a __anmal__"})}
    with pytest.raises(InvalidWorkflow) as caught:
        planned(make_workflow(wrong), folders)
    assert "template.text: There is no wildcard file 'anmal.txt'" in str(caught.value)
    assert "Did you mean 'animal'" in str(caught.value)


def test_a_template_without_anybody_to_ask_knows_no_lists() -> None:
    assert nodes.text_template(Template("{a}, __animal__")) == "a, "


def test_a_text_known_only_during_the_run_is_not_kept(make_workflow: Any, folders: Folders) -> None:
    """Which lists it names, and what they hold, does not enter the key."""
    late = {
        **WILD,
        "look": ("ImageSize", {"image": "@color.image"}),
        "words": ("ToText", {"value": "@look.width"}),
        "template": ("TextTemplate", {"text": "@words.text"}),
    }
    plan = planned(make_workflow(late), folders)
    assert plan.key("words") is not None
    assert plan.key("template") is None
