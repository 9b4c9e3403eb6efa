"""Lanes: the VAE's work of one branch goes on while the next branch is sampled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodeflow.backends.fake import FakeBackend
from nodeflow.cache import ResultCache
from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError
from nodeflow.execution import events
from nodeflow.execution.events import Event, Outcome
from nodeflow.execution.run import RunResult
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders

WAIT = 10.0
MakeRunner = Callable[..., ThreadRunner]
MakeWorkflow = Callable[..., Workflow]


@dataclass
class Room:
    """An arrangement that says whether there is room to overlap, and nothing else."""

    overlap: bool = True
    error: NodeflowError | None = None
    peaks: tuple[Any, ...] = ()
    asked: list[Any] = field(default_factory=list)

    def placement(self, model: Any) -> Any:
        self.asked.append(model)
        if self.error:
            raise self.error
        return SimpleNamespace(overlap=self.overlap)


def _without_arranging(runner: Any) -> None:
    """Let the fake backend alone: there is nothing in a `Room` for it."""
    runner._get_backend = lambda _: runner.backend


def branches(count: int) -> dict[str, Any]:
    """So many pictures, each with a seed of its own."""
    nodes: dict[str, Any] = {
        "checkpoint": ("CheckpointLoader", {"checkpoint": "pocket"}),
        "prompt": ("TextEncode", {"model": "@checkpoint.model", "text": "a pear"}),
        "latent": ("EmptyLatent", {"width": 64, "height": 64}),
    }
    for i in range(count):
        sampled = {
            "model": "@checkpoint.model",
            "positive": "@prompt.conditioning",
            "latent": "@latent.latent",
        }
        nodes[f"sample{i}"] = ("Sampler", {**sampled, "seed": i, "steps": 2})
        nodes[f"decode{i}"] = ("VAEDecode", {"model": "@checkpoint.model", "latent": f"@sample{i}.latent"})
        nodes[f"show{i}"] = ("PreviewImage", {"image": f"@decode{i}.image"})
    return nodes


@pytest.fixture
def run_in(
    make_runner: MakeRunner, make_workflow: MakeWorkflow
) -> Callable[..., tuple[RunResult, list[Event]]]:
    """Run branches in an arrangement."""

    def run(room: Any, count: int = 2, nodes: dict[str, Any] | None = None) -> Any:
        runner, job = make_runner(), Job(make_workflow(nodes or branches(count)))
        plan = replace(runner.plan(job), arrangement=room)
        stream: list[Event] = []
        _without_arranging(runner)
        return runner.execute(plan, job).watch(stream.append), stream

    return run


def test_one_branch_is_decoded_while_the_next_is_sampled(run_in: Any, backend: FakeBackend) -> None:
    sampling, decoded = threading.Event(), threading.Event()

    def meet(call: str, number: int) -> None:
        if call == "decode" and not decoded.is_set():
            assert sampling.wait(WAIT), "the second branch waited for the first to be decoded"
            decoded.set()
        elif call == "sample" and backend.calls.count("sample") == 2:
            sampling.set()
            assert decoded.wait(WAIT)

    backend.on_step = meet
    result, stream = run_in(Room())
    assert result.errors == ()
    assert isinstance(stream[0], events.RunStarted)
    assert isinstance(stream[-1], events.RunFinished)
    assert len(result) == 2


@pytest.mark.parametrize("room", [None, Room(overlap=False), Room(error=NodeflowError("damaged"))])
def test_without_room_everything_comes_in_turn(run_in: Any, backend: FakeBackend, room: Room | None) -> None:
    run_in(room)
    assert backend.calls == ["encode_text", "sample", "decode", "sample", "decode"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.sampled_from([0.0, 0.001, 0.004]), min_size=1, max_size=7))
def test_results_and_each_nodes_events_do_not_depend_on_time(
    run_in: Any, backend: FakeBackend, pauses: list[float]
) -> None:
    turns = iter(pauses * 100)
    backend.on_step = lambda call, number: time.sleep(next(turns))
    overlapped, stream = run_in(Room(), 3)
    backend.on_step = None
    in_turn, _ = run_in(None, 3)
    assert set(overlapped) == set(in_turn)
    assert all((overlapped[name].pixels == in_turn[name].pixels).all() for name in in_turn)
    ended: set[str] = set()
    feeds = {f"show{i}": f"decode{i}" for i in range(3)} | {f"decode{i}": f"sample{i}" for i in range(3)}
    for event in stream:
        if isinstance(event, events.NodeStarted):
            assert feeds.get(event.node) in {None, *ended}
        elif isinstance(event, events.NodeFinished):
            ended.add(event.node)


def test_a_failed_decode_leaves_the_other_branch_alone(run_in: Any, backend: FakeBackend) -> None:
    def fail_first(call: str, number: int) -> None:
        if call == "decode" and backend.calls.count("decode") == 1:
            raise ValueError("no luck")

    backend.on_step = fail_first
    result, stream = run_in(Room())
    assert [str(error) for error in result.errors] == ["decode0: ValueError: no luck"]
    assert [e for e in stream if isinstance(e, events.NodeSkipped)] == [
        events.NodeSkipped("show0", "decode0")
    ]
    assert list(result) == ["show1.image"]


def test_cancelling_stops_both_lanes_within_a_step(
    make_runner: MakeRunner, make_workflow: MakeWorkflow, backend: FakeBackend
) -> None:
    met, go_on = threading.Event(), threading.Event()
    both = threading.Barrier(2, action=met.set)

    def hold(call: str, number: int) -> None:
        if call == "decode" or backend.calls.count("sample") == 2:
            both.wait(WAIT)
            go_on.wait(WAIT)

    backend.on_step = hold
    runner, job = make_runner(), Job(make_workflow(branches(3)))
    room: Any = Room()
    plan = replace(runner.plan(job), arrangement=room)
    _without_arranging(runner)
    run = runner.execute(plan, job)
    assert met.wait(WAIT)
    run.cancel()
    go_on.set()
    assert run.wait(WAIT).outcome is Outcome.CANCELLED
    stream = list(run)
    assert backend.calls.count("sample") == 2
    assert not [e for e in stream if isinstance(e, events.NodeSkipped | events.NodeFailed)]
    assert "decode2" not in {e.node for e in stream if isinstance(e, events.NodeStarted)}


def test_a_damaged_result_is_recovered_beside_the_other_lane(
    run_in: Any, make_runner: MakeRunner, make_workflow: MakeWorkflow, folders: Folders, backend: FakeBackend
) -> None:
    runner, job = make_runner(), Job(make_workflow(branches(2)))
    runner.cache = ResultCache(folders.cache / "results", memory_bytes=0, disk_bytes=10**9)
    runner.start(job).wait(WAIT)
    runner.start(Job(make_workflow(branches(2)), ("decode0",))).wait(WAIT)
    _without_arranging(runner)
    room: Any = Room()
    plan = replace(runner.plan(job), arrangement=room)
    assert set(plan.cached) == {"decode0", "decode1"}
    for blob in folders.cache.glob("results/blobs/*/*"):
        blob.write_bytes(b"\0")
    result = runner.execute(plan, job).wait(WAIT)
    assert (result.errors, len(result)) == ((), 2)


def test_a_fault_of_the_executor_itself_ends_the_run(
    make_runner: MakeRunner, make_workflow: MakeWorkflow
) -> None:
    runner, job = make_runner(), Job(make_workflow(branches(1)))
    room: Any = SimpleNamespace(placement=lambda model: 1 / 0)
    _without_arranging(runner)
    result = runner.execute(replace(runner.plan(job), arrangement=room), job).wait(WAIT)
    assert (result.outcome, len(result.errors)) == (Outcome.FAILED, 1)
