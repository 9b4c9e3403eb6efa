"""Files that are not here keep what depends on them from running, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.document.model import Workflow
from nodeflow.errors import ExitCode, InvalidWorkflow
from nodeflow.execution.events import NodeFailed, NodeSkipped, NodeStarted, Outcome, RunStarted
from nodeflow.execution.forecast import forecast
from nodeflow.execution.runner import Job, ThreadRunner

MakeRunner = Callable[..., ThreadRunner]
NODES: dict[str, Any] = {
    "photo": ("LoadImage", {"file": "photo.png"}),
    "blue": ("SolidColor", {"width": 64, "height": 64, "color": "#0000ff"}),
    "costly": ("BlurImage", {"image": "@blue.image"}),
    "both": ("BlendImages", {"below": "@photo.image", "above": "@costly.image"}),
    "save_both": ("SaveImage", {"image": "@both.image"}),
    "save": ("SaveImage", {"image": "@blue.image"}),
}


@pytest.fixture
def workflow(make_workflow: Callable[..., Workflow]) -> Workflow:
    """Two pictures to be saved, one of which needs a photo that is not here."""
    return make_workflow(NODES)


def test_the_other_branches_run(make_runner: MakeRunner, workflow: Workflow) -> None:
    run = make_runner().start(Job(workflow))
    events = list(run)
    result = run.wait(120)
    assert [event.node for event in events if isinstance(event, NodeStarted)] == ["blue", "save"]
    assert len(result.files) == 1
    assert (result.outcome, result.exit_code) == (Outcome.FAILED, ExitCode.MISSING_FILE)
    (error,) = result.errors
    assert (error.node, error.input) == ("photo", "file")
    assert "photo.png" in error.message


def test_the_rest_says_why_it_did_not_run(make_runner: MakeRunner, workflow: Workflow) -> None:
    events = list(make_runner().start(Job(workflow)))
    assert events[0] == RunStarted(workflow.title, ("blue", "save"))
    assert [event.node for event in events if isinstance(event, NodeFailed)] == ["photo"]
    skipped = [(event.node, event.because) for event in events if isinstance(event, NodeSkipped)]
    assert skipped == [("both", "photo"), ("save_both", "photo")]


def test_it_is_known_before(make_runner: MakeRunner, workflow: Workflow) -> None:
    told = forecast(make_runner().plan(Job(workflow)))
    assert told.runs == ("blue", "save")
    assert told.lacking == {"photo", "costly", "both", "save_both"}
    actions = {name: (why.action, why.causes[0].text) for name, why in told.beside.items()}
    assert actions["photo"][0] == "fail"
    assert actions["both"] == ("be left out", "it needs photo, which cannot run")
    assert actions["costly"] == ("be left out", "what it feeds cannot run")


@pytest.mark.parametrize("targets", [("save_both",), ("photo", "both")])
def test_where_nothing_is_left_to_run_the_job_is_refused(
    make_runner: MakeRunner, workflow: Workflow, targets: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        make_runner().plan(Job(workflow, targets))
    assert caught.value.exit_code is ExitCode.MISSING_FILE


def test_a_model_that_is_missing_does_the_same(
    make_runner: MakeRunner, make_workflow: Callable[..., Workflow]
) -> None:
    nodes = {
        **NODES,
        "model": ("CheckpointLoader", {"checkpoint": "nothing"}),
        "decode": ("VAEDecode", {"model": "@model.model", "latent": "@empty.latent"}),
        "empty": ("EmptyLatent", {"width": 64, "height": 64}),
        "save_model": ("SaveImage", {"image": "@decode.image"}),
    }
    result = make_runner().start(Job(make_workflow(nodes))).wait(120)
    assert len(result.files) == 1
    assert {error.node for error in result.errors} == {"photo", "model"}


def test_a_wrong_value_beside_it_refuses_all(
    make_runner: MakeRunner, make_workflow: Callable[..., Workflow]
) -> None:
    nodes = {**NODES, "blue": ("SolidColor", {"width": 64, "height": 64, "color": "blue"})}
    with pytest.raises(InvalidWorkflow) as caught:
        make_runner().plan(Job(make_workflow(nodes)))
    assert {problem.node for problem in caught.value.problems} >= {"blue"}


def test_what_was_computed_before_is_not_computed_again_once_the_file_is_here(
    make_runner: MakeRunner, workflow: Workflow
) -> None:
    from PIL import Image as PILImage

    from nodeflow.cache import open_cache
    from nodeflow.values import Image

    runner = make_runner()
    runner.cache = open_cache(runner.folders, memory_bytes=1 << 26, disk_bytes=1 << 26, classes=[Image])
    runner.start(Job(workflow)).wait(120)
    runner.folders.output.mkdir(parents=True, exist_ok=True)
    PILImage.new("RGB", (64, 64), "red").save(runner.folders.output / "photo.png")
    run = runner.start(Job(workflow))
    started = [event.node for event in run if isinstance(event, NodeStarted)]
    assert run.wait(120).outcome is Outcome.DONE
    assert started == ["photo", "costly", "both", "save_both", "save"]
