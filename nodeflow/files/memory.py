"""What was once learned about a file, remembered until the file changes. Losing it costs only time."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

_CREATE = """CREATE TABLE IF NOT EXISTS facts (
    fact TEXT, path BLOB, stamp TEXT, value TEXT, PRIMARY KEY (fact, path)) WITHOUT ROWID"""
# Some file systems tell times only to two seconds: a later change could look the same.
_SETTLED_AFTER_NS = 2_000_000_000
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class FileStamp:
    """What changes whenever a file changes.

    Attributes:
        path: The real path.
        size: In bytes.
        mtime_ns: Last change of the content, in nanoseconds.
        ctime_ns: Last change of the entry (on Windows, its creation).
        inode: Number of the file on its disk.
    """

    path: Path
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        """Look at a file.

        Raises:
            OSError: If there is none.
        """
        real = Path(os.path.realpath(path))
        status = real.stat()
        return cls(real, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    @property
    def settled(self) -> bool:
        """Whether a change from now on is sure to give another stamp."""
        return abs(time.time_ns() - self.mtime_ns) > _SETTLED_AFTER_NS

    @property
    def key(self) -> bytes:
        """The path, as it is on disk: names there need not be valid text."""
        return os.fsencode(self.path)

    @property
    def text(self) -> str:
        """Everything else, in one string."""
        return f"{self.size} {self.mtime_ns} {self.ctime_ns} {self.inode}"


class FileMemory:
    """Remembers facts about files in a small database that several processes may share.

    A broken database is set aside and begun anew; where none can be written, nothing is remembered.

    Args:
        folder: Where the database lies; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self.database = folder / "files-1.sqlite"

    def recall(self, fact: str, stamps: Iterable[FileStamp]) -> dict[FileStamp, str]:
        """Return what is known of those files that have not changed since."""
        wanted = list(stamps)

        def read(database: sqlite3.Connection) -> dict[FileStamp, str]:
            found = {}
            for stamp in wanted:
                query = "SELECT value FROM facts WHERE fact = ? AND path = ? AND stamp = ?"
                row = database.execute(query, (fact, stamp.key, stamp.text)).fetchone()
                if row and isinstance(row[0], str):
                    found[stamp] = row[0]
            return found

        return self._with_database(read) or {}

    def remember(self, fact: str, values: Mapping[FileStamp, str]) -> None:
        """Keep facts about files, except of files so new that a change might go unnoticed."""
        rows = [(fact, stamp.key, stamp.text, value) for stamp, value in values.items() if stamp.settled]

        def write(database: sqlite3.Connection) -> None:
            database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", rows)

        if rows:
            self._with_database(write)

    def _with_database(self, action: Callable[[sqlite3.Connection], T]) -> T | None:
        import sqlite3  # here, as most commands ask nothing about files

        for _ in range(2):
            try:
                self.database.parent.mkdir(parents=True, exist_ok=True)
                with (
                    contextlib.closing(sqlite3.connect(self.database, timeout=_PATIENCE_SECONDS)) as database,
                    database,
                ):
                    database.execute(_CREATE)
                    return action(database)
            except (sqlite3.OperationalError, OSError):
                return None  # locked for long, full or read-only: go on without
            except sqlite3.DatabaseError:
                self._set_aside()
        return None

    def _set_aside(self) -> None:
        """Rename a broken database; its journal first, lest a new one be "repaired" with it."""
        for suffix in ("-journal", ""):
            with contextlib.suppress(OSError):
                source = self.database.with_name(self.database.name + suffix)
                source.replace(self.database.with_name(f"{self.database.name}.broken{suffix}"))
