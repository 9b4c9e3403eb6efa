"""The journal of a document: every edit since the last save, so that a crash or a power cut loses nothing.

A journal is a file of lines, each a checksum and a JSON value. The first holds the whole document, the others
differences. One that grows long is begun anew, in a file with a higher number. A line goes out in one write,
which survives the process's death at once; a thread makes the disk keep it soon after. Reading them back is
`recovery`'s.
"""

from __future__ import annotations

import json
import os
import uuid
import zlib
from pathlib import Path
from typing import Any

from nodeflow.document.model import Workflow
from nodeflow.errors import one_line
from ui.document.delta import difference, whole
from ui.document.locks import try_lock
from ui.document.syncing import Syncer

SUFFIX = ".journal"
GROWTH = 8
"""A journal this many times as long as its first line is begun anew …"""
SMALLEST = 1_000_000
"""… but not below this many bytes."""


def line_of(value: Any) -> bytes:
    """One line of a journal: checksum, blank, JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def read_line(line: bytes) -> Any:
    """What a line holds.

    Raises:
        ValueError: If it is incomplete or damaged.
    """
    checksum, blank, text = line.partition(b" ")
    if not blank or not text.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(text[:-1]):
        raise ValueError("damaged line")
    return json.loads(text)


class Journal:
    """Writes one document's journal. A fault of the disk does not stop editing: it stands in `fault`.

    Args:
        folder: Where journals lie.
        smallest: Bytes below which a journal is never begun anew.

    Attributes:
        fault: Why the last edit could not be written down; None if it was.
    """

    def __init__(self, folder: Path, smallest: int = SMALLEST) -> None:
        self.fault: str | None = None
        self._folder = folder
        self._smallest = smallest
        self._path: Path | None = None
        self._file: int | None = None
        self._size = 0
        self._limit = 0
        self._head: tuple[Path | None, str] = (None, "")
        self._id, self._number = uuid.uuid4().hex, 0
        self._syncer = Syncer()

    def record(self, before: Workflow, after: Workflow, path: Path | None, title: str) -> None:
        """Write down that `before` has become `after`.

        Args:
            before: The workflow of the last record.
            after: The workflow now.
            path: The document's file, if any.
            title: What it is called.
        """
        try:
            if self._file is None or self._size > self._limit or (path, title) != self._head:
                self._begin(after, path, title)
            elif delta := difference(before, after):
                self._append(line_of(delta))
            self.fault = None
        except (OSError, ValueError) as error:  # a full disk, or a text that is no Unicode
            self.fault = f"edits are not kept safe: {one_line(error)}"
            self._release(None)  # the next record begins anew, wherever this one broke off

    def clear(self) -> None:
        """Forget everything: the document is saved."""
        self._release(self._path)
        self._path = None

    def settle(self) -> None:
        """Wait until the disk has all of it."""
        self._syncer.settle()

    def close(self) -> None:
        """Forget everything, for good."""
        self.clear()
        self._syncer.close()

    def _begin(self, workflow: Workflow, path: Path | None, title: str) -> None:
        """Begin a file with the whole document; the older one goes once the disk has the new one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        old, new = self._path, self._folder / f"{self._id}-{self._number + 1:08}{SUFFIX}"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0))
        try_lock(handle)
        self._release(None)
        self._file, self._path, self._size = handle, new, 0
        self._number += 1
        head = {"path": str(path) if path else None, "title": title, "workflow": whole(workflow)}
        self._append(line_of(head))
        self._head, self._limit = (path, title), max(GROWTH * self._size, self._smallest)
        if old is not None:
            self._syncer.sync(handle, then_remove=old)

    def _append(self, line: bytes) -> None:
        assert self._file is not None  # noqa: S101 - narrows the type
        if os.write(self._file, line) != len(line):
            raise OSError(None, "the disk is full")
        self._size += len(line)
        self._syncer.sync(self._file)

    def _release(self, remove: Path | None) -> None:
        """Let go of the file, and remove it if asked."""
        if self._file is not None:
            self._syncer.release(self._file)
            self._file = None
        if remove is not None:
            remove.unlink(missing_ok=True)
