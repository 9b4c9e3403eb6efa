"""A file that is missing, on the command line: the other branches run, and the code says that not all did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nodeflow.errors import ExitCode
from tests.cli.conftest import Program

WORKFLOW = """{"format": 1, "nodes": {
  "photo": {"type": "LoadImage", "inputs": {"file": "photo.png"}},
  "keep": {"type": "SaveImage", "inputs": {"image": {"from": "photo.image"}}},
  "paint": {"type": "Paint", "inputs": {"seed": 5}},
  "save": {"type": "SaveImage", "inputs": {"image": {"from": "paint.image"}}}
}}"""


@pytest.fixture(autouse=True)
def workflow() -> None:
    Path("two.json").write_text(WORKFLOW)


def test_the_other_branch_is_saved_and_the_code_says_that_a_file_is_missing(tiny: Program) -> None:
    answer = tiny("run", "two.json", "--out", "out")
    assert answer.code == ExitCode.MISSING_FILE
    (file,) = answer.out.splitlines()
    assert Path(file).exists()
    error, warning = answer.errors
    assert error.startswith("error: photo.file: ")
    assert warning == "warning: keep: did not run, because photo failed"


def test_events_say_the_same(tiny: Program) -> None:
    answer = tiny("run", "two.json", "--out", "out", "--json")
    by_kind = {event["event"]: event for event in answer.events}
    assert by_kind["node_failed"]["node"] == "photo"
    assert (by_kind["node_skipped"]["node"], by_kind["node_skipped"]["because"]) == ("keep", "photo")
    assert by_kind["run_finished"]["outcome"] == "failed"


def test_validating_wants_all_of_it(tiny: Program) -> None:
    answer = tiny("validate", "two.json")
    assert (answer.code, answer.out) == (ExitCode.MISSING_FILE, "")
    assert len(answer.errors) == 1


def test_a_dry_run_tells_what_would_run_and_what_is_missing(tiny: Program) -> None:
    answer = tiny("run", "two.json", "--dry-run", "--json")
    told = [json.loads(line) for line in answer.out.splitlines()]
    assert [event["node"] for event in told] == ["paint", "save", "photo"]
    assert told[-1]["event"] == "problem"
    assert answer.code == ExitCode.MISSING_FILE


def test_where_nothing_is_left_nothing_runs(tiny: Program) -> None:
    answer = tiny("run", "two.json", "--to", "keep", "--out", "out")
    assert (answer.code, answer.out) == (ExitCode.MISSING_FILE, "")
    assert not Path("out").exists()


def test_an_unknown_node_type_does_the_same_with_the_code_of_an_invalid_workflow(tiny: Program) -> None:
    Path("grain.json").write_text(WORKFLOW.replace('"LoadImage"', '"FilmGrain"'))
    run, dry = tiny("run", "grain.json", "--out", "out"), tiny("run", "grain.json", "--dry-run")
    assert (run.code, dry.code) == (ExitCode.INVALID_WORKFLOW, ExitCode.INVALID_WORKFLOW)
    (file,) = run.out.splitlines()
    assert Path(file).exists()
    error = "error: photo: unknown node type 'FilmGrain'. Install the package that has it"
    assert run.errors == [error, "warning: keep: did not run, because photo failed"]
    assert tiny("validate", "grain.json").errors == dry.errors == [error]
