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


class Entry(NamedTuple):
    """A result to keep.

    Attributes:
        key: Its content key.
        outputs: Values by output name.
        recipe: What the key was made from, as JSON values.
        node_type: Id of the node type.
        seconds: Time it took to compute.
    """

    key: str
    outputs: Mapping[str, Any]
    recipe: Mapping[str, Any]
    node_type: str
    seconds: float


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

    def pin(self, key: str) -> bool:
        """Let a result's file stay when room is made; False if there is none."""
        row = self._find(key)
        return row is not None and self.blobs.holds(row.blob, row.size) and self.blobs.pin(row.blob)

    def recipe(self, key: str) -> Mapping[str, Any] | None:
        """The recipe of a result's key."""
        row = self._find(key)
        if row is None:
            return None
        recipe: dict[str, Any] = json.loads(row.recipe)
        return recipe

    def put_many(self, entries: Iterable[Entry]) -> list[str | None]:
        """Store results in one transaction; return the names of their files.

        Returns:
            A name for each; None for what cannot be written to a file, or is larger than the cap.

        Raises:
            OSError: If they cannot be written now; then none is.
        """
        staged: list[tuple[rows.Row, Path]] = []
        try:
            names = [self._stage(entry, staged) for entry in entries]
            if staged:
                self._index.write(lambda database: self._insert(database, staged))
        finally:
            for _, path in staged:
                with contextlib.suppress(OSError):
                    path.unlink()
        return names

    def _stage(self, entry: Entry, staged: list[tuple[rows.Row, Path]]) -> str | None:
        try:
            data, recipe = encode(entry.outputs, self._classes), _json(entry.recipe)
        except NotStorable:
            return None
        if len(data) > self._limit:
            return None
        blob = hashlib.sha256(data).hexdigest()
        row = rows.Row(entry.key, blob, len(data), entry.node_type, float(entry.seconds), recipe)
        staged.append((row, self.blobs.stage(data)))
        return blob

    def _insert(self, database: sqlite3.Connection, staged: list[tuple[rows.Row, Path]]) -> None:
        for row, path in staged:
            rows.insert(database, row)
            self.blobs.place(path, row.blob)
        if rows.files(database)[1] > self._limit:
            largest = max(row.size for row, _ in staged)
            rows.tidy(database, self.blobs, max(int(self._limit * _LEAVE), largest))
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
