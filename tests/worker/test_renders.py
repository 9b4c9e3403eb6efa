"""Real pictures with the bundled model: the worker's are those of this process, previews too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import torch

from nodeflow import load_workflow, run
from nodeflow.document.edit import with_input
from nodeflow.errors import ExitCode
from nodeflow.execution.events import NodeProgress, Outcome
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.worker import WorkerRunner

PATIENCE = 120


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerRunner]:
    """A worker as the editor has it: one for all runs."""
    with pytest.MonkeyPatch.context() as patch, closing(WorkerRunner()) as runner:
        for name in ("CACHE", "CONFIG", "MODELS", "OUTPUT"):
            patch.setenv(f"NODEFLOW_{name}_DIR", str(tmp_path_factory.mktemp(name)))
        patch.setenv("OMP_NUM_THREADS", "1")  # sums are rounded otherwise with another number of threads
        runner.warm_up().result(PATIENCE)
        yield runner


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """This process computes as the worker does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _same(real: WorkerRunner, name: str, tmp_path: Path) -> None:
    workflow = load_workflow(name)
    there = real.start(Job(workflow, output=tmp_path / "there"))
    steps = [event for event in there if isinstance(event, NodeProgress)]
    result = there.wait(PATIENCE)
    assert result.outcome is Outcome.DONE
    assert steps
    with closing(ThreadRunner.standard(cached=False)) as own:
        here = run(workflow, output=tmp_path / "here", runner=own)
    assert [digest(path) for path in result.files] == [digest(path) for path in here.files]


def test_a_picture_is_the_same(real: WorkerRunner, tmp_path: Path) -> None:
    _same(real, "text_to_image", tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("name", ["base_and_refiner", "two_loras", "image_to_image"])
def test_every_kind_of_picture_is_the_same(real: WorkerRunner, tmp_path: Path, name: str) -> None:
    _same(real, name, tmp_path)


def test_a_preview_looks_like_the_picture(real: WorkerRunner) -> None:
    workflow = with_input(load_workflow("text_to_image"), "sampler.steps", 60)
    run_ = real.start(Job(workflow, targets=("decode",)))
    previews = [event.preview() for event in run_ if isinstance(event, NodeProgress) and event.preview]
    (image,) = run_.wait(PATIENCE).values()
    small = image.load().pixels.reshape(1, 16, 8, 16, 8, 3).mean(axis=(2, 4))
    assert previews
    assert previews[-1].pixels.shape == small.shape
    assert abs(previews[-1].pixels - small).mean() < 0.2


def test_jobs_share_one_process_and_a_job_that_fails_leaves_it_running(real: WorkerRunner) -> None:
    workflow = with_input(load_workflow("text_to_image"), "sampler.steps", 2)
    pid = real.pid
    missing = with_input(workflow, "checkpoint.checkpoint", "nobody")
    (error,) = real.start(Job(missing)).wait(PATIENCE).errors
    assert (error.node, error.exit_code) == ("checkpoint", ExitCode.MISSING_FILE)
    for seed in (5, 6):
        job = Job(with_input(workflow, "sampler.seed", seed))
        assert real.start(job).wait(PATIENCE).outcome is Outcome.DONE
    assert real.pid == pid
