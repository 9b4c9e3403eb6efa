"""What a graph says of models and sizes before it runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image as PILImage

from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.document.model import RunSettings, Workflow
from nodeflow.document.values import Link
from nodeflow.errors import UsageError
from nodeflow.execution.plan import Plan
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.hardware import Arrangement, Quality, Wishes


@pytest.fixture
def runner(make_runner: Callable[..., ThreadRunner]) -> ThreadRunner:
    return make_runner()


def arranged(plan: Plan) -> Arrangement:
    assert plan.arrangement is not None
    return plan.arrangement


def test_size_and_number_of_pictures_are_read_from_the_graph(runner: ThreadRunner) -> None:
    workflow = load_workflow("text_to_image")
    for name, value in (("width", 640), ("height", 256), ("batch_size", 3)):
        workflow = with_input(workflow, f"latent.{name}", value)
    request = arranged(runner.plan(Job(workflow))).request
    assert (request.width, request.height, request.batch) == (640, 256, 3)


def test_a_pictures_size_is_read_from_its_header(runner: ThreadRunner, folders: Folders) -> None:
    folders.output.mkdir()
    PILImage.new("RGB", (320, 192)).save(folders.output / "wide.png")
    workflow = with_input(load_workflow("image_to_image"), "sketch.file", "wide.png")
    request = arranged(runner.plan(Job(workflow))).request
    assert (request.width, request.height) == (320, 192)


def two_branches(workflow: Workflow) -> Workflow:
    """The same picture, sampled and decoded once more."""
    nodes = dict(workflow.nodes)
    for name, fed in (("sampler", None), ("decode", "latent"), ("save", "image")):
        copy = nodes[name]
        if fed:
            source = copy.inputs[fed]
            again = Link(f"{source.node}_2", source.output)
            copy = copy.model_copy(update={"inputs": {**copy.inputs, fed: again}})
        nodes[f"{name}_2"] = copy
    return workflow.model_copy(update={"nodes": nodes})


def test_pictures_of_several_branches_may_overlap(runner: ThreadRunner) -> None:
    workflow = load_workflow("text_to_image")
    assert arranged(runner.plan(Job(two_branches(workflow)))).request.overlap
    assert not arranged(runner.plan(Job(workflow))).request.overlap
    assert not arranged(runner.plan(Job(load_workflow("base_and_refiner")))).request.overlap


def wanting(workflow: Workflow, **settings: object) -> Workflow:
    return workflow.model_copy(update={"run": RunSettings.model_validate(settings)})


def test_the_command_line_goes_before_the_workflow_and_that_before_the_settings(runner: ThreadRunner) -> None:
    plain = load_workflow("text_to_image")
    runner.wishes = Wishes(quality=Quality.FAST)
    workflow = wanting(plain, quality="balanced")

    def quality(job: Job) -> Quality:
        return arranged(runner.plan(job)).request.quality

    assert quality(Job(plain)) is Quality.FAST
    assert quality(Job(workflow)) is Quality.BALANCED
    assert quality(Job(workflow, wishes=Wishes(quality=Quality.EXACT))) is Quality.EXACT


def test_a_device_that_is_not_there_is_refused_before_the_run(runner: ThreadRunner) -> None:
    with pytest.raises(UsageError, match="no device 'cuda:7'"):
        runner.plan(Job(wanting(load_workflow("text_to_image"), device="cuda:7")))
