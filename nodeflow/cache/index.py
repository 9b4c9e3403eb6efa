"""Small databases shared by several processes: the disk tier's index, for one. They may be lost at any time.

A broken one is set aside and begun anew. SQLite's write-ahead log is not used: it maps a file into memory,
and needs more of a network folder than a plain journal does.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

_ENTRIES = (
    "CREATE TABLE entries (key TEXT PRIMARY KEY, blob TEXT, size INTEGER, node_type TEXT, seconds REAL, "
    "recipe TEXT, seal TEXT)",
    "CREATE INDEX entries_by_blob ON entries (blob, size)",
)
_PATIENCE_SECONDS = 10.0
_ATTEMPTS = 3


class BrokenIndex(Exception):  # noqa: N818 - handled here
    """The database is broken. Raised by actions that find it so; no caller of the index sees it."""


class Index:
    """Runs actions on the database, each with a connection of its own.

    Args:
        folder: Where the database lies; made when something is written.
        name: Its file.
        schema: The statements that make it, in the order of the names that they create.
        what: What it is called in messages.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "index-1.sqlite",
        schema: Sequence[str] = _ENTRIES,
        what: str = "its index",
    ) -> None:
        self.path = folder / name
        self.times_set_aside = 0
        self._schema = list(schema)
        self._what = what

    def read(self, action: Callable[[sqlite3.Connection], T], default: T) -> T:
        """Return what the action finds, or the default where no index can be read."""
        try:
            if not self.path.stat().st_size:
                return default  # somebody else is just making it
            return self._attempt(action)
        except (OSError, BrokenIndex):
            return default

    def write(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Perform an action as one transaction; again if the index proves broken and is begun anew.

        Raises:
            OSError: If the index cannot be written: locked for long, read-only, on a full disk.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(BrokenIndex):
                return self._attempt(lambda database: self._transaction(database, action))
        raise OSError(f"{self._what} is broken and cannot be set aside")

    def _attempt(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Perform an action; where that shows that the database is broken, set it aside and raise."""
        import sqlite3

        seen: os.stat_result | None = None
        try:
            with contextlib.closing(
                sqlite3.connect(self.path, timeout=_PATIENCE_SECONDS, isolation_level=None)
            ) as database:
                seen = self.path.stat()
                database.text_factory = _text
                return action(database)
        except (sqlite3.Error, UnicodeDecodeError, BrokenIndex) as error:
            if not _is_damage(error, self.path):
                raise OSError(f"{self._what}: {error}") from error
        self._set_aside(seen)
        raise BrokenIndex

    def _set_aside(self, seen: os.stat_result | None) -> None:
        """Rename a broken database; its journal first, lest a new one be "repaired" with it."""
        with contextlib.suppress(OSError):
            if seen is not None and not os.path.samestat(seen, self.path.stat()):
                return  # another process was faster, and this is the new one
            for suffix in ("-journal", ""):
                source = self.path.with_name(self.path.name + suffix)
                if source.exists():
                    source.replace(self.path.with_name(f"{self.path.name}.broken{suffix}"))
            self.times_set_aside += 1

    def _transaction(self, database: sqlite3.Connection, action: Callable[[sqlite3.Connection], T]) -> T:
        """Perform an action, the write lock held from the start: so no two processes wait for each other."""
        database.execute("BEGIN IMMEDIATE")
        _ensure_schema(database, self._schema)
        result = action(database)
        database.execute("COMMIT")
        return result  # whatever raises closes the connection, which rolls back

    def forget_broken(self) -> None:
        """Remove what was set aside."""
        for path in self.path.parent.glob(f"{self.path.name}.broken*"):
            with contextlib.suppress(OSError):
                path.unlink()


def _ensure_schema(database: sqlite3.Connection, schema: list[str]) -> None:
    """Make the tables of a new database; of an old one, check that they are what they were made as.

    A damaged column type would change values on their way in, and every new line would be a miss.
    """
    found = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    if not found:
        for statement in schema:
            database.execute(statement)
    elif [sql for (sql,) in found] != schema:
        raise BrokenIndex


def _is_damage(error: Exception, path: Path) -> bool:
    """Whether the database is broken, rather than locked, read-only, out of space or out of reach."""
    import sqlite3

    if isinstance(error, UnicodeDecodeError | BrokenIndex):
        return True  # the former when SQLite's own message quotes a damaged name
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_READONLY:
        return os.access(path, os.W_OK)  # then it is a damaged header that forbids to write
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return True  # another process has just set it aside
    passing = {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
    return code is not None and code & 0xFF not in passing


def _text(raw: bytes) -> str:
    """Damaged text must reach the seal, not raise before."""
    return raw.decode("utf-8", "replace")
