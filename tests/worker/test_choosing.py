"""Questions of a run in a process of its own: asked, answered, cancelled, and lost with the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace

import pytest

from nodeflow.document.files import parse_workflow
from nodeflow.errors import WorkerDied
from nodeflow.execution.events import ChoiceWanted, NodeStarted, Outcome
from nodeflow.execution.run import Run
from nodeflow.execution.runner import Job
from nodeflow.pictures.small import preview_pictures
from nodeflow.worker import WorkerRunner
from nodeflow.worker.run import WorkerRun
from tests.execution.test_choosing import TEXT

MakeWorker = Callable[..., WorkerRunner]
PATIENCE = 60
JOB = Job(parse_workflow(TEXT), interactive=True)


def asked(run: Run) -> ChoiceWanted:
    """Follow a run up to its question."""
    return next(event for event in run if isinstance(event, ChoiceWanted))


def chosen(worker: WorkerRunner, choice: tuple[int, ...]) -> int:
    """How many pictures come out where these are chosen."""
    run = worker.start(JOB)
    assert asked(run).count == 3
    run.answer("choose", choice)
    result = run.wait(PATIENCE)
    assert result.outcome is Outcome.DONE
    return len(result["show.image"].load())


def test_a_question_comes_with_its_pictures(worker: WorkerRunner) -> None:
    run = worker.start(JOB)
    question = asked(run)
    assert (question.node, question.count) == ("choose", 3)
    assert question.preview is not None
    small = preview_pictures(question.preview, 768)
    assert [(picture.width, picture.height) for picture in small] == [(64, 64)] * 3
    run.cancel()
    run.wait(PATIENCE)


def test_the_answer_goes_on_and_may_be_another_the_next_time(worker: WorkerRunner) -> None:
    assert [chosen(worker, (2, 0)), chosen(worker, (1,))] == [2, 1]


def test_cancelling_ends_the_waiting_and_not_the_process(
    make_worker: MakeWorker, own_folders: object
) -> None:
    deaths = list[WorkerDied]()
    worker = make_worker(on_death=deaths.append)
    run = worker.start(JOB)
    asked(run)
    run.cancel()
    assert run.wait(PATIENCE).outcome is Outcome.CANCELLED
    assert chosen(worker, (0,)) == 1
    assert deaths == []


def test_an_answer_that_comes_too_late_does_no_harm(worker: WorkerRunner) -> None:
    run = worker.start(JOB)
    asked(run)
    run.cancel()
    run.wait(PATIENCE)
    run.answer("choose", (0,))
    assert chosen(worker, (0, 1)) == 2


@pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
def test_a_process_that_dies_while_it_waits_says_where_it_was(worker: WorkerRunner) -> None:
    run = worker.start(replace(JOB, targets=("show",)))
    asked(run)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    result = run.wait(PATIENCE)
    (error,) = result.errors
    assert isinstance(error, WorkerDied)
    assert error.node == "choose"
    run.answer("choose", (0,))  # the window may be open still
    assert chosen(worker, (2,)) == 1


def test_what_computes_is_blamed_before_what_waits_for_a_person() -> None:
    run = WorkerRun(lambda: None)
    run.take(NodeStarted("other", "SolidColor"))
    run.take(NodeStarted("choose", "ChooseImage"))
    run.take(ChoiceWanted("choose", 3))
    run.lose(WorkerDied("the process that runs workflows ended"))
    assert [error.node for error in run.wait(PATIENCE).errors] == ["other"]
