"""Which pictures there are, and what they tell: kept in a small database, as reading thousands takes long."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from nodeflow.execution.variations import PICTURES
from ui.pictures.facts import Facts, loaded
from ui.shelf import files_below

_TABLE = """create table if not exists pictures (
    path text primary key, modified integer not null, size integer not null, facts text not null)"""
VERSION = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture file.

    Attributes:
        path: Where it lies.
        modified: When it was written, in nanoseconds.
        size: In bytes.
        name: Its path below the folder of pictures in lower case, for searching.
    """

    path: Path
    modified: int
    size: int
    name: str = field(default="", compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((str(self.path), self.modified, self.size)))

    def __hash__(self) -> int:
        """Reckoned once: a search through thousands asks for it twice of each."""
        return self._hash


def look(folder: Path) -> list[Picture]:
    """The pictures in a folder and those inside it, the latest first; files that vanish are left out.

    Raises:
        OSError: If the folder is there and cannot be read.
    """
    if not folder.exists():
        return []
    os.scandir(folder).close()
    found = []
    for entry in files_below(folder):
        if entry.name.lower().endswith(PICTURES) and not entry.name.startswith("."):
            try:
                status = entry.stat()
            except OSError:
                continue
            name = entry.path.removeprefix(f"{folder}{os.sep}").lower()
            found.append(Picture(Path(entry.path), status.st_mtime_ns, status.st_size, name))
    return sorted(found, key=lambda picture: (-picture.modified, str(picture.path)))


class Index:
    """What pictures tell, on disk. Each call opens the file anew, so that any thread may ask.

    A file that cannot be used is as good as none: everything in it can be read again.

    Args:
        path: The database.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def known(self) -> dict[Picture, Facts]:
        """All that was kept."""
        try:
            with closing(self._open()) as base:
                rows = base.execute("select path, modified, size, facts from pictures").fetchall()
        except (OSError, sqlite3.Error):
            self._path.unlink(missing_ok=True)
            return {}
        return {Picture(Path(path), modified, size): loaded(facts) for path, modified, size, facts in rows}

    def keep(self, pictures: Iterable[tuple[Picture, Facts]]) -> None:
        """Keep what pictures tell."""
        rows = [(str(p.path), p.modified, p.size, facts.dump()) for p, facts in pictures]
        self._write("insert or replace into pictures values (?, ?, ?, ?)", rows)

    def forget(self, pictures: Iterable[Picture]) -> None:
        """Forget pictures that are gone."""
        self._write("delete from pictures where path = ?", [(str(p.path),) for p in pictures])

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if not rows:
            return
        try:
            with closing(self._open()) as base, base:
                base.executemany(statement, rows)
        except (OSError, sqlite3.Error):
            return  # it is read again next time

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(self._path, timeout=5)
        base.execute("pragma synchronous = off")
        if base.execute("pragma user_version").fetchone()[0] != VERSION:
            base.execute("drop table if exists pictures")
            base.execute(f"pragma user_version = {VERSION}")
        base.execute(_TABLE)
        return base
