"""Runners and the Python interface: whole workflows on the fake backend, in milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PILImage

from nodeflow import load_workflow, run
from nodeflow.backends.fake import FakeBackend
from nodeflow.document.edit import with_input
from nodeflow.document.model import SeedMode, UsedModel, Workflow
from nodeflow.errors import ExitCode, InvalidWorkflow, OutOfMemory, UsageError
from nodeflow.execution.events import Event, NodeFinished, NodeProgress, Outcome
from nodeflow.execution.runner import Job, Runner, ThreadRunner
from nodeflow.files import Digests
from nodeflow.folders import BUNDLED_MODELS

MakeRunner = Callable[..., ThreadRunner]


@pytest.fixture
def runner(make_runner: MakeRunner) -> ThreadRunner:
    return make_runner()


@pytest.fixture
def workflow() -> Workflow:
    return load_workflow("text_to_image")


def test_whole_workflow_saves_a_picture(runner: ThreadRunner, workflow: Workflow) -> None:
    stream: list[Event] = []
    result = run(workflow, runner=runner, on_event=stream.append)
    (path,) = result.files
    with PILImage.open(path) as picture:
        assert picture.size == (128, 128)
    steps = [e for e in stream if isinstance(e, NodeProgress)]
    assert [e.step for e in steps] == list(range(1, len(steps) + 1))
    assert steps[0].preview is not None
    assert steps[0].preview().pixels.shape == (1, 16, 16, 3)


@pytest.mark.parametrize("name", ["base_and_refiner", "two_loras", "batch_of_seeds", "image_to_image"])
def test_every_template_runs(runner: ThreadRunner, name: str) -> None:
    assert run(name, runner=runner).files


def test_inputs_targets_and_output_are_taken(
    runner: ThreadRunner, workflow: Workflow, tmp_path: Path
) -> None:
    result = run(
        workflow, {"sampler.seed": 5}, targets=["sampler", "save"], output=tmp_path / "a.png", runner=runner
    )
    assert result.files == (tmp_path / "a.png",)
    assert result["sampler.latent"].seeds == (5,)


def test_a_mask_is_found_in_the_pictures_folder_and_nowhere_else(
    runner: ThreadRunner, make_workflow: Callable[..., Workflow], tmp_path: Path
) -> None:
    runner.folders = replace(runner.folders, pictures=tmp_path / "pictures")
    for folder in (runner.folders.pictures / "masks", tmp_path / "elsewhere"):
        folder.mkdir(parents=True)
        PILImage.new("L", (8, 8), 255).save(folder / "a.png")
    nodes = {"blue": ("SolidColor", {"color": "#0000ff", "width": 64, "height": 72})}
    masked = {"mask": ("LoadMask", {"file": "masks/a.png", "image": "@blue.image"})}
    mask = run(make_workflow({**nodes, **masked}), runner=runner)["mask.mask"]
    assert mask.values.shape == (1, 72, 64)
    assert mask.values.min() == 1
    outside = {"mask": ("LoadMask", {"file": str(tmp_path / "elsewhere" / "a.png")})}
    with pytest.raises(InvalidWorkflow, match="lies outside the folders that may be read"):
        run(make_workflow(outside), runner=runner)


def test_a_path_names_a_file_anywhere(
    runner: ThreadRunner,
    make_workflow: Callable[..., Workflow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "mine").mkdir()
    PILImage.new("RGB", (8, 16)).save(tmp_path / "mine" / "a.png")
    load = make_workflow({"load": ("LoadImage", {"file": "other.png"})})
    monkeypatch.chdir(tmp_path)
    for path in (Path("mine/a.png"), tmp_path / "mine" / "a.png"):
        assert run(load, {"load.file": path}, runner=runner)["load.image"].size == (16, 8)
    with pytest.raises(InvalidWorkflow, match="There is no picture"):
        run(load, {"load.file": Path("mine/b.png")}, runner=runner)
    with pytest.raises(InvalidWorkflow, match=r"There is no picture|lies outside"):
        run(load, {"load.file": "mine/a.png"}, runner=runner)


def test_a_missing_model_that_is_here_by_another_name_is_named(runner: ThreadRunner) -> None:
    digest = Digests(runner.folders.cache).of(BUNDLED_MODELS / "loras" / "flat.safetensors")
    workflow = with_input(load_workflow("two_loras"), "flat.lora", "gone")
    known = workflow.model_copy(update={"models": {"gone": UsedModel(kind="lora", digest=digest)}})
    with pytest.raises(
        InvalidWorkflow, match=r"There is no LoRA 'gone'.*\. The same model is here as 'flat'"
    ):
        run(known, runner=runner)
    with pytest.raises(InvalidWorkflow, match=r"`nodeflow models` lists what there is"):
        run(workflow, runner=runner)


def test_seed_that_was_asked_for_is_not_drawn_anew(runner: ThreadRunner, workflow: Workflow) -> None:
    random = workflow.model_copy(update={"seeds": {"sampler.seed": SeedMode.RANDOMIZE}})
    assert run(random, {"sampler.seed": 5}, targets=["sampler"], runner=runner)["sampler.latent"].seeds == (
        5,
    )
    drawn = {run(random, targets=["sampler"], runner=runner)["sampler.latent"].seeds for _ in range(3)}
    assert len(drawn) == 3


def test_unknown_input_node_is_a_usage_error(runner: ThreadRunner, workflow: Workflow) -> None:
    with pytest.raises(UsageError, match="there is no node 'nobody'"):
        run(workflow, {"nobody.x": 1}, runner=runner)
    with pytest.raises(InvalidWorkflow, match="Sampler has no such input"):
        run(workflow, {"sampler.x": 1}, runner=runner)


def test_error_in_a_handler_cancels_the_run(
    runner: ThreadRunner, backend: FakeBackend, workflow: Workflow
) -> None:
    backend.delay = 0.01

    def stop(event: Event) -> None:
        if isinstance(event, NodeProgress):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(workflow, {"sampler.steps": 1000}, runner=runner, on_event=stop)
    assert "decode" not in backend.calls


def break_sampling(call: str, step: int) -> None:
    if (call, step) == ("sample", 3):
        raise MemoryError


def test_check_raises_the_first_error_or_returns_it(
    runner: ThreadRunner, backend: FakeBackend, workflow: Workflow
) -> None:
    backend.on_step = break_sampling
    with pytest.raises(OutOfMemory, match="sampler: memory ran out"):
        run(workflow, runner=runner)
    result = run(workflow, runner=runner, check=False)
    assert (result.outcome, result.exit_code, result.files) == (Outcome.FAILED, ExitCode.OUT_OF_MEMORY, ())
    backend.on_step = None
    assert run(workflow, runner=runner).files, "the next run works"


def test_cancel_within_a_sampling_step_keeps_earlier_pictures(
    runner: ThreadRunner, backend: FakeBackend, workflow: Workflow
) -> None:
    first = run(workflow, runner=runner)
    started, steps = threading.Event(), list[int]()

    def note(call: str, step: int) -> None:
        if call == "sample":
            steps.append(step)
            started.set()

    backend.delay = 0.005
    backend.on_step = note
    handle = runner.start(Job(with_input(workflow, "sampler.steps", 1000)))
    assert started.wait(60)
    handle.cancel()
    begun = len(steps)
    assert handle.wait(60).outcome is Outcome.CANCELLED
    assert len(steps) <= begun + 1
    assert first.files[0].is_file()


def test_two_runs_at_once_do_not_disturb_each_other(runner: ThreadRunner, workflow: Workflow) -> None:
    def jobs() -> list[Job]:
        return [Job(with_input(workflow, "sampler.seed", seed), ("decode", "save")) for seed in (1, 2)]

    together = [handle.wait(120) for handle in [runner.start(job) for job in jobs()]]
    alone = [runner.start(job).wait(120) for job in jobs()]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one["decode.image"].pixels, other["decode.image"].pixels)
    assert len({result.files for result in [*together, *alone]}) == 4


def test_changed_seed_changes_the_picture(runner: ThreadRunner, workflow: Workflow) -> None:
    images = [
        run(workflow, {"sampler.seed": seed}, targets=["decode"], runner=runner)["decode.image"].pixels
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(images[0], images[1])
    assert np.abs(images[0] - images[2]).max() > 0.1


def test_missing_backend_is_one_line(make_runner: MakeRunner, workflow: Workflow) -> None:
    runner = make_runner()
    runner.backend = "ghost"
    result = run(workflow, runner=runner, check=False)
    assert {str(error).partition(": ")[2] for error in result.errors} == {
        "there is no backend 'ghost'. Install the package that has it"
    }


def test_closing_releases_the_backend(runner: ThreadRunner, backend: FakeBackend) -> None:
    runner.close()
    assert backend.closed == 1


def test_thread_runner_is_a_runner(runner: ThreadRunner) -> None:
    checked: Runner = runner
    assert checked.forecast(Job(load_workflow("text_to_image"))).result(20).runs
    checked.close()


def test_files_beside_the_workflow_are_found(
    runner: ThreadRunner, tmp_path: Path, make_workflow: Callable[..., Workflow]
) -> None:
    PILImage.new("RGB", (8, 16), "red").save(tmp_path / "red.png")
    document = make_workflow({"l": ("LoadImage", {"file": "red.png"})}).at(tmp_path / "w.json")
    assert run(document, runner=runner)["l.image"].size == (16, 8)


def test_events_are_plain_json(runner: ThreadRunner, backend: FakeBackend, workflow: Workflow) -> None:
    backend.on_step = break_sampling
    stream: list[dict[str, Any]] = []
    run(workflow, runner=runner, on_event=lambda event: stream.append(event.to_json()), check=False)
    failed = next(event for event in stream if event["event"] == "node_failed")
    assert failed["error"]["exit_code"] == 5
    assert stream[-1]["outcome"] == "failed"
    assert {"event", "node", "type"} == set(stream[1])


def test_nodes_finish_in_the_order_of_the_wires(runner: ThreadRunner, workflow: Workflow) -> None:
    stream: list[Event] = []
    run(workflow, runner=runner, on_event=stream.append)
    finished = [event.node for event in stream if isinstance(event, NodeFinished)]
    assert finished.index("sampler") < finished.index("decode") < finished.index("save")


def test_a_runner_follows_other_folders_and_settings(make_runner: MakeRunner, tmp_path: Path) -> None:
    runner = make_runner()
    moved = replace(runner.folders, output=tmp_path / "elsewhere")
    moved.config.mkdir(exist_ok=True)
    (moved.config / "settings.toml").write_text('[run]\ndevice = "cpu"\nquality = "fast"\n')
    runner.follow(moved).result()
    (path,) = run("text_to_image", runner=runner).files
    assert (tmp_path / "elsewhere") in path.parents
    assert runner.wishes.quality == "fast"


def test_settings_that_nobody_knows_change_nothing(make_runner: MakeRunner, tmp_path: Path) -> None:
    runner = make_runner()
    before = runner.folders
    config = tmp_path / "faulty"
    config.mkdir()
    (config / "settings.toml").write_text('[run]\nquality = "best"\n')
    with pytest.raises(UsageError, match=r"run\.quality"):
        runner.follow(replace(before, config=config)).result()
    assert runner.folders is before


def test_the_doctor_says_what_the_command_line_says(make_runner: MakeRunner) -> None:
    told = make_runner().doctor().result()
    assert told["placement"]["fits"] is True
    assert told["profile"]["devices"][-1]["kind"] == "cpu"
    assert told["placement"]["reason"] in told["lines"]
