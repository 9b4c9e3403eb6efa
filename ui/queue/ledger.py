"""The queue on disk: every job, from when it is asked for until its entry is removed. Free of Qt.

One small database serves all editors of a user. Each editor has a session of its own, and a file that is
locked while it lives; jobs whose session is over belong to whoever opens the ledger next. So nothing is lost,
and no two editors run the same job. A damaged database is set aside, and written anew by those who live.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.cache.index import Index
from nodeflow.errors import one_line
from ui.document.locks import try_lock
from ui.queue.entry import Entry, Work

if TYPE_CHECKING:
    import sqlite3

SCHEMA = (
    "CREATE TABLE jobs (id TEXT PRIMARY KEY, session TEXT, place INTEGER, work TEXT, content TEXT)",
    "CREATE TABLE sessions (id TEXT PRIMARY KEY, paused INTEGER)",
    "CREATE TABLE works (digest TEXT PRIMARY KEY, content TEXT)",
)
"""In the order of the names: the index checks that a database is as it was made."""
_PUT = (
    "INSERT INTO jobs VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET place = excluded.place, "
    "work = excluded.work, content = excluded.content WHERE session = excluded.session"
)
_UNUSED = "DELETE FROM works WHERE digest NOT IN (SELECT work FROM jobs)"
LOCK = ".lock"


@dataclass(frozen=True)
class Found:
    """What editors that are over have left.

    Attributes:
        entries: Their jobs; those that wait are in order.
        paused: Whether one of their queues was paused.
    """

    entries: list[Entry] = field(default_factory=list)
    paused: bool = False


class Ledger:
    """Keeps the jobs of one editor. A fault of the disk stops nobody from running: it stands in `fault`.

    Args:
        folder: Where it lies.

    Attributes:
        fault: Why the queue could not be written down; None if it was.
    """

    def __init__(self, folder: Path) -> None:
        self.fault: str | None = None
        self._folder = folder
        self._index = Index(folder, "queue-1.sqlite", SCHEMA, "the queue's file")
        self._session = uuid.uuid4().hex
        self._lock: int | None = None
        self._known: set[str] = set()
        self._renewed = 0

    def open(self) -> Found:
        """Begin a session, and take over the jobs of those that are over."""
        try:
            self._hold()
            found, over = self._index.write(self._take_over)
        except OSError as error:
            self._complain(error)
            return Found()
        for session in over:
            self._file(session).unlink(missing_ok=True)
        return found

    def keep(self, jobs: Sequence[tuple[int, Entry]], gone: Collection[str], *, paused: bool) -> bool:
        """Write down what has changed, all of it or nothing.

        Args:
            jobs: Jobs with their places.
            gone: Names of jobs that are removed.
            paused: Whether the queue is paused.

        Returns:
            False if everything has to be written anew: the file was damaged, or could not be written.
        """

        def write(base: sqlite3.Connection) -> None:
            self._write(base, jobs, paused)
            base.executemany(
                "DELETE FROM jobs WHERE id = ? AND session = ?", [(i, self._session) for i in gone]
            )
            if gone:
                base.execute(_UNUSED)

        try:
            self._hold()
            self._index.write(write)
        except OSError as error:
            self._complain(error)
            return False
        self.fault = None
        self._known.update(entry.work.digest for _, entry in jobs)
        if self._renewed != self._index.times_set_aside:
            self._renewed = self._index.times_set_aside
            self._known.clear()
            return False
        return True

    def begin(self, entry: Entry, *, paused: bool) -> bool:
        """Write down that a job is begun; False if another editor has it now."""

        def write(base: sqlite3.Connection) -> bool:
            self._write(base, [(0, entry)], paused)
            found = base.execute("SELECT session FROM jobs WHERE id = ?", (entry.id,)).fetchone()
            return bool(found[0] == self._session)

        try:
            self._hold()
            return self._index.write(write)
        except OSError as error:
            self._complain(error)
            return True  # it is asked for, and only its entry is not safe

    def close(self) -> None:
        """End the session; its jobs are for the next one."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _hold(self) -> None:
        """Show other editors that this session lives."""
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = _opened(self._file(self._session))
            try_lock(self._lock)

    def _file(self, session: str) -> Path:
        return self._folder / f"{session}{LOCK}"

    def _complain(self, error: OSError) -> None:
        self.fault = one_line(error)
        self._known.clear()

    def _write(self, base: sqlite3.Connection, jobs: Sequence[tuple[int, Entry]], paused: bool) -> None:
        base.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?)", (self._session, int(paused)))
        works = {entry.work.digest: entry.work.content for _, entry in jobs}
        new = [(digest, content) for digest, content in works.items() if digest not in self._known]
        base.executemany("INSERT OR IGNORE INTO works VALUES (?, ?)", new)
        rows = [(e.id, self._session, place, e.work.digest, e.dump()) for place, e in jobs]
        base.executemany(_PUT, rows)

    def _take_over(self, base: sqlite3.Connection) -> tuple[Found, list[str]]:
        """Make the jobs of sessions that are over ours; gives them, and those sessions."""
        sessions = base.execute("SELECT id, paused FROM sessions").fetchall()
        owners = [owner for (owner,) in base.execute("SELECT DISTINCT session FROM jobs")]
        known = dict.fromkeys(owners, 0) | dict(sessions)
        over = [session for session in known if self._is_over(session)]
        rows = []
        for session in over:
            rows += base.execute(
                "SELECT jobs.content, works.content FROM jobs JOIN works ON digest = work "
                "WHERE session = ? ORDER BY place",
                (session,),
            ).fetchall()
            base.execute("UPDATE jobs SET session = ? WHERE session = ?", (self._session, session))
            base.execute("DELETE FROM sessions WHERE id = ?", (session,))
        paused = any(known[session] for session in over)
        base.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?)", (self._session, int(paused)))
        base.execute(_UNUSED)
        return Found(_read(rows), paused), over

    def _is_over(self, session: str) -> bool:
        """Whether nobody holds a session's file any more."""
        try:
            handle = _opened(self._file(session), new=False)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            return try_lock(handle)
        finally:
            os.close(handle)


def _opened(path: Path, *, new: bool = True) -> int:
    return os.open(path, os.O_RDWR | (os.O_CREAT if new else 0))


def _read(rows: Iterable[tuple[str, str]]) -> list[Entry]:
    """The jobs; jobs of one batch share their work again. What cannot be read is left where it is."""
    works: dict[str, Work] = {}
    found = []
    for content, work in rows:
        with suppress(ValueError):
            found.append(Entry.load(content, works.setdefault(work, Work(work))))
    return found
