"""The memory tier: the last used results, within a budget of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

_OBJECT_BYTES = 64
"""What a plain object is taken to need: beside arrays it hardly matters."""


@dataclass(frozen=True)
class Held:
    """A result in memory.

    Attributes:
        outputs: Values by output name.
        recipe: What the key was made from.
        blob: The file on disk with the same outputs, if any.
        nbytes: Size in bytes.
    """

    outputs: Mapping[str, Any]
    recipe: Mapping[str, Any]
    blob: str | None
    nbytes: int


class MemoryTier:
    """Holds results until the budget is spent, then lets go of the least recently used. For many threads.

    Args:
        limit: Budget in bytes; a result larger than that is not held.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> Held | None:
        """Return a result and count it as used just now."""
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
            return held

    def peek(self, key: str) -> Held | None:
        """Return a result without counting it as used."""
        with self._lock:
            return self._held.get(key)

    def put(self, key: str, held: Held) -> None:
        """Hold a result, in place of an earlier one with the same key."""
        with self._lock:
            self._drop(key)
            if held.nbytes > self.limit:
                return
            self._held[key] = held
            self._bytes += held.nbytes
            while self._bytes > self.limit:
                self._drop(next(iter(self._held)))

    def use(self) -> tuple[int, int]:
        """Number of results held and their size in bytes."""
        with self._lock:
            return len(self._held), self._bytes

    def clear(self) -> int:
        """Let go of everything; return the bytes that this frees."""
        with self._lock:
            freed, self._bytes = self._bytes, 0
            self._held.clear()
            return freed

    def _drop(self, key: str) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self._bytes -= held.nbytes


def size_of(outputs: Mapping[str, Any]) -> int:
    """Bytes that outputs need in memory; an array that appears twice counts once."""
    total = 0
    seen: set[int] = set()
    waiting: list[Any] = [outputs]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        total += _OBJECT_BYTES + _array_bytes(value)
        if isinstance(value, str | bytes):
            total += len(value)
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple | set | frozenset):
            waiting.extend(value)
        elif is_dataclass(value):
            waiting.extend(getattr(value, field.name, None) for field in fields(value))
    return total


def _array_bytes(value: Any) -> int:
    """Size of anything that says it, as arrays and tensors do."""
    try:
        nbytes = value.nbytes
    except Exception:  # noqa: BLE001 - of a third party's object: it may raise what it likes
        return 0
    return nbytes if isinstance(nbytes, int) else 0
