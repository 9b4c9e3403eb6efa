"""Runs in a worker process give what runs in this process give: events, files, values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nodeflow import run
from nodeflow.backends.fake import FakeBackend
from nodeflow.cache import Tier
from nodeflow.document.appearance import set_frozen
from nodeflow.document.edit import with_input
from nodeflow.document.model import Workflow
from nodeflow.errors import ExitCode, InvalidWorkflow, NodeflowError, WrongSize
from nodeflow.execution import events
from nodeflow.execution.events import Event, Outcome
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.pictures.small import SmallPreview
from nodeflow.worker import Handle, WorkerRunner
from nodeflow.worker.messages import pack_error, unpack_error

MakeWorkflow = Callable[..., Workflow]
PATIENCE = 30


def told(stream: Iterable[Event]) -> list[tuple[object, ...]]:
    """Events without times, paths and previews; files are read, and reasons known, where there is a cache."""
    found: list[tuple[object, ...]] = []
    for event in stream:
        if isinstance(event, events.FilesRead | events.RunExplained):
            continue
        plain = event.to_json()
        for name in ("seconds", "seconds_left", "path"):
            plain.pop(name, None)
        found.append(tuple(plain.items()))
    return found


def digests(paths: Iterable[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def test_a_worker_gives_the_same_events_and_the_same_files(
    worker: WorkerRunner, picture: Workflow, tmp_path: Path
) -> None:
    here, there = list[Event](), list[Event]()
    own = ThreadRunner(backend=FakeBackend())
    first = run(picture, output=tmp_path / "here", runner=own, on_event=here.append)
    second = worker.start(Job(picture, output=tmp_path / "there")).watch(there.append)
    assert second.outcome is Outcome.DONE
    assert digests(second.files) == digests(first.files)
    # Which of two threads tells first is nobody's promise; what each tells is.
    assert sorted(map(str, told(there))) == sorted(map(str, told(here)))
    assert told(there)[0] == told(here)[0]
    assert isinstance(there[-1], events.RunFinished)
    sampled = [event.step for event in there if isinstance(event, events.NodeProgress)]
    assert sampled == sorted(sampled)
    name = next(iter(first))
    handle = second[name]
    assert isinstance(handle, Handle)
    assert np.array_equal(handle.load().pixels, first[name].pixels)


def test_a_second_run_fetches_what_the_first_one_made(worker: WorkerRunner, picture: Workflow) -> None:
    first = worker.start(Job(picture)).wait(PATIENCE)
    again = list(worker.start(Job(picture)))
    cached = [event for event in again if isinstance(event, events.NodeCached)]
    assert [event.node for event in cached] == ["decode"]
    assert cached[0].tier is Tier.MEMORY
    assert first.files[0].exists()


def test_previews_come_as_small_pictures(worker: WorkerRunner, picture: Workflow) -> None:
    steps = [event for event in worker.start(Job(picture)) if isinstance(event, events.NodeProgress)]
    shown = [event.preview for event in steps if event.preview is not None]
    assert shown
    preview = shown[0]
    assert isinstance(preview, SmallPreview)
    (small,) = preview.pictures
    assert (small.width, small.height, len(small.pixels)) == (16, 16, 768)
    pixels = preview().pixels
    assert pixels.shape == (1, 16, 16, 3)
    assert 0 < pixels.std() < 1


def test_only_what_is_wanted_runs(worker: WorkerRunner, picture: Workflow) -> None:
    events_ = list(worker.start(Job(picture, targets=("prompt",))))
    ran = [event.node for event in events_ if isinstance(event, events.NodeStarted)]
    assert ran == ["prompt"]


def test_an_invalid_workflow_ends_its_run_with_every_problem(
    worker: WorkerRunner, make_workflow: MakeWorkflow
) -> None:
    run_ = worker.start(Job(make_workflow({"a": ("Nobody", {}), "b": ("Nothing", {})})))
    (failed, finished) = list(run_)
    assert isinstance(failed, events.RunFailed)
    assert isinstance(failed.error, InvalidWorkflow)
    assert [problem.node for problem in failed.error.problems] == ["a", "b"]
    assert isinstance(finished, events.RunFinished)
    assert run_.wait(PATIENCE).exit_code is ExitCode.INVALID_WORKFLOW


def test_a_node_that_fails_says_where_and_the_others_finish(
    worker: WorkerRunner, make_workflow: MakeWorkflow
) -> None:
    nodes = {"bad": ("Fail", {"value": 3}), "good": ("Hang", {"seconds": 0.0})}
    result = worker.start(Job(make_workflow(nodes))).wait(PATIENCE)
    (error,) = result.errors
    assert (error.node, error.message) == ("bad", "RuntimeError: no 3")
    assert "worker_nodes.py" in error.__notes__[0]
    assert result["good.value"].text == "0.0"


def test_what_a_node_prints_disturbs_nobody(worker: WorkerRunner, make_workflow: MakeWorkflow) -> None:
    result = worker.start(Job(make_workflow({"a": ("Print", {"value": 5})}))).wait(PATIENCE)
    assert result["a.value"].load() == 5


def test_what_a_run_will_do_is_told_before(worker: WorkerRunner, picture: Workflow) -> None:
    before = worker.forecast(Job(picture)).result(PATIENCE)
    assert before.runs[-1] == "save"
    assert before.seconds is None
    assert before.peaks
    worker.start(Job(picture)).wait(PATIENCE)
    after = worker.forecast(Job(with_input(picture, "sampler.seed", 99))).result(PATIENCE)
    actions = {node.node: node.action for node in after.nodes}
    assert actions["sampler"] == "run"
    assert actions["prompt"] == "be fetched"
    assert after.seconds is not None
    causes = next(node.causes for node in after.nodes if node.node == "sampler")
    assert causes[0].input == "seed"


def test_a_newer_question_takes_the_place_of_older_ones(worker: WorkerRunner, picture: Workflow) -> None:
    asked = [worker.forecast(Job(with_input(picture, "sampler.seed", seed))) for seed in range(50)]
    assert asked[-1].result(PATIENCE).runs
    assert all(future.cancelled() or future.done() for future in asked)
    assert sum(future.cancelled() for future in asked) > 40
    with pytest.raises(InvalidWorkflow):
        worker.forecast(Job(with_input(picture, "sampler.steps", "many"))).result(PATIENCE)


def test_what_a_wire_carries_can_be_seen_once_it_is_at_hand(worker: WorkerRunner, picture: Workflow) -> None:
    job = Job(picture)
    assert worker.look(job, "decode.image", 64).result(PATIENCE) is None
    worker.start(job).wait(PATIENCE)
    look = worker.look(job, "decode.image", 64).result(PATIENCE)
    assert look is not None
    assert (look.kind, look.text) == ("Image", "128 x 128")
    assert [(p.width, p.height, len(p.pixels)) for p in look.pictures] == [(64, 64, 64 * 64 * 3)]
    latent = worker.look(job, "sampler.latent", 64).result(PATIENCE)
    assert latent is not None
    assert latent.pictures[0].width == 16
    model = worker.look(job, "checkpoint.model").result(PATIENCE)
    assert model is None or model.kind == "Model"


def test_a_result_is_shown_by_its_handle(worker: WorkerRunner, picture: Workflow) -> None:
    result = worker.start(Job(picture, targets=("decode",))).wait(PATIENCE)
    look = result["decode.image"].look(32)
    assert look.pictures[0].width == 32
    assert result["decode.image"].kind == "Image"
    worker.close()
    with pytest.raises(NodeflowError, match="the process that runs workflows"):
        result["decode.image"].look(32)


def test_a_worker_is_warmed_up_and_takes_another_job_after_it_was_closed(
    worker: WorkerRunner, picture: Workflow
) -> None:
    assert worker.pid is None
    worker.warm_up().result(PATIENCE)
    first = worker.pid
    assert first is not None
    worker.close()
    assert worker.pid is None
    assert worker.start(Job(picture)).wait(PATIENCE).outcome is Outcome.DONE
    assert worker.pid != first


def test_the_thread_runner_answers_the_same_questions(picture: Workflow) -> None:
    runner = ThreadRunner(backend=FakeBackend())
    try:
        assert runner.forecast(Job(picture)).result(PATIENCE).runs
        runner.warm_up().result(PATIENCE)
        look = runner.look(replace(Job(picture)), "decode.image").result(PATIENCE)
        assert look is None
    finally:
        runner.close()


def test_a_worker_follows_other_folders(worker: WorkerRunner, picture: Workflow, tmp_path: Path) -> None:
    moved = replace(Folders.from_environment(), output=tmp_path / "moved")
    worker.follow(moved).result(PATIENCE)
    (path,) = worker.start(Job(picture)).wait().files
    assert (tmp_path / "moved") in path.parents


def test_a_worker_tells_why_settings_cannot_be_followed(worker: WorkerRunner, own_folders: Path) -> None:
    folders = Folders.from_environment()
    folders.config.mkdir()
    (folders.config / "settings.toml").write_text('[run]\nquality = "best"\n')
    with pytest.raises(NodeflowError, match=r"run\.quality"):
        worker.follow(folders).result(PATIENCE)


def test_a_worker_says_what_the_machine_can_do(worker: WorkerRunner) -> None:
    told = worker.doctor().result(PATIENCE)
    assert {"profile", "placement", "request", "lines"} <= set(told)


def test_an_error_tells_the_size_that_is_wanted_through_the_pipe() -> None:
    error = WrongSize("it has another size", node="mix", input="above", advice="Resize it")
    error.wanted = (64, 128)
    found = unpack_error(json.loads(json.dumps(pack_error(error))))
    assert isinstance(found, WrongSize)
    assert (found.wanted, found.node, found.input) == ((64, 128), "mix", "above")


def test_results_are_frozen_and_looked_at_through_the_pipe(worker: WorkerRunner, picture: Workflow) -> None:
    assert worker.freeze(Job(picture), ["sampler"]).result(PATIENCE) == {}
    worker.start(Job(picture)).wait(PATIENCE)
    (key,) = worker.freeze(Job(picture), ["sampler"]).result(PATIENCE).values()
    frozen = set_frozen(with_input(picture, "prompt.text", "a pear"), {"sampler": key})
    assert worker.forecast(Job(frozen)).result(PATIENCE).runs == ("save",)
    look = worker.look(Job(frozen), "prompt.conditioning", 64).result(PATIENCE)
    assert look is None, "nobody has encoded that prompt"
    look = worker.look(Job(picture), "prompt.conditioning", 64).result(PATIENCE)
    assert look is not None
    assert look.lines[-1] == "Text: a red apple"
