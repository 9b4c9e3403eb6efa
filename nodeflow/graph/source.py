"""Where an input of a flat node gets its value from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

MAX_ITEMS = 10_000
"""More values than any input takes; lists passed on in lists of lists could grow without end."""


@dataclass(frozen=True, slots=True)
class Wire:
    """An output of a flat node."""

    node: str
    output: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, as in the file."""

    value: Any


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several sources for an input that takes a list."""

    items: tuple[Wire | Constant, ...]


class Absent(Enum):
    """Why an input has no source."""

    UNSET = "unset"
    """Nothing was said: the default counts."""
    MUTED = "muted"
    """It came from a node that is left out."""
    BYPASSED = "bypassed"
    """It came from a bypassed node, which has nothing of that type to pass on."""
    BROKEN = "broken"
    """A problem about it was reported already."""
    TOO_LONG = "too long"
    """It is a list of more than `MAX_ITEMS` values."""


Source = Wire | Constant | Bundle | Absent


def bundled(sources: Iterable[Source]) -> Source:
    """One list of all that is there among `sources`; if nothing is, why."""
    items: list[Wire | Constant] = []
    absent = Absent.UNSET
    for source in sources:
        if isinstance(source, Bundle):
            items.extend(source.items)
        elif isinstance(source, Absent):
            absent = source
        else:
            items.append(source)
        if absent in (Absent.BROKEN, Absent.TOO_LONG):
            return absent
        if len(items) > MAX_ITEMS:
            return Absent.TOO_LONG
    return Bundle(tuple(items)) if items else absent


def wires_in(source: Source) -> list[Wire]:
    """All wires inside a source."""
    if isinstance(source, Wire):
        return [source]
    if isinstance(source, Bundle):
        return [item for item in source.items if isinstance(item, Wire)]
    return []
