"""Nodes whose type is not installed keep what depends on them from running, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.document.model import Workflow
from nodeflow.errors import ExitCode, InvalidWorkflow, UnknownType
from nodeflow.execution.events import NodeFailed, NodeSkipped, NodeStarted, Outcome
from nodeflow.execution.forecast import forecast
from nodeflow.execution.run import RunResult
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.worker.messages import pack_error, unpack_error

MakeRunner = Callable[..., ThreadRunner]
MakeWorkflow = Callable[..., Workflow]
Run = Callable[..., RunResult]
NODES: dict[str, Any] = {
    "blue": ("SolidColor", {"width": 64, "height": 64, "color": "#0000ff"}),
    "costly": ("BlurImage", {"image": "@blue.image"}),
    "grain": ("FilmGrain", {"image": "@costly.image", "amount": 0.3}),
    "save_grain": ("SaveImage", {"image": "@grain.image"}),
    "save": ("SaveImage", {"image": "@blue.image"}),
}
UNKNOWN = "unknown node type 'FilmGrain'"


@pytest.fixture
def workflow(make_workflow: MakeWorkflow) -> Workflow:
    """Two pictures to be saved, one of which passes through a node that nobody knows."""
    return make_workflow(NODES)


def test_the_other_branches_run(make_runner: MakeRunner, workflow: Workflow) -> None:
    run = make_runner().start(Job(workflow))
    events = list(run)
    result = run.wait(120)
    assert [event.node for event in events if isinstance(event, NodeStarted)] == ["blue", "save"]
    assert [event.node for event in events if isinstance(event, NodeFailed)] == ["grain"]
    skipped = [(event.node, event.because) for event in events if isinstance(event, NodeSkipped)]
    assert skipped == [("save_grain", "grain")]
    assert len(result.files) == 1
    assert (result.outcome, result.exit_code) == (Outcome.FAILED, ExitCode.INVALID_WORKFLOW)
    assert [str(error) for error in result.errors] == [f"grain: {UNKNOWN}. Install the package that has it"]


def test_it_is_known_before(make_runner: MakeRunner, workflow: Workflow) -> None:
    told = forecast(make_runner().plan(Job(workflow)))
    assert told.runs == ("blue", "save")
    assert told.lacking == {"grain", "costly", "save_grain"}
    assert (told.beside["grain"].action, told.beside["grain"].causes[0].text) == ("fail", UNKNOWN)
    assert told.beside["save_grain"].causes[0].text == "it needs grain, which cannot run"
    assert told.beside["costly"].causes[0].text == "what it feeds cannot run"


@pytest.mark.parametrize("targets", [("save_grain",), ("grain",)])
def test_where_nothing_is_left_to_run_the_job_is_refused(
    make_runner: MakeRunner, workflow: Workflow, targets: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidWorkflow, match=UNKNOWN) as caught:
        make_runner().plan(Job(workflow, targets))
    assert caught.value.exit_code is ExitCode.INVALID_WORKFLOW


def test_a_branch_that_ends_in_it_is_told_of_too(run_nodes: Run) -> None:
    result = run_nodes({**NODES, "upload": ("UploadImage", {"image": "@blue.image"})})
    assert len(result.files) == 1
    assert [error.node for error in result.errors] == ["grain", "upload"]


def test_where_all_ends_in_it_nothing_runs(run_nodes: Run) -> None:
    nodes = {"blue": NODES["blue"], "upload": ("UploadImage", {"image": "@blue.image"})}
    with pytest.raises(InvalidWorkflow, match="unknown node type 'UploadImage'"):
        run_nodes(nodes)


@pytest.mark.parametrize("mode", ["mute", "bypass"])
def test_one_that_takes_no_part_is_nobodys_concern(run_nodes: Run, mode: str) -> None:
    result = run_nodes({**NODES, "grain": ("FilmGrain", {"image": "@costly.image"}, {"mode": mode})})
    assert (result.outcome, len(result.files)) == (Outcome.DONE, 1 if mode == "mute" else 2)


def test_one_in_the_branch_that_a_switch_does_not_choose_is_not_needed(run_nodes: Run) -> None:
    chosen = ("Switch", {"choice": 2, "value_1": "@grain.image", "value_2": "@costly.image"})
    result = run_nodes({**NODES, "chosen": chosen, "save_grain": ("SaveImage", {"image": "@chosen.value"})})
    assert (result.outcome, len(result.files)) == (Outcome.DONE, 2)


def test_one_that_chooses_for_a_switch_refuses_all(run_nodes: Run) -> None:
    chosen = ("Switch", {"choice": "@dice.number", "value_1": "@blue.image"})
    with pytest.raises(InvalidWorkflow, match="unknown node type 'Dice'"):
        run_nodes(
            {**NODES, "dice": ("Dice", {}), "chosen": chosen, "s": ("SaveImage", {"image": "@chosen.value"})}
        )


def test_a_newer_version_of_a_type_is_as_unknown(run_nodes: Run) -> None:
    nodes = {**NODES, "grain": ("BlurImage", {"image": "@costly.image", "new": 1}, {"version": 9})}
    result = run_nodes(nodes)
    assert len(result.files) == 1
    (error,) = result.errors
    assert str(error).startswith("grain: was made with version 9 of BlurImage, here is version 1. Update")


def test_what_is_wrong_beside_it_refuses_all(make_runner: MakeRunner, make_workflow: MakeWorkflow) -> None:
    nodes = {**NODES, "save": ("SaveImage", {"picture": "@blue.image"})}
    with pytest.raises(InvalidWorkflow) as caught:
        make_runner().plan(Job(make_workflow(nodes)))
    assert {problem.node for problem in caught.value.problems} == {"grain", "save"}


def test_links_in_a_ring_through_it_are_still_a_cycle(
    make_runner: MakeRunner, make_workflow: MakeWorkflow
) -> None:
    nodes = {**NODES, "costly": ("BlurImage", {"image": "@grain.image"})}
    with pytest.raises(InvalidWorkflow) as caught:
        make_runner().plan(Job(make_workflow(nodes)))
    assert caught.value.problems[-1].message == "feeds itself: grain → costly → grain"


def test_beside_a_missing_file_both_are_told_and_the_package_comes_first(run_nodes: Run) -> None:
    photo = {"photo": ("LoadImage", {"file": "photo.png"}), "keep": ("SaveImage", {"image": "@photo.image"})}
    result = run_nodes({**NODES, **photo})
    assert len(result.files) == 1
    assert {error.node for error in result.errors} == {"photo", "grain"}
    assert result.exit_code is ExitCode.INVALID_WORKFLOW


def test_inside_a_subgraph_it_does_the_same(make_runner: MakeRunner, make_workflow: MakeWorkflow) -> None:
    body: Any = ({"grain": ("FilmGrain", {"image": "$image"})}, {"image": {}}, {"image": "@grain.image"})
    nodes = {**NODES, "grain": ("Subgraph", {"image": "@costly.image"}, {"subgraph": "film"})}
    result = make_runner().start(Job(make_workflow(nodes, {"film": body}))).wait(120)
    assert len(result.files) == 1
    assert [error.node for error in result.errors] == ["grain/grain"]


def test_what_it_is_survives_the_way_out_of_the_worker() -> None:
    error = unpack_error(pack_error(UnknownType(UNKNOWN, node="grain", advice="Install it")))
    assert isinstance(error, UnknownType)
    assert (error.exit_code, error.node) == (ExitCode.INVALID_WORKFLOW, "grain")
