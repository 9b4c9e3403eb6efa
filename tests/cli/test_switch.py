"""A comparison in a workflow file decides which branch runs, and the other one is not computed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NODES = {
    "width": {"type": "Integer", "inputs": {"value": 64}},
    "large": {"type": "Compare", "inputs": {"a": {"from": "width.integer"}, "b": 100, "relation": "more"}},
    "fine": {"type": "SolidMask", "inputs": {"width": 64, "height": 64}},
    "fast": {"type": "SolidMask", "inputs": {"width": 8, "height": 8}},
    "way": {
        "type": "Switch",
        "inputs": {
            "choice": {"from": "large.choice"},
            "value_1": {"from": "fine.mask"},
            "value_2": {"from": "fast.mask"},
        },
    },
    "picture": {"type": "MaskToImage", "inputs": {"mask": {"from": "way.value"}}},
    "save": {"type": "SaveImage", "inputs": {"image": {"from": "picture.image"}}},
}


def written(folder: Path, **changed: Any) -> Path:
    path = folder / "ways.json"
    content = {"$schema": "urn:nodeflow:workflow:1", "format": 1, "nodes": {**NODES, **changed}}
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(("width", "runs"), [(64, "fast"), (128, "fine")])
def test_only_what_the_comparison_chooses_is_computed(
    nodeflow: Callable[..., Any], tmp_path: Path, width: int, runs: str
) -> None:
    done = nodeflow("run", written(tmp_path), "--set", f"width.value={width}", "--json", "--out", tmp_path)
    assert done.code == 0, done.err
    began = {event["node"] for event in done.events if event["event"] == "node_started"}
    assert began == {runs, "picture", "save"}


def test_what_is_computed_cannot_choose(nodeflow: Callable[..., Any], tmp_path: Path) -> None:
    size = {"type": "ImageSize", "inputs": {"image": {"from": "picture.image"}}}
    blank = {"type": "SolidColor", "inputs": {}}
    large = {"type": "Compare", "inputs": {"a": {"from": "size.width"}}}
    of_blank = {**size, "inputs": {"image": {"from": "blank.image"}}}
    told = nodeflow("validate", written(tmp_path, blank=blank, size=of_blank, large=large))
    assert told.code == 3
    assert told.errors == [
        "error: way.choice: depends on 'blank', whose result is known too late to decide what runs. "
        "Link numbers, texts or comparisons that need no picture"
    ]
    told = nodeflow("validate", written(tmp_path, size=size, large=large))
    assert "feeds itself" in told.err
