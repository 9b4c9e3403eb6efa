"""Time a cache hit by the size of the entry, in memory and on disk: `python -m benchmarks.cache`."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from nodeflow.cache import ResultCache
from nodeflow.values import Image

SIZES = tuple(2**power for power in range(16, 27, 2))
"""From 64 KB to 64 MB."""


def main() -> None:
    """Print a table: what storing and hitting an entry takes, and how many bytes a second that is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="Where to put the cache; by default a temporary folder.")
    parser.add_argument("--rounds", type=int, default=9, help="Measurements of each figure.")
    options = parser.parse_args()
    heads = ("entry", "put", "", "disk hit", "", "memory hit")
    print("{:>8} {:>10} {:>12} {:>10} {:>12} {:>12}".format(*heads))
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for size in SIZES:
            print(_line(Path(folder, str(size)), size, options.rounds))


def _line(folder: Path, size: int, rounds: int) -> str:
    chance = np.random.default_rng(0)
    images = [
        {"image": Image(chance.random((1, 1, size // 12, 3), np.float32))} for _ in range(min(rounds, 9))
    ]
    cache = ResultCache(folder, memory_bytes=2**31, disk_bytes=2**33)
    stored = _median(lambda turn: cache.put(str(turn), images[turn % len(images)], {}, "Image", 1.0), rounds)
    cold = ResultCache(folder, memory_bytes=0, disk_bytes=2**33)
    on_disk = _median(lambda turn: cold.get(str(turn)), rounds)
    in_memory = _median(lambda turn: cache.get(str(turn)), rounds)
    return (
        f"{size // 1024:>5} KB {1e3 * stored:>7.2f} ms {size / stored / 1e6:>7.0f} MB/s "
        f"{1e3 * on_disk:>7.2f} ms {size / on_disk / 1e6:>7.0f} MB/s {1e6 * in_memory:>9.1f} µs"
    )


def _median(action: Callable[[int], object], rounds: int) -> float:
    """Median seconds that an action takes; it must give something unless it stores."""
    times = []
    for turn in range(rounds):
        began = time.perf_counter()
        action(turn)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
