"""The disk tier: results that survive a restart, within a size cap, shared by several processes."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nodeflow.cache import rows
from nodeflow.cache.blobs import Blobs
from nodeflow.cache.classes import class_table
from nodeflow.cache.codec import decode, encode
from nodeflow.cache.index import Index
from nodeflow.cache.packing import NotStorable, Unreadable
from nodeflow.cache.upkeep import Upkeep

if TYPE_CHECKING:
    import sqlite3

_LEAVE = 0.9
"""The part of the cap that pruning leaves, so that not every later result prunes again."""


class Stored(NamedTuple):
    """A result as it was on disk: its outputs, the recipe of its key, and the name of its file."""

    outputs: dict[str, Any]
    recipe: Mapping[str, Any]
    blob: str


class DiskTier:
    """Keeps results on disk. Whatever is damaged is removed and taken for missing.

    Args:
        folder: Where files and index lie; made when something is stored.
        limit: Size cap in bytes; a result larger than that is not stored.
        classes: Frozen dataclasses and enumerations that values may consist of.
    """

    def __init__(self, folder: Path, limit: int, classes: Iterable[type]) -> None:
        index = Index(folder)
        self.folder = folder
        self.blobs = Blobs(folder)
        self.upkeep = Upkeep(folder, limit, self.blobs, index)
        self._index = index
        self._limit = limit
        self._allowed = tuple(classes)
        self._tidied = False

    @cached_property
    def _classes(self) -> Mapping[str, type]:
        return class_table(self._allowed)

    def where_many(self, keys: Collection[str]) -> set[str]:
        """Those of the keys whose file is there; reads no file and counts none as used."""
        nothing: dict[str, tuple[str, int]] = {}
        found = self._index.read(lambda database: rows.locate(database, keys), nothing)
        return {key for key, (blob, size) in found.items() if self.blobs.holds(blob, size)}

    def get(self, key: str) -> Stored | None:
        """Read a result and check it to the last bit."""
        row = self._find(key)
        if row is None:
            return None
        try:
            data = self.blobs.read(row.blob, row.size)
        except (OSError, MemoryError):
            return None  # not to be had now, but not damaged either
        if data is None:
            self._remove(lambda database: rows.drop_blobs(database, self.blobs, [row.blob]))
            return None
        self.blobs.touch(row.blob)
        try:
            return Stored(decode(data, self._classes), json.loads(row.recipe), row.blob)
        except (Unreadable, MemoryError, RecursionError):
            return None  # of another version, or with classes of a package that is not loaded here

    def recipe(self, key: str) -> Mapping[str, Any] | None:
        """The recipe of a result's key."""
        row = self._find(key)
        if row is None:
            return None
        recipe: dict[str, Any] = json.loads(row.recipe)
        return recipe

    def put(
        self, key: str, outputs: Mapping[str, Any], recipe: Mapping[str, Any], node_type: str, seconds: float
    ) -> str:
        """Store a result and return the name of its file.

        Raises:
            NotStorable: If it holds something that cannot be written, or is larger than the cap.
            OSError: If it cannot be written now.
        """
        data = encode(outputs, self._classes)
        if len(data) > self._limit:
            raise NotStorable(f"{len(data)} bytes are more than the cap of {self._limit}")
        blob = hashlib.sha256(data).hexdigest()
        row = rows.Row(key, blob, len(data), node_type, float(seconds), _json(recipe))
        staged = self.blobs.stage(data)
        try:
            self._index.write(lambda database: self._insert(database, row, staged))
        finally:
            with contextlib.suppress(OSError):
                staged.unlink()
        return blob

    def _insert(self, database: sqlite3.Connection, row: rows.Row, staged: Path) -> None:
        rows.insert(database, row)
        self.blobs.place(staged, row.blob)
        if rows.files(database)[1] > self._limit:
            rows.tidy(database, self.blobs, max(int(self._limit * _LEAVE), row.size))
        elif not self._tidied:  # once per process: what killed processes left is nobody else's to remove
            rows.tidy(database, self.blobs, self._limit)
        self._tidied = True

    def _find(self, key: str) -> rows.Row | None:
        nothing: tuple[bool, rows.Row | None] = (False, None)
        there, row = self._index.read(lambda database: rows.find(database, key), nothing)
        if there and row is None:
            self._remove(lambda database: rows.drop_key(database, key))
        return row

    def _remove(self, action: Callable[[sqlite3.Connection], object]) -> None:
        with contextlib.suppress(OSError):  # where nothing can be removed, it stays a miss
            self._index.write(action)


def _json(recipe: Mapping[str, Any]) -> str:
    try:
        return json.dumps(dict(recipe))
    except (TypeError, ValueError, RecursionError) as error:
        raise NotStorable(f"the recipe is not JSON: {error}") from error
