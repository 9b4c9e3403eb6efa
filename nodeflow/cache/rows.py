"""What is asked of the index, and the housekeeping that keeps index and files in step."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from nodeflow.cache.blobs import Blobs, is_digest
from nodeflow.cache.index import BrokenIndex
from nodeflow.cache.reports import PruneReport, TypeUse

if TYPE_CHECKING:
    import sqlite3

_FIND = "SELECT key, blob, size, node_type, seconds, recipe, seal FROM entries WHERE key = ?"
_ALL = "SELECT rowid, key, blob, size, node_type, seconds, recipe, seal FROM entries"
# Sums are taken without the seals: damaged lines must not make them infinite.
_FILES = """SELECT COUNT(*), TOTAL(size) FROM
    (SELECT DISTINCT blob, size FROM entries WHERE typeof(size) = 'integer' AND size BETWEEN 0 AND 1e15)"""
_USES = """SELECT node_type, COUNT(*), TOTAL(size), TOTAL(seconds) FROM entries
    WHERE typeof(size) = 'integer' AND size BETWEEN 0 AND 1e15 AND seconds BETWEEN 0 AND 1e12
    GROUP BY node_type ORDER BY TOTAL(size) DESC, node_type"""
_KEYS_AT_ONCE = 900  # older SQLite takes at most 999 parameters


@dataclass(frozen=True)
class Row:
    """One line of the index.

    Attributes:
        key: The result's key.
        blob: Name of the file that holds its outputs.
        size: Of that file, in bytes.
        node_type: Id of the node type that gave it.
        seconds: Time it took to compute.
        recipe: JSON of what the key was made from.
    """

    key: str
    blob: str
    size: int
    node_type: str
    seconds: float
    recipe: str

    @property
    def seal(self) -> str:
        """A digest over all of it: SQLite itself does not notice when a row's bytes change."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()


def find(database: sqlite3.Connection, key: str) -> tuple[bool, Row | None]:
    """Whether there is a line for the key, and the line if it is sound."""
    values = database.execute(_FIND, (key,)).fetchone()
    row = _sound(values) if values else None
    return values is not None, row if row is not None and row.key == key else None


def locate(database: sqlite3.Connection, keys: Collection[str]) -> dict[str, tuple[str, int]]:
    """File and size of the keys that have a line; for planning, hence without the seals."""
    wanted = list(keys)
    found: dict[str, tuple[str, int]] = {}
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        part = wanted[start : start + _KEYS_AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = database.execute(f"SELECT key, blob, size FROM entries WHERE key IN ({marks})", part)  # noqa: S608 - question marks only
        found.update((key, (blob, size)) for key, blob, size in rows if is_digest(blob))
    return found


def insert(database: sqlite3.Connection, row: Row) -> None:
    """Write a line, in place of an earlier one for the same key."""
    database.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", (*astuple(row), row.seal))


def files(database: sqlite3.Connection) -> tuple[int, int]:
    """Number of files in the index, and their size in bytes."""
    count, size = database.execute(_FILES).fetchone()
    return count, int(size)


def uses(database: sqlite3.Connection) -> list[TypeUse]:
    """What each node type takes, the largest first."""
    found = database.execute(_USES)
    return [TypeUse(str(name), count, int(size), seconds) for name, count, size, seconds in found]


def check(database: sqlite3.Connection) -> tuple[list[Row], int]:
    """Every sound line, and how many were not and are removed.

    Raises:
        BrokenIndex: If the database as a whole is damaged.
    """
    if database.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise BrokenIndex
    sound: list[Row] = []
    unsound: list[int] = []
    for number, *values in database.execute(_ALL):
        row = _sound(values)
        if row is None:
            unsound.append(number)
        else:
            sound.append(row)
    database.executemany("DELETE FROM entries WHERE rowid = ?", ((number,) for number in unsound))
    return sound, len(unsound)


def drop_key(database: sqlite3.Connection, key: str) -> None:
    """Remove a line."""
    database.execute("DELETE FROM entries WHERE key = ?", (key,))


def drop_blobs(database: sqlite3.Connection, blobs: Blobs, names: Iterable[str]) -> int:
    """Remove files and all lines that name them; return the number of lines."""
    lines = 0
    for name in names:
        lines += database.execute("DELETE FROM entries WHERE blob IS ?", (name,)).rowcount
        blobs.remove(name)
    return lines


def tidy(database: sqlite3.Connection, blobs: Blobs, to_bytes: int) -> PruneReport:
    """Remove what belongs to nothing, then the least recently used files until `to_bytes` are left.

    What is pinned leaves last, and only if nothing else is left. While the index is locked nobody places a
    file, so a file without a line belongs to nobody.
    """
    named = {name for (name,) in database.execute("SELECT DISTINCT blob FROM entries")}
    pinned = blobs.pinned()
    files = sorted(blobs.scan(), key=lambda file: (file.name in pinned, file))
    vanished = named - {file.name for file in files}
    lines = drop_blobs(database, blobs, vanished)
    kept = sum(file.size for file in files if file.name in named)
    removed: list[Any] = [file for file in files if file.name not in named]
    for file in files:
        if file.name in named and kept > to_bytes:
            kept -= file.size
            removed.append(file)
    lines += drop_blobs(database, blobs, (file.name for file in removed))
    temporary, temporary_bytes = blobs.sweep()
    freed = sum(file.size for file in removed) + temporary_bytes
    return PruneReport(lines, len(removed), temporary, freed, kept)


def _sound(values: Iterable[Any]) -> Row | None:
    """The line if it is as it was written."""
    *members, seal = values
    row = Row(*members)
    return row if row.seal == seal and is_digest(row.blob) else None
