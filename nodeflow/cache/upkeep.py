"""Looking after the disk tier as a whole: telling what lies there, checking it, making room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.cache import rows
from nodeflow.cache.blobs import Blobs
from nodeflow.cache.index import Index
from nodeflow.cache.reports import CacheInfo, PruneReport, VerifyReport
from nodeflow.cache.states import Removed, States

if TYPE_CHECKING:
    import sqlite3


class Upkeep:
    """What users ask for by hand.

    Args:
        folder: The disk tier's folder.
        limit: Its size cap in bytes.
        blobs: Its files.
        index: Its index.
    """

    def __init__(self, folder: Path, limit: int, blobs: Blobs, index: Index) -> None:
        self._folder = folder
        self._limit = limit
        self._blobs = blobs
        self._index = index
        self._states = States(folder / "states")

    def info(self, memory: CacheInfo) -> CacheInfo:
        """What lies on disk, beside what is known of the memory tier."""

        def look(database: sqlite3.Connection) -> CacheInfo:
            types = rows.uses(database)
            count, size = rows.files(database)
            entries = sum(use.entries for use in types)
            return replace(empty, disk_entries=entries, disk_files=count, disk_bytes=size, types=tuple(types))

        states, state_bytes = self._states.use()
        empty = replace(
            memory, folder=self._folder, disk_limit=self._limit, states=states, state_bytes=state_bytes
        )
        return self._index.read(look, empty)

    def verify(self, progress: Callable[[int, int], object] | None = None) -> VerifyReport:
        """Read everything and remove what is damaged or belongs to nothing.

        Args:
            progress: Told the bytes read so far and in all.

        Raises:
            OSError: If the index cannot be written.
        """
        before = self._index.times_set_aside
        sound, unsound = self._index.write(rows.check)
        sizes = {row.blob: row.size for row in sound}
        bad: list[str] = []
        done = 0
        for blob, size in sizes.items():
            if not self._is_sound(blob, size):
                bad.append(blob)
            done += size
            if progress is not None:
                progress(done, sum(sizes.values()))
        unsound += self._index.write(lambda database: rows.drop_blobs(database, self._blobs, bad))
        tidied = self._index.write(lambda database: rows.tidy(database, self._blobs, self._limit))
        rebuilt = self._index.times_set_aside > before
        return VerifyReport(len(sound), unsound, rebuilt, tidied)

    def _is_sound(self, blob: str, size: int) -> bool:
        try:
            return self._blobs.read(blob, size) is not None
        except OSError:
            return False

    def prune(self, to_bytes: int | None) -> PruneReport:
        """Remove what belongs to nothing, then the least recently used results until `to_bytes` are left.

        States of unfinished calls leave when they are old or many, whatever the size.

        Args:
            to_bytes: What may stay; None: what the cap allows.

        Raises:
            OSError: If the index cannot be written.
        """
        limit = self._limit if to_bytes is None else to_bytes
        report = self._index.write(lambda database: rows.tidy(database, self._blobs, limit))
        return _with_states(report, self._states.prune())

    def clear(self) -> PruneReport:
        """Remove all results and states, and the databases that were set aside.

        Raises:
            OSError: If the index cannot be written.
        """
        report = self.prune(0)
        self._index.forget_broken()
        return _with_states(report, self._states.clear())


def _with_states(report: PruneReport, removed: Removed) -> PruneReport:
    return replace(
        report,
        states=report.states + removed.states,
        temporary=report.temporary + removed.temporary,
        freed_bytes=report.freed_bytes + removed.nbytes,
    )
