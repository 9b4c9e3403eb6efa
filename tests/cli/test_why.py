"""`nodeflow why`, as a user calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]

WORKFLOW = {
    "format": 1,
    "nodes": {
        "first": {"type": "Paint", "inputs": {"seed": 3}},
        "save": {"type": "SaveImage", "inputs": {"image": {"from": "first.image"}}},
    },
}


@pytest.fixture
def painted(tiny: Program, tiny_registry: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("nodeflow.cli.why.installed_registry", lambda: tiny_registry)
    Path("w.json").write_text(json.dumps(WORKFLOW))
    return "w.json"


def test_reasons_are_told_in_words(tiny: Program, painted: str) -> None:
    answer = tiny("why", painted, "first")
    assert answer.code == 0
    assert answer.out.splitlines() == ["first would run:", "- it has not run before in this workflow."]
    tiny("run", painted)
    assert tiny("why", painted, "first").out.splitlines() == [
        "first would be fetched:",
        "- nothing changed: its result lies on disk.",
    ]
    changed = tiny("why", painted, "first", "--set", "first.seed=4", "--set", "first.steps=3")
    assert changed.out.splitlines() == [
        "first would run:",
        "- first.seed changed: 3 → 4.",
        "- first.steps changed: 2 → 3.",
    ]


def test_reasons_as_json(tiny: Program, painted: str) -> None:
    tiny("run", painted)
    [answer] = tiny("why", painted, "first", "--set", "first.seed=4", "--json").events
    cause = {"node": "first", "input": "seed", "text": "first.seed changed: 3 → 4"}
    assert answer == {"node": "first", "action": "run", "causes": [cause]}


def test_an_unknown_node_is_a_usage_error_that_names_the_known_ones(tiny: Program, painted: str) -> None:
    answer = tiny("why", painted, "frist")
    assert answer.code == 2
    assert answer.errors == ["error: frist: there is no such node. The workflow has: first, save"]


def test_removing_results_is_a_reason(tiny: Program, painted: str) -> None:
    tiny("run", painted)
    tiny("cache", "clear")
    assert "no longer in the cache" in tiny("why", painted, "first").out
