"""Making the disk keep what was written, off the caller's thread: a slow disk must not hold up a drag."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path


class Syncer:
    """Flushes files on a thread of its own, which starts with the first one."""

    def __init__(self) -> None:
        self._wanted: dict[int, list[Path]] = {}
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy: int | None = None
        self._ended = False

    def sync(self, handle: int, then_remove: Path | None = None) -> None:
        """Flush an open file soon, and remove another once that is done."""
        with self._change:
            removed = self._wanted.setdefault(handle, [])
            removed.extend([then_remove] if then_remove else [])
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def release(self, handle: int) -> None:
        """Close a file; what waited for its flush is done first."""
        with self._change:
            waiting = self._wanted.pop(handle, [])
            while self._busy == handle:
                self._change.wait()
        with contextlib.suppress(OSError):
            os.close(handle)
        for path in waiting:
            path.unlink(missing_ok=True)

    def settle(self) -> None:
        """Wait until everything is flushed."""
        with self._change:
            while self._wanted or self._busy is not None:
                self._change.wait()

    def close(self) -> None:
        """End the thread."""
        with self._change:
            self._ended = True
            thread, self._thread = self._thread, None
            self._change.notify_all()
        if thread is not None:
            thread.join()
        self._ended = False

    def _run(self) -> None:
        while True:
            with self._change:
                while not self._wanted and not self._ended:
                    self._change.wait()
                if self._ended:
                    return
                handle, removed = self._wanted.popitem()
                self._busy = handle
            with contextlib.suppress(OSError):
                os.fsync(handle)
                for path in removed:
                    path.unlink(missing_ok=True)
            with self._change:
                self._busy = None
                self._change.notify_all()
