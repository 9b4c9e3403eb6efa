"""Disks that are full and folders that cannot be written: one warning, and what was there stays."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nodeflow.cache import ResultCache, Tier
from nodeflow.errors import NodeflowError

Open = Callable[..., ResultCache]
Put = Callable[..., None]
Holds = Callable[[ResultCache, str, float], bool]
Make = Callable[..., dict[str, Any]]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files get no further than their first bytes."""
    really_write = Path.write_bytes

    def write_a_little(path: Path, data: bytes) -> int:
        really_write(path, data[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", write_a_little)


def test_on_a_full_disk_there_is_one_warning_and_memory_serves(
    *,
    opened: Open,
    put: Put,
    holds: Holds,
    outputs_of: Make,
    folder: Path,
    request: pytest.FixtureRequest,
) -> None:
    put(opened(), "old", 1.0)
    request.getfixturevalue("full_disk")
    cache = opened(memory_bytes=10**6)
    warning = cache.put("a", outputs_of(2.0), {}, "Test", 1.0)
    assert warning is not None
    assert "No space left on device" in warning
    assert str(folder) in warning
    assert cache.put("b", outputs_of(3.0), {}, "Test", 1.0) is None
    assert cache.where_many(["a", "b", "old"]) == {"a": Tier.MEMORY, "b": Tier.MEMORY, "old": Tier.DISK}
    assert holds(opened(), "old", 1.0)
    assert not list((folder / "writing").iterdir())


def test_an_index_that_cannot_grow_leaves_what_was_there(
    opened: Open, put: Put, holds: Holds, outputs_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(opened(), "old", 1.0)

    def full(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("nodeflow.cache.rows.insert", full)
        warning = opened().put("a", outputs_of(2.0), {}, "Test", 1.0)
    assert warning is not None
    assert "full" in warning
    assert holds(opened(), "old", 1.0)
    put(opened(), "a", 2.0)


def test_a_folder_that_cannot_be_made_is_done_without(opened: Open, outputs_of: Make, folder: Path) -> None:
    folder.write_bytes(b"a file")
    cache = opened(memory_bytes=10**6)
    assert cache.put("a", outputs_of(1.0), {}, "Test", 1.0) is not None
    assert cache.where("a") is Tier.MEMORY
    assert opened().get("a") is None
    assert cache.info().disk_entries == 0
    with pytest.raises(NodeflowError, match="cannot be changed"):
        cache.prune()


def test_an_index_locked_for_long_is_done_without(
    *,
    opened: Open,
    put: Put,
    holds: Holds,
    outputs_of: Make,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(opened(), "old", 1.0)
    monkeypatch.setattr("nodeflow.cache.index._PATIENCE_SECONDS", 0.01)
    other = sqlite3.connect(folder / "index-1.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    assert opened().get("old") is None
    assert opened().put("a", outputs_of(2.0), {}, "Test", 1.0) is not None
    other.close()
    assert holds(opened(), "old", 1.0)
    assert not list((folder / "writing").iterdir())


def test_a_folder_that_is_read_only_can_be_read(
    opened: Open, put: Put, holds: Holds, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(opened(), "a", 1.0)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "utime", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    assert holds(opened(), "a", 1.0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", str(tmp_path)]
    if sys.platform != "linux" or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@pytest.mark.full
def test_a_disk_that_really_fills_up(
    small_disk: Path, put: Put, holds: Holds, outputs_of: Make, opened: Open
) -> None:
    put(opened(), "old", 1.0)
    cache = opened()
    warnings = [cache.put(str(n), outputs_of(n, 10_000), {}, "Test", 1.0) for n in range(60)]
    assert len([warning for warning in warnings if warning]) == 1
    later = opened()
    assert holds(later, "old", 1.0)
    assert sum(holds_large(later, n) for n in range(60)) > 10
    assert later.verify().damaged == 0
    later.prune(100_000)
    put(later, "new", 2.0)
    assert holds(later, "new", 2.0)


def holds_large(cache: ResultCache, number: int) -> bool:
    hit = cache.get(str(number))
    return hit is not None and bool((hit.outputs["latent"].samples == number).all())
