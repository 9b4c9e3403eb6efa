"""The log of one session of the editor: a bounded list of entries."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

from PySide6.QtCore import QObject, Signal

MOST = 5_000
"""Entries that are kept; older ones are forgotten."""
LONGEST = 2_000
"""Characters of one entry."""


class Level(IntEnum):
    """How much an entry matters."""

    DETAIL = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    Attributes:
        level: How much it matters.
        text: What happened, in one line.
        title: The workflow concerned; empty: none.
        node: The node concerned; empty: none.
        input: The input concerned; empty: none.
        time: When, in seconds since 1970.
    """

    level: Level
    text: str
    title: str = ""
    node: str = ""
    input: str = ""
    time: float = field(default_factory=time.time)

    @property
    def line(self) -> str:
        """The entry as one line of a text file."""
        clock = time.strftime("%H:%M:%S", time.localtime(self.time))
        where = " ".join(filter(None, (self.title, self.node)))
        return f"{clock}  {self.level.name.lower():7}  {f'{where}: ' if where else ''}{self.text}"


class Log(QObject):
    """Keeps what happened.

    Attributes:
        entries: The latest last.
    """

    added = Signal(object)
    """An entry."""

    def __init__(self, parent: QObject | None = None, most: int = MOST) -> None:
        super().__init__(parent)
        self.entries: deque[Entry] = deque(maxlen=most)

    def add(self, level: Level, text: str, *, title: str = "", node: str = "", input: str = "") -> None:  # noqa: A002
        """Note something.

        Args:
            level: How much it matters.
            text: What happened; of several lines each becomes an entry.
            title: The workflow concerned.
            node: The node concerned.
            input: The input concerned.
        """
        for line in filter(None, (part.rstrip() for part in text.splitlines())):
            entry = Entry(level, line[:LONGEST], title, node, input)
            self.entries.append(entry)
            self.added.emit(entry)

    def clear(self) -> None:
        """Forget all."""
        self.entries.clear()
