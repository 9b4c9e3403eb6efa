"""Several processes on one folder, some of them killed."""

import multiprocessing
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow.cache import ResultCache
from nodeflow.values import Mask

Open = Callable[..., ResultCache]

KEYS = 25
CAP = 30_000
"""Room for about half of the results, so that putting prunes too."""


def outputs(number: int) -> dict[str, Any]:
    """What key `number` has to give; results differ in size, and every third is equal to another's."""
    number -= number % 3 == 2
    return {"mask": Mask(np.full((1, 10 + number, 10), number, np.float32)), "number": number}


def is_right(number: int, found: Any) -> bool:
    right = outputs(number)
    return bool(
        found["number"] == right["number"] and np.array_equal(found["mask"].values, right["mask"].values)
    )


def _use(folder: Path, seed: int, operations: int) -> tuple[int, list[str]]:
    """Use a cache at random. Returns how often it helped, and everything that was wrong."""
    chance = random.Random(seed)  # noqa: S311 - a test's choices
    cache = ResultCache(folder, memory_bytes=0, disk_bytes=CAP)
    hits, wrong = 0, []
    for _ in range(operations):
        number = chance.randrange(KEYS)
        match chance.choices(["get", "put", "prune", "where", "verify"], [50, 40, 4, 4, 2])[0]:
            case "get":
                hit = cache.get(str(number))
                hits += hit is not None
                if hit is not None and not is_right(number, hit.outputs):
                    wrong.append(f"{number} gave {hit.outputs}")
            case "put":
                warning = cache.put(str(number), outputs(number), {"number": number}, "Test", 0.1)
                wrong += [warning] if warning else []
            case "prune":
                cache.prune(chance.randrange(CAP))
            case "where":
                cache.where_many([str(key) for key in range(KEYS)])
            case "verify":
                report = cache.verify()
                wrong += [str(report)] if report.index_rebuilt else []
    return hits, wrong


def use_together(folder: Path, processes: int, operations: int, seconds: float) -> None:
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        jobs = [(folder, seed, operations) for seed in range(processes)]
        results = pool.starmap_async(_use, jobs).get(seconds)  # a deadlock ends here
        pool.close()
        pool.join()
    assert [wrong for _, wrong in results] == [[]] * processes
    assert all(hits > operations // 20 for hits, _ in results)
    cache = ResultCache(folder, memory_bytes=0, disk_bytes=CAP)
    report = cache.verify()
    assert report.damaged == report.tidied.files == report.tidied.temporary == 0
    assert not list((folder / "writing").iterdir())


def test_two_processes_share_a_cache_without_a_wrong_read(folder: Path) -> None:
    use_together(folder, processes=2, operations=300, seconds=300)


@pytest.mark.full
def test_four_processes_share_a_cache_for_long(folder: Path) -> None:
    use_together(folder, processes=4, operations=1500, seconds=300)


WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
import test_processes as it
cache = it.ResultCache(Path(sys.argv[1]), memory_bytes=0, disk_bytes=it.CAP)
print("ready", flush=True)
while True:
    for number in range(it.KEYS):
        cache.put(str(number), it.outputs(number), {}, "Test", 0.1)
"""


def kill_a_writer(folder: Path, after_seconds: float) -> None:
    command = [sys.executable, "-c", WRITER, str(folder), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(after_seconds)
        writer.send_signal(signal.SIGKILL)


def use_after_kills(folder: Path, opened: Open, kills: int) -> None:
    chance = random.Random(7)  # noqa: S311 - a test's choices
    for _ in range(kills):
        kill_a_writer(folder, chance.uniform(0, 0.15))
        cache = opened(disk_bytes=CAP)
        for number in range(KEYS):
            hit = cache.get(str(number))
            assert hit is None or is_right(number, hit.outputs)
        assert cache.put("0", outputs(0), {}, "Test", 0.1) is None
        assert cache.where("0") is not None
    report = opened().verify()
    assert (report.damaged, report.index_rebuilt) == (0, False)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_writer_leaves_a_usable_cache(folder: Path, opened: Open) -> None:
    use_after_kills(folder, opened, kills=4)


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_fifty_killed_writers_leave_a_usable_cache(folder: Path, opened: Open) -> None:
    use_after_kills(folder, opened, kills=50)
