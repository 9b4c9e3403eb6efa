"""The queue on disk: whatever ends the editor, the next one goes on where it was, and only one of them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nodeflow.document.edit import with_input
from nodeflow.errors import UsageError
from nodeflow.execution.job import Job
from nodeflow.hardware import Quality, Wishes
from tests.ui.queue.conftest import crash, titles
from ui.queue.entry import Entry, State, Work
from ui.queue.queue import ATTEMPTS, Queue

Open = Callable[[], Queue]
Make = Callable[..., Entry]


def test_what_waits_is_there_at_the_next_start_in_its_order(open_queue: Open, entry: Make) -> None:
    queue = open_queue()
    queue.add([entry(title) for title in "abcd"])
    queue.move({queue.waiting[3].id}, queue.waiting[1].id)
    crash(queue)
    assert titles(open_queue()) == ["a", "d", "b", "c"]


def test_what_ran_is_begun_again_before_all_others(open_queue: Open, entry: Make) -> None:
    queue = open_queue()
    queue.add([entry("a"), entry("b")])
    assert queue.take() is not None
    crash(queue)
    again = open_queue()
    assert titles(again) == ["a", "b"]
    assert not again.paused
    assert again.take() is not None


def test_what_ended_is_not_run_again(open_queue: Open, entry: Make, tmp_path: Path) -> None:
    queue = open_queue()
    queue.add([entry("a"), entry("b")])
    queue.take()
    queue.end(State.DONE, seconds=3.0, files=[tmp_path / "a.png"])
    crash(queue)
    again = open_queue()
    assert titles(again) == ["b"]
    (over,) = again.over
    assert (over.title, over.state, over.files, over.seconds) == ("a", State.DONE, (tmp_path / "a.png",), 3.0)


def test_what_takes_the_program_with_it_each_time_pauses_the_queue(open_queue: Open, entry: Make) -> None:
    queue = open_queue()
    queue.add([entry("a"), entry("b")])
    for _ in range(ATTEMPTS):
        assert not queue.paused
        queue.take()
        crash(queue)
        queue = open_queue()
    assert queue.paused
    assert queue.take() is None
    queue.set_paused(False)
    taken = queue.take()
    assert taken is not None
    assert taken.title == "a"


def test_ending_the_program_counts_as_no_failure(open_queue: Open, entry: Make) -> None:
    queue = open_queue()
    queue.add([entry("a")])
    for _ in range(ATTEMPTS + 1):
        queue.take()
        queue.close()
        queue = open_queue()
    assert (titles(queue), queue.paused) == (["a"], False)


def test_a_paused_queue_stays_paused(open_queue: Open, entry: Make) -> None:
    queue = open_queue()
    queue.add([entry("a")])
    queue.set_paused(True)
    crash(queue)
    assert open_queue().paused


def test_another_editor_leaves_the_jobs_of_one_that_lives(open_queue: Open, entry: Make) -> None:
    one = open_queue()
    one.add([entry("a"), entry("b")])
    one.take()
    two = open_queue()
    assert titles(two) == []
    two.add([entry("c")])
    crash(one)
    three = open_queue()
    assert titles(three) == ["a", "b"]
    assert titles(two) == ["c"]


def test_a_job_that_was_taken_over_is_not_begun(open_queue: Open, entry: Make) -> None:
    one = open_queue()
    one.add([entry("a"), entry("b")])
    crash(one)  # as when a folder on the network lost the lock, while the editor lives
    two = open_queue()
    taken = two.take()
    assert taken is not None
    assert taken.title == "a"
    assert one.take() is None
    assert titles(two) == ["b"]


def test_a_job_is_what_it_was(open_queue: Open, work: Work, tmp_path: Path) -> None:
    workflow = work.job.workflow.at(tmp_path / "apple.json")
    job = Job(workflow, ("decode",), tmp_path / "out", (tmp_path,), Wishes(Quality.FAST))
    queue = open_queue()
    entry = Entry(Work.of(job), {"sampler.seed": 11, "prompt.text": "a pear"}, batch="x", part=2, parts=3)
    queue.add([entry])
    crash(queue)
    (found,) = open_queue().waiting
    again = found.job()
    assert (again.targets, again.output, again.allowed) == (job.targets, job.output, job.allowed)
    assert again.wishes == job.wishes
    assert again.workflow == with_input(with_input(workflow, "sampler.seed", 11), "prompt.text", "a pear")
    assert again.workflow.path == workflow.path
    assert (found.batch, found.part, found.parts, found.asked) == ("x", 2, 3, entry.asked)


def test_jobs_of_one_batch_share_their_workflow(open_queue: Open, entry: Make, tmp_path: Path) -> None:
    queue = open_queue()
    queue.add([entry(str(n)) for n in range(20)])
    crash(queue)
    with sqlite3.connect(tmp_path / "queue" / "queue-1.sqlite") as base:
        assert base.execute("SELECT count(*) FROM works").fetchone() == (1,)
    base.close()
    waiting = open_queue().waiting
    assert len({id(entry.work) for entry in waiting}) == 1


def test_what_is_removed_is_gone(open_queue: Open, entry: Make, tmp_path: Path) -> None:
    queue = open_queue()
    queue.add([entry("a")])
    queue.cancel({queue.waiting[0].id})
    assert [e.state for e in queue.over] == [State.CANCELLED]
    queue.remove({queue.over[0].id})
    crash(queue)
    assert list(open_queue()) == []
    with sqlite3.connect(tmp_path / "queue" / "queue-1.sqlite") as base:
        assert base.execute("SELECT count(*) FROM works").fetchone() == (0,)
    base.close()


def test_a_damaged_file_is_set_aside_and_written_anew(open_queue: Open, entry: Make, tmp_path: Path) -> None:
    queue = open_queue()
    queue.add([entry("a"), entry("b")])
    file = tmp_path / "queue" / "queue-1.sqlite"
    file.write_bytes(b"no database" * 100)
    queue.add([entry("c")])
    assert queue.fault is None
    crash(queue)
    assert titles(open_queue()) == ["a", "b", "c"]
    assert file.with_name(f"{file.name}.broken").exists()


def test_a_folder_that_cannot_be_written_stops_nobody(open_queue: Open, entry: Make, tmp_path: Path) -> None:
    (tmp_path / "queue").write_text("in the way")
    queue = open_queue()
    queue.add([entry("a"), entry("b")])
    assert queue.fault is not None
    assert queue.take() is not None
    queue.end(State.DONE)
    (tmp_path / "queue").unlink()
    queue.add([entry("c")])  # the disk is back: all is written
    assert queue.fault is None
    crash(queue)
    again = open_queue()
    assert titles(again) == ["b", "c"]
    assert [e.title for e in again.over] == ["a"]


def test_a_job_of_a_later_version_is_told_when_its_turn_comes(open_queue: Open) -> None:
    queue = open_queue()
    queue.add([Entry(Work('{"steps": []}'), title="later")])
    crash(queue)
    (found,) = open_queue().waiting
    with pytest.raises(UsageError, match="another version of nodeflow"):
        found.job()


CHILD = """
import sys
from pathlib import Path
from nodeflow.document.files import load_workflow
from nodeflow.errors import UsageError
from nodeflow.execution.job import Job
from ui.queue.entry import Entry, Work
from ui.queue.ledger import Ledger
from ui.queue.queue import Queue

queue = Queue()
queue.open(Ledger(Path(sys.argv[1])))
work = Work.of(Job(load_workflow("text_to_image")))
for number in range(1_000_000):
    queue.add([Entry(work, title=str(number))])
    print(number, flush=True)
"""


def test_killed_in_the_middle_nothing_that_was_told_is_lost(open_queue: Open, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "queue")], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line == "20\n":
                assert open_queue().waiting == [], "it lives"
                child.kill()
                break
        told = [line for line in child.stdout if line.endswith("\n")]
    last = int(told[-1]) if told else 20
    found = titles(open_queue())
    assert found == [str(n) for n in range(len(found))]
    assert last < len(found) <= last + 2
