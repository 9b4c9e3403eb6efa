"""What earlier runs did, by workflow and node, and how long work of the same shape took on this machine."""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nodeflow.cache.index import Index

if TYPE_CHECKING:
    import sqlite3

_SCHEMA = (
    "CREATE TABLE nodes (workflow TEXT, node TEXT, how TEXT, seconds REAL, time REAL, said TEXT, key TEXT, "
    "recipe TEXT, PRIMARY KEY (workflow, node))",
    "CREATE INDEX nodes_by_time ON nodes (time)",
    "CREATE TABLE times (shape TEXT PRIMARY KEY, seconds TEXT, time REAL)",
    "CREATE INDEX times_by_time ON times (time)",
)
_KEPT_ROWS = 20_000
_KEPT_TIMES = 5
_LONGEST = 2**16  # characters of a recipe; a book as a prompt is not worth remembering
_KEYS_AT_ONCE = 900  # older SQLite takes at most 999 parameters


@dataclass(frozen=True)
class PastNode:
    """What a node did in the last run of its workflow.

    Attributes:
        node: Its name.
        how: `computed`, `memory` or `disk` (fetched from there), `failed`, `unfinished` (the run ended before
            it), `unneeded` (what it feeds was at hand), or `light`.
        said: What the workflow said: type, revision, and the literal or link of each input.
        key: Its content key, if it had one.
        recipe: What the key was made from.
        seconds: Time it took.
        time: When the run ended, in seconds since 1970.
    """

    node: str
    how: str
    said: Mapping[str, Any]
    key: str | None = None
    recipe: Mapping[str, Any] | None = None
    seconds: float = 0.0
    time: float = 0.0


class History:
    """A database beside the cache. Bounded; losing it costs only explanations and predictions. Never raises.

    Args:
        folder: Where it lies; made when something is recorded.
    """

    def __init__(self, folder: Path) -> None:
        self._index = Index(folder, "history-1.sqlite", _SCHEMA, "the history")

    def past(self, workflow: str) -> dict[str, PastNode]:
        """What the nodes of a workflow did in its last run."""

        def read(database: sqlite3.Connection) -> dict[str, PastNode]:
            query = "SELECT node, how, said, key, recipe, seconds, time FROM nodes WHERE workflow = ?"
            found = (_past(row) for row in database.execute(query, (workflow,)))
            return {past.node: past for past in found if past is not None}

        return self._index.read(read, {})

    def seconds(self, shapes: Collection[str]) -> dict[str, float]:
        """The median time that work of these shapes took lately, where it is known."""

        def read(database: sqlite3.Connection) -> dict[str, float]:
            return {shape: statistics.median(times) for shape, times in _times(database, shapes).items()}

        return self._index.read(read, {})

    def record(self, workflow: str, nodes: Iterable[PastNode], times: Iterable[tuple[str, float]]) -> None:
        """Remember a run in place of the workflow's last one.

        Args:
            workflow: What identifies it.
            nodes: What its nodes did.
            times: Shape and seconds of what was computed, the latest last.
        """
        now = time.time()
        rows = [_row(workflow, replace(node, time=now)) for node in nodes]
        taken: dict[str, list[float]] = {}
        for shape, seconds in times:
            taken.setdefault(shape, []).append(seconds)

        def write(database: sqlite3.Connection) -> None:
            database.executemany("INSERT OR REPLACE INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            known = _times(database, taken)
            database.executemany(
                "INSERT OR REPLACE INTO times VALUES (?, ?, ?)",
                (
                    (shape, json.dumps([*known.get(shape, ()), *added][-_KEPT_TIMES:]), now)
                    for shape, added in taken.items()
                ),
            )
            _bound(database, "nodes")
            _bound(database, "times")

        with contextlib.suppress(OSError):  # read-only, full or locked for long: then it is not remembered
            self._index.write(write)


def _row(workflow: str, node: PastNode) -> tuple[Any, ...]:
    said, recipe = _json(node.said), _json(node.recipe)
    return workflow, node.node, node.how, node.seconds, node.time, said, node.key, recipe


def _json(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= _LONGEST else "null"


def _past(row: Sequence[Any]) -> PastNode | None:
    """A row as it was recorded; None if it is damaged."""
    node, how, said, key, recipe, seconds, moment = row
    try:
        return PastNode(
            node, how, json.loads(said) or {}, key, json.loads(recipe), float(seconds), float(moment)
        )
    except (TypeError, ValueError, RecursionError):
        return None


def _times(database: sqlite3.Connection, shapes: Collection[str]) -> dict[str, list[float]]:
    wanted = list(shapes)
    found: dict[str, list[float]] = {}
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        part = wanted[start : start + _KEYS_AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = database.execute(f"SELECT shape, seconds FROM times WHERE shape IN ({marks})", part)  # noqa: S608 - question marks only
        for shape, text in rows:
            with contextlib.suppress(TypeError, ValueError):
                found[shape] = [float(seconds) for seconds in json.loads(text)]
    return {shape: times for shape, times in found.items() if times}


def _bound(database: sqlite3.Connection, table: str) -> None:
    """Forget what is oldest, but never a part of the run just recorded: it is the newest."""
    [(count,)] = database.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608 - one of two names
    if count > _KEPT_ROWS:
        database.execute(
            f"DELETE FROM {table} WHERE time < "  # noqa: S608 - one of two names
            f"(SELECT time FROM {table} ORDER BY time DESC LIMIT 1 OFFSET {_KEPT_ROWS - 1})"
        )
