"""States of long calls that are under way, kept so that a crash or a cancel costs a few steps only."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from nodeflow.cache.blobs import ABANDONED_AFTER_SECONDS, is_digest
from nodeflow.files.atomic import write_replacing

KEPT_SECONDS = 7 * 24 * 3600.0
"""Who has not come back to a picture for a week will not miss half of it."""

KEPT_FILES = 20
"""States of a batch of large pictures take some megabytes each."""

_SEAL_BYTES = hashlib.sha256().digest_size


class Removed(NamedTuple):
    """What was removed: states, temporary files that killed processes left, and bytes of both."""

    states: int
    temporary: int
    nbytes: int


class States:
    """The states in one folder, by the key of the result that they will become.

    Args:
        folder: Where they lie; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pruned = False

    def load(self, key: str) -> bytes | None:
        """A state as it was saved; None if there is none or it is damaged. Never raises."""
        try:
            data = self._path(key).read_bytes()
        except (OSError, MemoryError):
            return None
        seal, state = data[:_SEAL_BYTES], data[_SEAL_BYTES:]
        return state if hashlib.sha256(state).digest() == seal else None

    def save(self, key: str, state: bytes) -> None:
        """Keep a state in place of an earlier one.

        Raises:
            OSError: If it cannot be written; the earlier one stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        write_replacing(self._path(key), hashlib.sha256(state).digest() + state)
        if not self._pruned:  # once per process: what nobody comes back to is nobody else's to remove
            self._pruned = True
            self.prune()

    def remove(self, key: str) -> None:
        """Forget a state, if there is one and it can be removed."""
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def use(self) -> tuple[int, int]:
        """Number of states kept and their size in bytes."""
        sizes = [size for _, path, size in self._files() if is_digest(path.name)]
        return len(sizes), sum(sizes)

    def prune(self, keep_files: int = KEPT_FILES, keep_seconds: float = KEPT_SECONDS) -> Removed:
        """Remove old states, those beyond a number, and what killed processes left half written.

        Args:
            keep_files: How many may stay, the newest.
            keep_seconds: How old they may be.
        """
        now = time.time()
        files = sorted(self._files())
        states = [file for file in files if is_digest(file[1].name)]
        other = [file for file in files if not is_digest(file[1].name)]
        first_kept = max(len(states) - keep_files, 0)
        old = [file for i, file in enumerate(states) if i < first_kept or now - file[0] > keep_seconds]
        left = [file for file in other if abs(now - file[0]) > ABANDONED_AFTER_SECONDS]
        freed = [_unlink(path, size) for _, path, size in (*old, *left)]
        return Removed(len(old), len(left), sum(freed))

    def clear(self) -> Removed:
        """Forget all states."""
        return self.prune(keep_files=0)

    def _path(self, key: str) -> Path:
        return self.folder / key

    def _files(self) -> Iterator[tuple[float, Path, int]]:
        """Time, path and size of every file in the folder."""
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir():
                with contextlib.suppress(OSError):
                    status = path.stat()
                    yield status.st_mtime, path, status.st_size


def _unlink(path: Path, size: int) -> int:
    """Remove a file; return the bytes that this frees."""
    with contextlib.suppress(OSError):
        path.unlink()
        return size
    return 0


class KeptState:
    """The state of one call: what a backend sees of all this. Never raises.

    Args:
        states: Where it is kept.
        key: The key of the call's result.
        on_resumed: Told the step after which the call goes on, and how many there are.
        on_trouble: Told once, in one line, if states cannot be written.
    """

    def __init__(
        self,
        states: States,
        key: str,
        on_resumed: Callable[[int, int], object],
        on_trouble: Callable[[str], object],
    ) -> None:
        self._states = states
        self._key = key
        self._on_resumed = on_resumed
        self._on_trouble: Callable[[str], object] | None = on_trouble
        self._touched = False

    def load(self) -> bytes | None:
        """What an earlier, unfinished run of the same call saved last; None: nothing that can be trusted."""
        self._touched = True
        return self._states.load(self._key)

    def save(self, state: bytes) -> None:
        """Keep this instead of what was saved before."""
        self._touched = True
        try:
            self._states.save(self._key, state)
        except OSError as error:
            tell, self._on_trouble = self._on_trouble, None
            if tell is not None:
                tell(f"a crash would cost all steps: {self._states.folder}: {error.strerror or error}")

    def resumed(self, step: int, steps: int) -> None:
        """Report that the call goes on after `step` of `steps`."""
        self._on_resumed(step, steps)

    def remove(self) -> None:
        """Forget the state, if the call ever asked for one: looking for a file takes time, too."""
        if self._touched:
            self._states.remove(self._key)
