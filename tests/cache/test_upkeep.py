import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nodeflow.cache import PruneReport, ResultCache
from nodeflow.cache.reports import VerifyReport

Open = Callable[..., ResultCache]
Put = Callable[..., None]
Holds = Callable[[ResultCache, str, float], bool]
Files = Callable[[], list[Path]]


@pytest.fixture
def three(opened: Open, put: Put) -> ResultCache:
    """Three results, from the oldest to the newest: "a", "b", "c"."""
    cache = opened()
    for number, key in enumerate("abc"):
        put(cache, key, float(number))
    return cache


def abandon(folder: Path, name: str, size: int, seconds_ago: float) -> Path:
    path = folder / "writing" / name
    path.write_bytes(b"x" * size)
    os.utime(path, (time.time() - seconds_ago,) * 2)
    return path


def orphan(folder: Path) -> Path:
    path = folder / "blobs" / "ff" / ("f" * 64 + ".safetensors")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x" * 50)
    return path


def test_info_counts_everything(opened: Open, put: Put, three: ResultCache, blob_files: Files) -> None:
    cache = opened(memory_bytes=10**6, disk_bytes=10**7)
    cache.put("d", {"x": 1}, {}, "Loader", 0.5)
    info = cache.info()
    assert (info.disk_entries, info.disk_files, info.memory_entries) == (4, 4, 1)
    assert info.disk_bytes == sum(file.stat().st_size for file in blob_files())
    assert (info.memory_limit, info.disk_limit) == (10**6, 10**7)
    assert [(use.node_type, use.entries, use.seconds) for use in info.types] == [
        ("Sampler", 3, 6.0),
        ("Loader", 1, 0.5),
    ]
    assert sum(use.bytes for use in info.types) == info.disk_bytes


def test_prune_removes_the_oldest_and_says_so(three: ResultCache, blob_files: Files) -> None:
    size = blob_files()[0].stat().st_size
    three.get("a")
    report = three.prune(2 * size + size // 2)
    assert report == PruneReport(entries=1, files=1, temporary=0, freed_bytes=size, kept_bytes=2 * size)
    assert three.where_many("abc").keys() == {"a", "c"}
    assert three.prune() == PruneReport(kept_bytes=2 * size)


def test_a_shared_file_leaves_with_all_its_results(opened: Open, put: Put, blob_files: Files) -> None:
    cache = opened()
    put(cache, "a", 1.0)
    put(cache, "b", 1.0)
    assert cache.prune(0).entries == 2
    assert not blob_files()
    assert cache.info().disk_entries == 0


def test_what_killed_processes_left_is_removed(three: ResultCache, folder: Path) -> None:
    old = abandon(folder, "old", 30, seconds_ago=7200)
    new = abandon(folder, "new", 30, seconds_ago=60)  # another process may be just writing it
    lost = orphan(folder)
    report = three.prune()
    assert (report.entries, report.files, report.temporary, report.freed_bytes) == (0, 1, 1, 80)
    assert (old.exists(), new.exists(), lost.exists()) == (False, True, False)


def test_the_first_result_of_a_process_tidies_up(
    opened: Open, put: Put, three: ResultCache, folder: Path
) -> None:
    old = abandon(folder, "old", 30, seconds_ago=7200)
    lost = orphan(folder)
    put(opened(), "d", 4.0)
    assert not old.exists()
    assert not lost.exists()


def test_other_files_in_the_folder_are_left_alone(three: ResultCache, folder: Path) -> None:
    note = folder / "blobs" / "ff" / "note.safetensors"
    note.parent.mkdir(exist_ok=True)
    note.write_bytes(b"mine")
    three.clear()
    assert note.exists()


def test_verify_finds_nothing_in_a_sound_cache(three: ResultCache, blob_files: Files) -> None:
    told: list[tuple[int, int]] = []
    report = three.verify(lambda done, total: told.append((done, total)))
    size = sum(file.stat().st_size for file in blob_files())
    assert report == VerifyReport(entries=3, tidied=PruneReport(kept_bytes=size))
    assert told[-1] == (size, size)
    assert len(told) == 3


def test_verify_removes_what_is_damaged(three: ResultCache, holds: Holds, blob_files: Files) -> None:
    flipped, gone, _ = blob_files()
    data = bytearray(flipped.read_bytes())
    data[-1] ^= 1
    flipped.write_bytes(data)
    gone.unlink()
    report = three.verify()
    assert (report.entries, report.damaged, report.index_rebuilt) == (3, 2, False)
    assert three.info().disk_entries == 1
    assert len(blob_files()) == 1
    assert three.verify().damaged == 0
    assert sum(holds(three, key, number) for number, key in enumerate("abc")) == 1


def test_verify_says_when_the_index_was_broken(three: ResultCache, folder: Path, blob_files: Files) -> None:
    (folder / "index-1.sqlite").write_bytes(b"no database" * 999)
    report = three.verify()
    assert report.index_rebuilt
    assert report.entries == 0
    assert report.tidied.files == 3
    assert not blob_files()


def test_clear_forgets_everything(opened: Open, put: Put, blob_files: Files) -> None:
    cache = opened(memory_bytes=10**6)
    put(cache, "a", 1.0)
    report = cache.clear()
    assert (report.entries, report.files, report.kept_bytes) == (1, 1, 0)
    assert cache.where("a") is None
    assert not blob_files()
    put(cache, "a", 1.0)
    assert cache.where("a") is not None


def test_a_cache_without_a_folder_has_nothing_to_look_after() -> None:
    cache = ResultCache(None, memory_bytes=100, disk_bytes=0)
    assert cache.verify() == VerifyReport()
    assert cache.prune() == cache.clear() == PruneReport()
    assert cache.info().folder is None
