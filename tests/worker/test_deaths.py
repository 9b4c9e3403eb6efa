"""Whatever becomes of the worker: its run ends with one event that says so, and the next run works."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from nodeflow.document.edit import with_input
from nodeflow.document.model import Workflow
from nodeflow.errors import WorkerDied
from nodeflow.execution import events
from nodeflow.execution.events import Event, Outcome
from nodeflow.execution.runner import Job
from nodeflow.worker import WorkerRunner

MakeWorkflow = Callable[..., Workflow]
MakeWorker = Callable[..., WorkerRunner]
PATIENCE = 30


@pytest.fixture
def works(make_workflow: MakeWorkflow) -> Callable[[WorkerRunner], None]:
    def check(worker: WorkerRunner) -> None:
        result = worker.start(Job(make_workflow({"a": ("Hang", {"seconds": 0.0})}))).wait(PATIENCE)
        assert result.outcome is Outcome.DONE

    return check


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Whether a process is over and waited for: not even a zombie is left."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def up_to_node(stream: Iterator[Event], node: str) -> None:
    next(event for event in stream if isinstance(event, events.NodeStarted) and event.node == node)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("SIGKILL", "ran out of memory"),
        ("SIGSEGV", "crashed (SIGSEGV)"),
        ("SIGBUS", "cut short"),
        ("exit", "ended with code 3"),
    ],
)
def test_a_node_that_ends_the_process_fails_only_its_run(
    make_worker: MakeWorker, make_workflow: MakeWorkflow, works: Callable[..., None], how: str, words: str
) -> None:
    deaths = list[WorkerDied]()
    worker = make_worker(on_death=deaths.append)
    run = worker.start(Job(make_workflow({"bad": ("Die", {"value": 3, "how": how})})))
    *_, failed, finished = list(run)
    assert isinstance(failed, events.RunFailed)
    assert isinstance(failed.error, WorkerDied)
    assert failed.error.node == "bad"
    assert words in failed.error.message
    assert isinstance(finished, events.RunFinished)
    assert run.wait(PATIENCE).errors == (failed.error,)
    assert len(deaths) == 1
    works(worker)
    if how == "SIGSEGV":
        assert "worker_nodes.py" in failed.error.__notes__[0]


def test_questions_fail_with_the_worker(make_worker: MakeWorker, picture: Workflow) -> None:
    worker = make_worker("make_late")
    asked: list[Future[Any]] = [
        worker.forecast(Job(picture)),
        worker.look(Job(picture), "decode.image"),
        worker.warm_up(),
    ]
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    for future in asked:
        assert isinstance(future.exception(PATIENCE), WorkerDied)


def test_a_worker_that_cannot_begin_says_why(make_worker: MakeWorker, picture: Workflow) -> None:
    (failed, _) = list(make_worker("make_nothing").start(Job(picture)))
    assert isinstance(failed, events.RunFailed)
    assert "libgone.so.1" in failed.error.message
    (failed, _) = list(make_worker("make_end").start(Job(picture)))
    assert isinstance(failed, events.RunFailed)
    assert "ended with code 7: some library gave up" in failed.error.message


def test_a_python_that_does_not_start_is_an_error_of_the_run(
    worker: WorkerRunner, picture: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    (failed, _) = list(worker.start(Job(picture)))
    assert isinstance(failed, events.RunFailed)
    assert "does not start" in failed.error.message
    assert worker.forecast(Job(picture)).exception(PATIENCE) is not None


def test_cancelling_stops_between_two_steps_and_keeps_the_worker(
    worker: WorkerRunner, make_workflow: MakeWorkflow, works: Callable[..., None]
) -> None:
    run = worker.start(Job(make_workflow({"a": ("Count", {"steps": 1000})}), ("a",)))
    stream = iter(run)
    next(event for event in stream if isinstance(event, events.NodeProgress))
    pid = worker.pid
    run.cancel()
    run.cancel()
    assert run.wait(PATIENCE).outcome is Outcome.CANCELLED
    works(worker)
    assert worker.pid == pid


def test_cancelling_before_the_worker_is_ready_runs_nothing(
    make_worker: MakeWorker, make_workflow: MakeWorkflow
) -> None:
    run = make_worker("make_late").start(Job(make_workflow({"a": ("Count", {"steps": 1000})}), ("a",)))
    run.cancel()
    assert run.wait(PATIENCE).outcome is Outcome.CANCELLED
    assert not any(isinstance(event, events.NodeProgress) for event in run)


def test_a_node_that_does_not_stop_is_ended_with_its_process(
    make_worker: MakeWorker, make_workflow: MakeWorkflow, works: Callable[..., None]
) -> None:
    deaths = list[WorkerDied]()
    worker = make_worker(patience=0.2, on_death=deaths.append)
    run = worker.start(Job(make_workflow({"deaf": ("Hang", {"seconds": 60.0})})))
    up_to_node(iter(run), "deaf")
    old = worker.pid
    assert old is not None
    run.cancel()
    result = run.wait(PATIENCE)
    assert result.outcome is Outcome.CANCELLED
    assert result.warnings == ("deaf: did not stop, so its process was ended",)
    assert worker.pid not in (None, old)
    works(worker)
    until(lambda: is_gone(old))
    assert deaths == []


def test_a_run_that_is_abandoned_ends_at_once(
    make_worker: MakeWorker, make_workflow: MakeWorkflow, works: Callable[..., None]
) -> None:
    worker = make_worker(patience=60)
    run = worker.start(Job(make_workflow({"deaf": ("Hang", {"seconds": 60.0})})))
    up_to_node(iter(run), "deaf")
    run.cancel()
    run.abandon()
    assert run.wait(PATIENCE).outcome is Outcome.CANCELLED
    run.abandon()
    works(worker)
    assert not [timer for timer in threading.enumerate() if timer.name == "nodeflow-worker-patience"]


def test_a_stopped_process_is_ended_too(
    make_worker: MakeWorker, picture: Workflow, works: Callable[..., None]
) -> None:
    worker = make_worker(patience=0.2)
    works(worker)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    run = worker.start(Job(picture))
    run.cancel()
    assert run.wait(5).outcome is Outcome.CANCELLED
    works(worker)


def test_closing_ends_runs_and_leaves_no_process(worker: WorkerRunner, make_workflow: MakeWorkflow) -> None:
    run = worker.start(Job(make_workflow({"deaf": ("Hang", {"seconds": 60.0})})))
    up_to_node(iter(run), "deaf")
    pid = worker.pid
    assert pid is not None
    worker.close()
    assert run.wait(0).outcome is Outcome.CANCELLED
    assert is_gone(pid)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("nodeflow-worker-wr")]


def test_a_stand_alone_program_starts_itself_as_its_worker(
    worker: WorkerRunner, works: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "nodeflow"
    places = f"sys.path[:] = {sys.path!r}"
    program.write_text(
        f"#!{sys.executable}\nimport sys; {places}\nfrom nodeflow.standalone import main; main()\n", "utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    works(worker)


def test_a_worker_ends_when_its_owner_is_killed(own_folders: Path) -> None:
    program = (
        "import time; from nodeflow.worker import WorkerRunner; runner = WorkerRunner('worker_nodes:make'); "
        "runner.warm_up().result(); print(runner.pid, flush=True); time.sleep(60)"
    )
    paths = {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parent), str(Path.cwd())))}
    owner = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env={**os.environ, **paths}
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert not is_gone(pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until(lambda: is_gone(pid))


def _killed_at_random_points(worker: WorkerRunner, picture: Workflow, count: int) -> None:
    chance = random.Random(count)  # noqa: S311 - the same points every time
    files = set[Path]()
    for turn in range(count):
        run = worker.start(Job(with_input(picture, "sampler.seed", turn)))
        time.sleep(chance.uniform(0, 1.2))
        pid = worker.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            until(lambda: worker.pid != pid)  # noqa: B023 - called at once
        stream = list(run)
        failures = [event for event in stream if isinstance(event, events.RunFailed)]
        result = run.wait(1)
        assert len(failures) == (result.outcome is Outcome.FAILED)
        assert isinstance(stream[-1], events.RunFinished)
        result = worker.start(Job(with_input(picture, "sampler.seed", turn))).wait(PATIENCE)
        assert result.outcome is Outcome.DONE
        files.update(result.files)
    assert len(files) == count


def test_killed_at_three_random_points_the_next_run_works(
    make_worker: MakeWorker, picture: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DELAY", "0.01")
    _killed_at_random_points(make_worker(), picture, 3)


@pytest.mark.full
def test_killed_at_twenty_random_points_the_next_run_works(
    make_worker: MakeWorker, picture: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DELAY", "0.01")
    _killed_at_random_points(make_worker(), picture, 20)
