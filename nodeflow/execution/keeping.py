"""Puts results into the cache on the writing thread, since a disk may be slow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor as Pool

from nodeflow.cache import Entry, ResultCache
from nodeflow.cache.memory import size_of

_TOGETHER = 64
"""Results written in one transaction where they pile up. Each of its own costs 3 to 6 ms, mostly waiting
for the disk: more than many a small node takes to compute. Keeping such results in memory only would be
quicker still, but the next program would compute, and first load, all that leads to them."""

_TOGETHER_BYTES = 2**26


class Keeper:
    """Writes results in the order they came, several at once where they come faster than the disk takes them.

    Args:
        cache: Where results are kept; None: nowhere.
        writer: The thread that writes.
    """

    def __init__(self, cache: ResultCache | None, writer: Pool) -> None:
        self._cache = cache
        self._writer = writer
        self._waiting: deque[tuple[Entry, Callable[[str | None], object]]] = deque()

    def keep(self, entry: Entry, on_kept: Callable[[str | None], object]) -> None:
        """Keep a result soon.

        Args:
            entry: The result.
            on_kept: Called on the writing thread when it is kept, with a warning if there is one.
        """
        if self._cache is not None:
            self._waiting.append((entry, on_kept))
            self._writer.submit(self._write)

    def _write(self) -> None:
        """Write what waits by now; the calls for what another call took along find nothing to do."""
        taken: list[tuple[Entry, Callable[[str | None], object]]] = []
        nbytes = 0
        while self._waiting and len(taken) < _TOGETHER and nbytes < _TOGETHER_BYTES:
            taken.append(self._waiting.popleft())
            nbytes += size_of(taken[-1][0].outputs)
        if taken and self._cache is not None:
            warnings = self._cache.put_many([entry for entry, _ in taken])
            for (_, on_kept), warning in zip(taken, warnings, strict=True):
                on_kept(warning)
