"""The files of the disk tier, named by the sha256 of their content. The index knows whose they are.

A file's modification time is its last use: that costs no writing to the index, and all processes see it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_SUFFIX = ".safetensors"
_NAME = re.compile("[0-9a-f]{64}")
ABANDONED_AFTER_SECONDS = 3600.0
"""No process writes one file for longer; an older temporary file was left by one that was killed."""


class BlobFile(NamedTuple):
    """A file that is there.

    Attributes:
        used_ns: When it was last used, in nanoseconds since 1970.
        name: The sha256 it was written under.
        size: In bytes.
    """

    used_ns: int
    name: str
    size: int


class Blobs:
    """Writes files at once or not at all, and reads none that changed since.

    Args:
        folder: Where they lie; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "blobs"
        self._staging = folder / "writing"
        self._pins = folder / "pinned"

    def path(self, name: str) -> Path:
        """Where the file of that name lies."""
        return self._folder / name[:2] / (name + _SUFFIX)

    def stage(self, data: bytes) -> Path:
        """Write data to a temporary file, to be placed or unlinked.

        Raises:
            OSError: If it cannot be written; nothing is left then.
        """
        self._staging.mkdir(parents=True, exist_ok=True)
        path = self._staging / uuid.uuid4().hex
        try:
            path.write_bytes(data)
        except OSError:
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        return path

    def place(self, staged: Path, name: str) -> None:
        """Give a staged file its name, while the index is locked: else somebody may take it for an orphan.

        Raises:
            OSError: If it cannot be moved.
        """
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            staged.replace(path)
        except (FileNotFoundError, PermissionError):
            # Placed by an earlier attempt, or (on Windows) held open by a reader of the same content.
            if not path.exists():
                raise
        self.touch(name)

    def read(self, name: str, size: int) -> bytes | None:
        """Return a file's content, or None if it is missing or not what was written.

        It is read plainly and checked before use: a mapped file that is truncated kills the process.

        Raises:
            OSError: If it is there but cannot be read.
        """
        try:
            with self.path(name).open("rb") as file:
                data = file.read(size + 1)
        except FileNotFoundError:
            return None
        return data if hashlib.sha256(data).hexdigest() == name else None

    def holds(self, name: str, size: int) -> bool:
        """Whether a file of that name and size is there; does not read it."""
        try:
            return self.path(name).stat().st_size == size
        except OSError:
            return False

    def touch(self, name: str) -> None:
        """Count a file as used just now."""
        now = time.time_ns()
        with contextlib.suppress(OSError):  # vanished or read-only: then its use is not counted
            os.utime(self.path(name), ns=(now, now))

    def pin(self, name: str) -> bool:
        """Let a file leave last when room is made; False if that cannot be noted."""
        try:
            self._pins.mkdir(parents=True, exist_ok=True)
            (self._pins / name).touch()
        except OSError:
            return False
        return True

    def pinned(self) -> set[str]:
        """The files that leave last."""
        return {path.name for path in self._pins.glob("*")}

    def remove(self, name: str) -> None:
        """Remove a file if it is there and can be removed."""
        if is_digest(name):  # a damaged name could lead anywhere
            for path in (self.path(name), self._pins / name):
                with contextlib.suppress(OSError):
                    path.unlink()

    def scan(self) -> Iterator[BlobFile]:
        """Every file there is, in no order."""
        for path in self._folder.glob(f"*/*{_SUFFIX}"):
            if is_digest(path.stem):
                with contextlib.suppress(OSError):
                    status = path.stat()
                    yield BlobFile(status.st_mtime_ns, path.stem, status.st_size)

    def sweep(self) -> tuple[int, int]:
        """Remove abandoned temporary files; return how many and how many bytes."""
        count = freed = 0
        for path in self._staging.glob("*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                if abs(time.time() - status.st_mtime) > ABANDONED_AFTER_SECONDS:
                    path.unlink()
                    count, freed = count + 1, freed + status.st_size
        return count, freed


def is_digest(name: object) -> bool:
    """Whether it is a sha256 in hexadecimal digits, and thus safe in a path."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None
