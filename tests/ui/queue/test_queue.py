"""The queue without a screen or a disk: order, moving, cancelling, asking again, editing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nodeflow.document.edit import with_input
from nodeflow.execution.job import Job
from tests.ui.queue.conftest import titles
from ui.queue.entry import Entry, State, Work, differing
from ui.queue.queue import MOST_OVER, Queue

Make = Callable[..., Entry]


@pytest.fixture
def queue(entry: Make) -> Queue:
    """Five jobs that wait."""
    queue = Queue()
    queue.add([entry(title) for title in "abcde"])
    return queue


def named(queue: Queue, names: str) -> set[str]:
    return {entry.id for entry in queue if entry.title in names}


def test_one_runs_at_a_time_in_order(queue: Queue) -> None:
    first = queue.take()
    assert first is not None
    assert (first.title, first.state) == ("a", State.RUNNING)
    assert queue.take() is None
    queue.end(State.FAILED, message="no")
    assert [(e.title, e.state, e.message) for e in queue.over] == [("a", State.FAILED, "no")]
    assert titles(queue) == list("bcde")


def test_a_job_can_be_put_before_all_others(queue: Queue, entry: Make) -> None:
    queue.add([entry("x"), entry("y")], front=True)
    assert titles(queue) == list("xyabcde")


@pytest.mark.parametrize(
    ("moved", "before", "result"),
    [
        ("d", "a", "dabce"),
        ("a", None, "bcdea"),
        ("bd", "a", "bdace"),
        ("bc", "d", "abcde"),
        ("bd", "c", "abdce"),
        ("bd", "d", "acbde"),
        ("abcde", "c", "abcde"),
    ],
)
def test_jobs_are_moved_together(queue: Queue, moved: str, before: str | None, result: str) -> None:
    target = next(iter(named(queue, before))) if before else None
    queue.move(named(queue, moved), target)
    assert "".join(titles(queue)) == result


@pytest.mark.parametrize(
    ("moved", "by", "result"),
    [("b", -1, "bacde"), ("a", -1, "abcde"), ("de", 1, "abcde"), ("bc", 1, "adbce")],
)
def test_jobs_step_up_and_down(queue: Queue, moved: str, by: int, result: str) -> None:
    queue.step(named(queue, moved), by)
    assert "".join(titles(queue)) == result


def test_a_thousand_moves_between_the_same_two_keep_the_order(queue: Queue) -> None:
    for _ in range(1_000):
        queue.move({queue.waiting[-1].id}, queue.waiting[1].id)
    places = [queue._places[entry.id] for entry in queue.waiting]
    assert places == sorted(set(places))


def test_a_paused_queue_begins_nothing_new(queue: Queue) -> None:
    queue.take()
    queue.set_paused(True)
    queue.end(State.DONE)
    assert queue.take() is None
    queue.set_paused(False)
    assert queue.take() is not None


def test_what_is_edited_is_left_out_until_it_is_let_go(queue: Queue) -> None:
    queue.held = named(queue, "a")
    taken = queue.take()
    assert taken is not None
    assert taken.title == "b"


def test_what_is_cancelled_can_be_asked_for_again(queue: Queue) -> None:
    queue.cancel(named(queue, "bd"))
    assert titles(queue) == list("ace")
    new = queue.again(named(queue, "bd"))
    assert titles(queue) == list("acebd")
    assert not {entry.id for entry in new} & {entry.id for entry in queue.over}


def test_a_lost_process_is_forgiven_once(queue: Queue) -> None:
    queue.take()
    assert queue.retry()
    assert titles(queue) == list("abcde")
    queue.take()
    assert not queue.retry()
    queue.end(State.FAILED)
    assert titles(queue) == list("bcde")


def test_a_waiting_job_is_edited_and_a_running_one_is_not(queue: Queue, work: Work) -> None:
    job = Job(with_input(work.job.workflow, "sampler.seed", 99))
    assert queue.edit(queue.waiting[0].id, job)
    assert queue.waiting[0].note.startswith("seed 99 · ")
    begun = queue.take()
    assert begun is not None
    assert begun.job().workflow == job.workflow
    assert not queue.edit(begun.id, job)


def test_only_the_latest_are_remembered(entry: Make) -> None:
    queue = Queue()
    queue.add([entry(str(n)) for n in range(MOST_OVER + 5)])
    queue.cancel({e.id for e in queue.waiting[:-1]})
    queue.take()
    queue.end(State.DONE)
    assert len(queue.over) == MOST_OVER
    assert queue.over[0].title == str(MOST_OVER + 4)


def test_a_job_says_what_tells_it_from_others(work: Work) -> None:
    assert Entry.of(work.job).note == "seed 7 · a red apple"
    assert differing({"sampler.seed": 3, "prompt.text": "a  pear\nby night"}) == "seed 3 · a pear by night"
