"""States of long calls on disk: sealed, bounded, removed with the rest."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodeflow.cache import ResultCache
from nodeflow.cache.states import KEPT_FILES, KEPT_SECONDS, KeptState, States

Open = Callable[..., ResultCache]


def key(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def states(folder: Path) -> States:
    return States(folder / "states")


def test_what_was_saved_last_is_loaded(states: States) -> None:
    assert states.load(key(1)) is None
    for state in (b"one", b"", b"three"):
        states.save(key(1), state)
        assert states.load(key(1)) == state
    assert states.load(key(2)) is None
    states.remove(key(1))
    states.remove(key(1))
    assert states.load(key(1)) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=st.binary(max_size=200), place=st.integers(0, 1000), bit=st.integers(0, 7))
def test_any_flipped_bit_is_noticed(states: States, state: bytes, place: int, bit: int) -> None:
    states.folder.mkdir(parents=True, exist_ok=True)
    states._pruned = True
    states.save(key(1), state)
    file = states.folder / key(1)
    data = bytearray(file.read_bytes())
    data[place % len(data)] ^= 1 << bit
    file.write_bytes(data)
    assert states.load(key(1)) is None


@pytest.mark.parametrize("length", [0, 10, 31, 32, 40])
def test_a_truncated_state_is_noticed(states: States, length: int) -> None:
    states.save(key(1), b"0123456789")
    file = states.folder / key(1)
    file.write_bytes(file.read_bytes()[:length])
    assert states.load(key(1)) is None


def age(path: Path, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def test_old_states_and_those_beyond_a_number_leave(states: States) -> None:
    for number in range(KEPT_FILES + 3):
        states.save(key(number), b"x")
        age(states.folder / key(number), 1000 - number)
    age(states.folder / key(10), KEPT_SECONDS + 10)
    half_written = states.folder / ".abandoned"
    half_written.write_bytes(b"half")
    age(half_written, 7200)
    recent = states.folder / ".recent"
    recent.write_bytes(b"half")
    removed = states.prune()
    assert removed[:2] == (3, 1)
    assert recent.exists()
    assert states.load(key(10)) is None
    assert [n for n in range(KEPT_FILES + 3) if states.load(key(n)) is None] == [0, 1, 10]


def test_the_cache_counts_prunes_and_clears_them(opened: Open) -> None:
    cache = opened()
    assert cache.states is not None
    cache.states.save(key(1), b"12345678")
    cache.states.save(key(2), b"12345678")
    assert (cache.info().states, cache.info().state_bytes) == (2, 80)
    age(cache.states.folder / key(1), KEPT_SECONDS + 10)
    assert (cache.prune().states, cache.info().states) == (1, 1)
    report = cache.clear()
    assert (report.states, report.freed_bytes, cache.info().states) == (1, 40, 0)


def test_a_cache_in_memory_keeps_none() -> None:
    assert ResultCache(None, memory_bytes=10, disk_bytes=0).states is None


def test_trouble_is_told_once_and_never_raised(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    told: list[str] = []
    state = KeptState(States(folder / "states"), key(1), lambda step, steps: None, told.append)
    state.save(b"1")
    state.save(b"2")
    state.remove()
    assert len(told) == 1
    assert state.load() is None


def test_two_processes_on_one_state_do_no_harm(states: States) -> None:
    other = States(states.folder)
    states.save(key(1), b"one")
    other.save(key(1), b"other")
    assert states.load(key(1)) == b"other"
    other.remove(key(1))
    assert states.load(key(1)) is None
    states.save(key(1), b"again")
    assert other.load(key(1)) == b"again"
