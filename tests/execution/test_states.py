"""States of long calls: kept until the result is, offered to the next run of the same call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest

from nodeflow.cache import ResultCache
from nodeflow.document.model import Workflow
from nodeflow.execution import events
from nodeflow.execution.events import Event
from nodeflow.execution.run import RunResult
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.node import Context, Seed, node

STEPS = 5


class Work:
    """A long call that may be interrupted."""

    def __init__(self) -> None:
        self.stop_at: int | None = None
        self.steps: list[int] = []


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def run_long(
    make_runner: Callable[..., ThreadRunner],
    make_workflow: Callable[..., Workflow],
    folders: Folders,
    work: Work,
) -> Callable[..., tuple[RunResult, list[Event]]]:
    @node("Long", category="test", output="number")
    def long(seed: Annotated[int, Seed()] = 0, *, context: Context) -> int:
        state = context.state
        found = state.load() if state else None
        first = int(found) if found else 0
        if state and found:
            state.resumed(first, STEPS)
        for step in range(first, STEPS):
            if step == work.stop_at:
                raise RuntimeError("interrupted")
            work.steps.append(step)
            if state:
                state.save(b"%d" % (step + 1))
        return seed

    def run(seed: int = 0, *, cached: bool = True) -> tuple[RunResult, list[Event]]:
        runner = make_runner(long)
        if cached:
            runner.cache = ResultCache(folders.cache / "results", memory_bytes=10**6, disk_bytes=10**8)
        stream: list[Event] = []
        work.steps.clear()
        return runner.start(Job(make_workflow({"x": ("Long", {"seed": seed})}))).watch(stream.append), stream

    return run


def states(folders: Folders) -> list[Path]:
    return list((folders.cache / "results" / "states").glob("*"))


def test_an_interrupted_call_goes_on_where_it_was(run_long: Any, work: Work, folders: Folders) -> None:
    work.stop_at = 3
    run_long()
    assert len(states(folders)) == 1
    work.stop_at = None
    result, stream = run_long()
    assert work.steps == [3, 4]
    assert [e for e in stream if isinstance(e, events.NodeResumed)] == [events.NodeResumed("x", 3, STEPS)]
    assert result["x.number"] == 0
    assert states(folders) == []


def test_another_call_does_not_take_it(run_long: Any, work: Work, folders: Folders) -> None:
    work.stop_at = 3
    run_long(seed=1)
    work.stop_at = None
    run_long(seed=2)
    assert work.steps == [0, 1, 2, 3, 4]
    assert len(states(folders)) == 1


def test_a_damaged_state_is_not_trusted(run_long: Any, work: Work, folders: Folders) -> None:
    work.stop_at = 3
    run_long()
    [file] = states(folders)
    file.write_bytes(file.read_bytes()[:-1] + b"4")
    work.stop_at = None
    run_long()
    assert work.steps == [0, 1, 2, 3, 4]


def test_without_a_cache_there_is_no_state(run_long: Any, work: Work, folders: Folders) -> None:
    result, _ = run_long(cached=False)
    assert result["x.number"] == 0
    assert states(folders) == []


def test_a_state_that_cannot_be_written_costs_one_warning(run_long: Any, folders: Folders) -> None:
    folder = folders.cache / "results" / "states"
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")
    result, stream = run_long()
    assert result["x.number"] == 0
    [warning] = [e.message for e in stream if isinstance(e, events.NodeWarned)]
    assert warning.startswith("a crash would cost all steps")
