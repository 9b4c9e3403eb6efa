"""The table of `run --dry-run`: reasons, times and places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nodeflow.backends.fake import FakeBackend
from nodeflow.cli.plan import show_plan
from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.execution.runner import Job, ThreadRunner

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def runner() -> ThreadRunner:
    runner = ThreadRunner.standard()
    runner.backend = FakeBackend()
    return runner


@pytest.fixture
def picture() -> Workflow:
    return load_workflow("text_to_image")


def shown(runner: ThreadRunner, workflow: Workflow, capsys: Capture, *, as_json: bool = False) -> list[str]:
    history = runner.history(workflow)
    show_plan(runner.plan(Job(workflow)), as_json=as_json, history=history)
    return capsys.readouterr().out.splitlines()


def test_a_first_run_has_reasons_and_places_but_no_times(
    runner: ThreadRunner, picture: Workflow, capsys: Capture
) -> None:
    heads, *rows, last = shown(runner, picture, capsys)
    assert heads.split() == ["node", "type", "would", "device", "dtype", "memory", "because"]
    [sampler] = [row for row in rows if row.startswith("sampler")]
    assert " cpu " in sampler
    assert " GB " in sampler
    assert last.startswith("6 of 6 nodes would run; memory needed at most: ")
    assert last.endswith(" GB on cpu.")


def test_a_later_run_is_predicted(runner: ThreadRunner, picture: Workflow, capsys: Capture) -> None:
    runner.start(Job(picture)).wait(30)
    heads, *rows, last = shown(runner, with_input(picture, "sampler.seed", 99), capsys)
    assert heads.split()[-2:] == ["time", "because"]
    reasons = {row.split()[0]: row for row in rows}
    assert reasons["decode"].rstrip().endswith("→ 99")
    assert "it delivers, every time" in reasons["save"]
    assert last.startswith("3 of 6 nodes would run, in about 0.")
    other = with_input(with_input(picture, "sampler.steps", 2), "prompt.text", "b")
    assert "and what 3 of them take that never ran here" in shown(runner, other, capsys)[-1]


def test_programs_get_the_same(runner: ThreadRunner, picture: Workflow, capsys: Capture) -> None:
    runner.start(Job(picture)).wait(30)
    changed = with_input(with_input(picture, "sampler.seed", 99), "sampler.steps", 2)
    lines: list[dict[str, Any]] = [json.loads(line) for line in shown(runner, changed, capsys, as_json=True)]
    found = {line["node"]: line for line in lines}
    sampler, prompt = found["sampler"], found["prompt"]
    assert sampler["why"].endswith("(and 1 more)")
    assert [cause["input"] for cause in sampler["causes"]] == ["seed", "steps"]
    assert (sampler["seconds"], sampler["device"]) == (None, "cpu")
    assert sampler["bytes"] > 10**6
    assert (prompt["action"], prompt["seconds"], prompt["device"]) == ("be fetched", 0.0, None)
