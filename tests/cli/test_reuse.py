"""`run --dry-run`, `run --no-cache`, `cache` and `doctor`, as a user calls them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nodeflow.folders import templates_folder

Program = Callable[..., Any]

WORKFLOW = {
    "format": 1,
    "nodes": {
        "latent": {"type": "EmptyLatent", "inputs": {"width": 64, "height": 64}},
        "other": {"type": "EmptyLatent", "inputs": {"width": 64, "height": 64}},
    },
}


@pytest.fixture
def blank() -> str:
    Path("blank.json").write_text(json.dumps(WORKFLOW))
    return "blank.json"


def actions(nodeflow: Program, *arguments: str) -> dict[str, str]:
    answer = nodeflow("run", *arguments, "--dry-run", "--json")
    assert answer.code == 0
    return {line["node"]: line["action"] for line in answer.events}


def test_a_dry_run_tells_what_would_run_and_runs_nothing(nodeflow: Program, blank: str) -> None:
    assert actions(nodeflow, blank) == {"latent": "run", "other": "be shared"}
    assert actions(nodeflow, blank) == {"latent": "run", "other": "be shared"}


def test_results_are_fetched_unless_told_otherwise(nodeflow: Program, blank: str) -> None:
    assert nodeflow("run", blank).code == 0
    assert actions(nodeflow, blank) == {"latent": "be fetched", "other": "be fetched"}
    assert actions(nodeflow, blank, "--set", "other.width=72") == {"latent": "be fetched", "other": "run"}
    assert actions(nodeflow, blank, "--no-cache") == {"latent": "run", "other": "run"}
    events = [event["event"] for event in nodeflow("run", blank, "--json").events]
    assert events == ["run_started", "node_cached", "node_cached", "run_finished"]


def test_a_dry_run_reads_as_a_table(nodeflow: Program, blank: str) -> None:
    answer = nodeflow("run", blank, "--dry-run")
    assert "it gives the same as latent" in answer.out
    assert answer.out.splitlines()[-1] == "1 of 2 nodes would run."
    assert answer.err == ""


def test_the_cache_can_be_looked_after(nodeflow: Program, blank: str) -> None:
    nodeflow("run", blank)
    assert nodeflow("cache", "info", "--json").events[0]["disk_entries"] == 1
    assert nodeflow("cache", "verify").code == 0
    assert nodeflow("cache", "prune", "--to", "0").code == 0
    assert nodeflow("cache", "clear").code == 0
    assert actions(nodeflow, blank) == {"latent": "run", "other": "be shared"}


def test_the_doctor_knows_the_bundled_model(nodeflow: Program) -> None:
    answer = nodeflow("doctor", "pocket")
    assert answer.code == 0
    assert "UNet" in answer.out
    profile = nodeflow("doctor", "--json").out
    Path("machine.json").write_text(profile)
    assert nodeflow("doctor", "--profile", "machine.json").code == 0


def test_a_run_that_saves_nothing_says_so(nodeflow: Program, blank: str) -> None:
    assert nodeflow("run", blank).errors == ["warning: nothing was saved: no SaveImage node ran"]


def test_a_place_that_cannot_be_written_is_told_before_anything_runs(nodeflow: Program) -> None:
    picture = {"type": "LoadImage", "inputs": {"file": "sketch.png"}}
    save = {"type": "SaveImage", "inputs": {"image": {"from": "picture.image"}}}
    Path("copy.json").write_text(json.dumps({"format": 1, "nodes": {"picture": picture, "save": save}}))
    shutil.copy(templates_folder() / "sketch.png", "sketch.png")
    answer = nodeflow("run", "copy.json", "--out", "/proc/nowhere", "--json")
    assert answer.code == 4
    assert [event["event"] for event in answer.events] == ["problem"]
    assert answer.errors[0].startswith("error: pictures cannot be written to /proc/nowhere")


def test_a_seed_of_no_node_is_a_problem(nodeflow: Program) -> None:
    Path("lost.json").write_text(json.dumps({**WORKFLOW, "seeds": {"samler.seed": "randomize"}}))
    answer = nodeflow("validate", "lost.json")
    assert answer.code == 3
    assert answer.errors == ['error: samler.seed: has a mode in "seeds", but there is no such node']
