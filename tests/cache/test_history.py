"""The history: the last run of every workflow, the times of every shape, whatever happens to the file."""

from __future__ import annotations

import sqlite3
import statistics
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodeflow.cache import history as module
from nodeflow.cache.history import History, PastNode

NODE = PastNode("sampler", "computed", {"type": "Sampler"}, "k1", {"inputs": {"seed": 1}}, 2.5)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history-1.sqlite"


def test_the_last_run_of_a_workflow_is_remembered(history: History, tmp_path: Path) -> None:
    assert history.past("w") == {}
    history.record("w", [NODE], [])
    history.record("other", [PastNode("x", "failed", {})], [])
    found = History(tmp_path).past("w")
    assert set(found) == {"sampler"}
    same = found["sampler"]
    assert (same.how, same.said, same.key, same.recipe, same.seconds) == (
        "computed",
        {"type": "Sampler"},
        "k1",
        {"inputs": {"seed": 1}},
        2.5,
    )
    assert same.time > 0
    history.record("w", [PastNode("sampler", "disk", {}, "k2")], [])
    assert (history.past("w")["sampler"].key, history.past("other")["x"].how) == ("k2", "failed")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=st.lists(st.lists(st.floats(0, 1e6), min_size=1, max_size=3), min_size=1, max_size=5))
def test_the_prediction_is_the_median_of_the_last_five(
    tmp_path_factory: pytest.TempPathFactory, runs: list[list[float]]
) -> None:
    history = History(tmp_path_factory.mktemp("history"))
    for times in runs:
        history.record("w", [], [("shape", seconds) for seconds in times])
    last = [seconds for times in runs for seconds in times][-5:]
    assert history.seconds(["shape", "other"]) == {"shape": pytest.approx(statistics.median(last))}


def test_a_broken_file_is_begun_anew(history: History, file: Path) -> None:
    history.record("w", [NODE], [("s", 1.0)])
    file.write_bytes(b"no database at all" * 100)
    assert (history.past("w"), history.seconds(["s"])) == ({}, {})
    history.record("w", [NODE], [("s", 1.0)])
    assert set(history.past("w")) == {"sampler"}


@pytest.mark.parametrize("column", ["said", "recipe", "seconds"])
def test_damaged_rows_count_as_missing(history: History, file: Path, column: str) -> None:
    history.record("w", [NODE, PastNode("sound", "disk", {})], [("s", 1.0)])
    with sqlite3.connect(file) as database:
        database.execute(f"UPDATE nodes SET {column} = '{{' WHERE node = 'sampler'")  # noqa: S608 - a column
        database.execute("UPDATE times SET seconds = '[1,'")
    database.close()
    assert set(history.past("w")) == {"sound"}
    assert history.seconds(["s"]) == {}


def test_a_place_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    history = History(tmp_path / "file")
    history.record("w", [NODE], [("s", 1.0)])
    assert (history.past("w"), history.seconds(["s"])) == ({}, {})


def test_it_stays_bounded_and_forgets_the_oldest(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT_ROWS", 5)
    for number in range(4):
        nodes = [PastNode(str(index), "disk", {}) for index in range(3)]
        history.record(f"w{number}", nodes, [(f"s{number}.{index}", 1.0) for index in range(3)])
    # Whole runs leave, never a part of one.
    assert [len(history.past(f"w{number}")) for number in range(4)] == [0, 0, 3, 3]
    assert set(history.seconds([f"s3.{index}" for index in range(3)])) == {"s3.0", "s3.1", "s3.2"}
    assert history.seconds(["s0.0"]) == {}


def test_a_book_as_a_prompt_is_not_kept(history: History) -> None:
    history.record("w", [PastNode("p", "computed", {}, "k", {"inputs": {"text": "x" * 10**6}})], [])
    assert history.past("w")["p"].recipe is None


def test_many_shapes_are_asked_for_at_once(history: History) -> None:
    history.record("w", [], [(str(number), number) for number in range(2000)])
    assert len(history.seconds([str(number) for number in range(2500)])) == 2000
