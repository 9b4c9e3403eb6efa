"""The executor: events, progress, cancelling, failures, and what it keeps in memory."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import Cancelled, ExitCode, MissingFile, NodeflowError, OutOfMemory
from nodeflow.execution import events, node_context
from nodeflow.execution.events import Event, Outcome
from nodeflow.execution.run import Run, RunResult
from nodeflow.node import Context, Node, NodeKind, node
from nodeflow.pictures import Delivery

Start = Callable[..., Run]
RunNodes = Callable[..., RunResult]
WAIT = 10.0


def kinds(stream: list[Event]) -> list[str]:
    return [type(event).__name__ for event in stream]


def failing(error: BaseException) -> Node[..., Any]:
    @node("Fail", category="test", output="number")
    def fail(value: int = 0) -> int:
        raise error

    return fail


def test_events_of_one_node_come_in_order(start: Start) -> None:
    run = start({"a": ("Add", {"a": 1})})
    assert kinds(list(run)) == ["RunStarted", "NodeStarted", "NodeFinished", "RunFinished"]


def test_events_say_what_runs_and_how_it_ended(start: Start) -> None:
    first, started, finished, last = start({"a": ("Add", {"a": 1})})
    assert first == events.RunStarted("workflow", ("a",))
    assert started == events.NodeStarted("a", "Add")
    assert isinstance(finished, events.NodeFinished)
    assert finished.seconds >= 0
    assert isinstance(last, events.RunFinished)
    assert last.outcome is Outcome.DONE


def test_late_reader_is_not_left_waiting(start: Start) -> None:
    run = start({"a": ("Add", {"a": 1})})
    assert len(list(run)) == 4
    assert kinds(list(run)) == ["RunFinished"]


def test_results_of_targets_are_given_by_name(run_nodes: RunNodes) -> None:
    nodes = {
        "a": ("Add", {"a": 1}),
        "b": ("Add", {"a": "@a.number", "b": 5}),
        "s": ("Show", {"value": "@b.number"}),
    }
    assert dict(run_nodes(nodes)) == {"s.value": 7}
    result = run_nodes(nodes, targets=("a", "b"))
    assert (list(result.values()), len(result), result["b.number"]) == ([2, 7], 2, 7)
    assert result.exit_code is ExitCode.DONE


class Both(NamedTuple):
    word: str
    number: int


def test_named_tuple_fills_several_outputs(run_nodes: RunNodes) -> None:
    @node("Both", category="test")
    def both() -> Both:
        return Both("a", 2)

    result = run_nodes({"x": ("Both", {}), "r": ("Repeat", {"times": "@x.number", "word": "@x.word"})}, both)
    assert result["r.word"] == "aa"


def test_progress_tells_the_time_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock: Iterator[float] = iter([0.0, 100.0, 102.0, 104.0])
    monkeypatch.setattr(node_context, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    run = Run()
    reports = SimpleNamespace(run=run, files=[], warnings=[])
    context = node_context.NodeContext("s", FakeBackend, Delivery(tmp_path), reports)
    for step in (1, 2, 3):
        context.progress(step, 5)
    run.finish(RunResult(Outcome.DONE, {}))
    found = [e for e in run if isinstance(e, events.NodeProgress)]
    assert [(e.step, e.steps) for e in found] == [(1, 5), (2, 5), (3, 5)]
    assert [e.seconds_left for e in found] == [400.0, 6.0, 4.0], (
        "the first step's loading does not count later"
    )


def test_preview_is_computed_only_for_who_looks(start: Start) -> None:
    def preview() -> Any:
        raise AssertionError("nobody looked")

    @node("Steps", category="test", output="number")
    def steps(*, context: Context) -> int:
        context.progress(1, 1, preview)
        return 1

    stream = list(start({"s": ("Steps", {})}, steps))
    assert [e.preview for e in stream if isinstance(e, events.NodeProgress)] == [preview]
    assert all("preview" not in event.to_json() for event in stream)


def test_warnings_and_files_are_events_and_results(start: Start, tmp_path: Any) -> None:
    @node("Talk", category="test", output="number")
    def talk(*, context: Context) -> int:
        context.warn("careful")
        context.saved(tmp_path / "a.png")
        return 1

    run = start({"t": ("Talk", {})}, talk)
    assert kinds(list(run))[2:4] == ["NodeWarned", "FileSaved"]
    assert (run.wait().warnings, run.wait().files) == (("t: careful",), (tmp_path / "a.png",))


def test_cancel_between_nodes_stops_before_the_next(start: Start) -> None:
    run_of: list[Run] = []
    ready = threading.Event()

    @node("Last", category="test", output="number")
    def last(value: int) -> int:
        ready.wait(WAIT)
        run_of[0].cancel()
        return value

    run = start({"x": ("Last", {"value": 1}), "y": ("Add", {"a": "@x.number"})}, last)
    run_of.append(run)
    ready.set()
    assert kinds(list(run)) == ["RunStarted", "NodeStarted", "NodeFinished", "RunFinished"]
    assert run.wait().outcome is Outcome.CANCELLED
    assert run.wait().exit_code is ExitCode.CANCELLED


def test_cancel_within_a_step_stops_there(start: Start) -> None:
    entered = threading.Event()
    done: list[int] = []

    @node("Long", category="test", output="number")
    def long(*, context: Context) -> int:
        for step in range(1_000_000):
            context.raise_if_cancelled()
            done.append(step)
            entered.set()
        return 1

    run = start({"x": ("Long", {})}, long)
    assert entered.wait(WAIT)
    run.cancel()
    assert run.wait(WAIT).outcome is Outcome.CANCELLED
    assert len(done) < 1_000_000
    assert kinds(list(run)) == ["RunStarted", "NodeStarted", "RunFinished"]


def test_node_that_raises_cancelled_cancels_the_run(run_nodes: RunNodes) -> None:
    result = run_nodes({"f": ("Fail", {}), "x": ("Add", {"a": "@f.number"})}, failing(Cancelled()))
    assert (result.outcome, result.errors) == (Outcome.CANCELLED, ())


def test_failed_branch_leaves_the_others_alone(start: Start) -> None:
    nodes = {
        "f": ("Fail", {}),
        "x": ("Add", {"a": "@f.number"}),
        "y": ("Show", {"value": "@x.number"}),
        "ok": ("Add", {"a": 1}),
        "shown": ("Show", {"value": "@ok.number"}),
    }
    run = start(nodes, failing(ValueError("no luck")))
    stream = list(run)
    assert [e for e in stream if isinstance(e, events.NodeSkipped)] == [
        events.NodeSkipped("x", "f"),
        events.NodeSkipped("y", "f"),
    ]
    result = run.wait()
    assert dict(result) == {"shown.value": 2}
    assert [str(error) for error in result.errors] == ["f: ValueError: no luck"]
    assert (result.outcome, result.exit_code) == (Outcome.FAILED, ExitCode.NODE_FAILED)


class SilentError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("cannot even say")


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (ValueError("two\n  lines"), "f: ValueError: two lines", 1),
        (KeyError("x"), "f: KeyError: 'x'", 1),
        (AssertionError(), "f: AssertionError", 1),
        (SystemExit(7), "f: SystemExit: 7", 1),
        (KeyboardInterrupt(), "f: KeyboardInterrupt", 1),
        (SilentError(), "f: SilentError", 1),
        (MemoryError(), "f: memory ran out. Make the picture smaller or close programs", 5),
        (OutOfMemory("full", input="value"), "f.value: full", 5),
        (MissingFile("gone", node="elsewhere"), "elsewhere: gone", 4),
    ],
)
def test_whatever_a_node_raises_becomes_one_line(
    run_nodes: RunNodes, error: BaseException, line: str, code: int
) -> None:
    result = run_nodes({"f": ("Fail", {})}, failing(error))
    assert [str(e) for e in result.errors] == [line]
    assert result.exit_code == code


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], ExitCode.NODE_FAILED),
        ([NodeflowError("x")], ExitCode.NODE_FAILED),
        ([NodeflowError("x"), MissingFile("y")], ExitCode.MISSING_FILE),
        ([MissingFile("y"), OutOfMemory("z"), NodeflowError("x")], ExitCode.OUT_OF_MEMORY),
    ],
)
def test_gravest_error_chooses_the_exit_code(errors: list[NodeflowError], code: ExitCode) -> None:
    assert RunResult(Outcome.FAILED, {}, errors=tuple(errors)).exit_code is code
    assert RunResult(Outcome.CANCELLED, {}, errors=tuple(errors)).exit_code is ExitCode.CANCELLED


@pytest.mark.parametrize(
    ("given", "words"),
    [("text", "Bad gave str as 'number', not Integer"), (None, "Bad gave NoneType as 'number', not Integer")],
)
def test_result_of_another_type_is_the_nodes_fault(run_nodes: RunNodes, given: Any, words: str) -> None:
    @node("Bad", category="test", output="number")
    def bad() -> int:
        return given  # type: ignore[no-any-return]

    (error,) = run_nodes({"x": ("Bad", {})}, bad).errors
    assert str(error) == f"x: {words}. This is a fault of the node's package"


@pytest.mark.parametrize("given", [("a",), ("a", 1, 2), "ab", None])
def test_wrong_number_of_results_is_the_nodes_fault(run_nodes: RunNodes, given: Any) -> None:
    @node("Bad", category="test")
    def bad() -> Both:
        return given  # type: ignore[no-any-return]

    (error,) = run_nodes({"x": ("Bad", {})}, bad).errors
    assert f"x: Bad gave {type(given).__name__}, not its 2 outputs" in str(error)


def test_value_from_a_wire_is_checked_by_its_taker(run_nodes: RunNodes) -> None:
    @node("Choose", category="test", output="word")
    def choose(outcome: Outcome) -> str:
        return str(outcome)

    nodes = {"w": ("Repeat", {"times": 1, "word": "maybe"}), "c": ("Choose", {"outcome": "@w.word"})}
    (error,) = run_nodes(nodes, choose).errors
    assert str(error) == "c.outcome: must be one of done, failed, cancelled, not 'maybe'"


class Thing:
    """Something heavy."""


@pytest.fixture
def heavy() -> tuple[Node[..., Any], list[weakref.ref[Thing]]]:
    """A node that makes things, and what is still there of them."""
    made: list[weakref.ref[Thing]] = []

    @node("Make", category="test", output="thing")
    def make() -> Thing:
        thing = Thing()
        made.append(weakref.ref(thing))
        return thing

    return make, made


Heavy = tuple[Node[..., Any], list["weakref.ref[Thing]"]]


def test_result_is_released_when_nobody_needs_it_any_more(run_nodes: RunNodes, heavy: Heavy) -> None:
    make, made = heavy
    alive: list[bool] = []

    @node("Use", category="test", output="number")
    def use(thing: Thing) -> int:
        return 1

    @node("Look", category="test", output="number")
    def look(number: int) -> int:
        gc.collect()
        alive.append(made[0]() is not None)
        return number

    nodes = {
        "m": ("Make", {}),
        "u": ("Use", {"thing": "@m.thing"}),
        "l1": ("Look", {"number": "@u.number"}),
        "u2": ("Use", {"thing": "@m.thing"}),
        "l2": ("Look", {"number": "@u2.number"}),
    }
    assert run_nodes(nodes, make, use, look).outcome is Outcome.DONE
    assert alive == [True, False]


def test_target_keeps_its_result(run_nodes: RunNodes, heavy: Heavy) -> None:
    make, made = heavy
    result = run_nodes({"m": ("Make", {}), "s": ("Show", {"value": "@m.thing"})}, make, targets=("m", "s"))
    assert result["m.thing"] is result["s.value"] is made[0]()


def test_failure_keeps_no_values_alive(run_nodes: RunNodes, heavy: Heavy) -> None:
    make, made = heavy

    @node("Fail", category="test", output="number")
    def fail(thing: Thing) -> int:
        try:
            raise ValueError("inner")
        except ValueError as error:
            raise RuntimeError("outer") from error

    result = run_nodes({"m": ("Make", {}), "f": ("Fail", {"thing": "@m.thing"})}, make, fail)
    assert str(result.errors[0]) == "f: RuntimeError: outer"
    gc.collect()
    assert made[0]() is None


def test_sink_does_not_hold_up_the_next_node(run_nodes: RunNodes) -> None:
    next_ran = threading.Event()

    @node("Save", category="test", kind=NodeKind.SINK)
    def save(value: int) -> None:
        assert next_ran.wait(WAIT), "the next node waited for the sink"

    @node("Next", category="test", output="number")
    def following(value: int) -> int:
        next_ran.set()
        return value

    nodes = {
        "a": ("Add", {"a": 1}),
        "save a": ("Save", {"value": "@a.number"}),
        "b": ("Next", {"value": 2}),
        "save b": ("Save", {"value": "@b.number"}),
    }
    assert run_nodes(nodes, save, following).errors == ()


def test_node_waits_for_the_sink_that_feeds_it(run_nodes: RunNodes) -> None:
    @node("Slow", category="test", kind=NodeKind.SINK, output="number")
    def slow(value: int) -> int:
        time.sleep(0.05)
        return value

    nodes = {
        "a": ("Add", {"a": 1}),
        "s": ("Slow", {"value": "@a.number"}),
        "s2": ("Slow", {"value": "@s.number"}),
        "after": ("Add", {"a": "@s2.number"}),
    }
    assert dict(run_nodes(nodes, slow, targets=("after",))) == {"after.number": 3}


def test_cancelled_run_still_delivers_what_was_finished(start: Start) -> None:
    finished, in_next = threading.Event(), threading.Event()
    saved: list[int] = []

    @node("Save", category="test", kind=NodeKind.SINK)
    def save(value: int) -> None:
        finished.wait(WAIT)
        saved.append(value)

    @node("Next", category="test", output="number")
    def following(*, context: Context) -> int:
        in_next.set()
        while True:
            context.raise_if_cancelled()

    nodes = {"a": ("Add", {"a": 1}), "s": ("Save", {"value": "@a.number"}), "b": ("Next", {})}
    run = start(nodes, save, following, targets=("s", "b"))
    assert in_next.wait(WAIT)
    run.cancel()
    finished.set()
    assert run.wait(WAIT).outcome is Outcome.CANCELLED
    assert saved == [2]


def test_waiting_for_a_run_can_time_out(start: Start) -> None:
    hold = threading.Event()

    @node("Hold", category="test")
    def holding() -> int:
        hold.wait(WAIT)
        return 1

    run = start({"h": ("Hold", {})}, holding)
    with pytest.raises(TimeoutError, match="the run is not over"):
        run.wait(0.01)
    hold.set()
    assert run.wait(WAIT).outcome is Outcome.DONE
