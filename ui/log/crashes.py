"""Errors that nobody caught: written to a file and told in the status bar; the window lives on."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

FILE_NAME = "editor.log"
LARGEST = 1_000_000
"""Bytes that the file may have; the older half of the story is dropped beyond that."""


class Crashes:
    """Takes the place of Python's own report of uncaught errors.

    Args:
        log: Where to write them.
        say: Tells one sentence to the user.
    """

    def __init__(self, log: Path, say: Callable[[str], None]) -> None:
        self._log, self._say = log, say
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Catch errors from now on, of all threads."""
        sys.excepthook = self.caught
        threading.excepthook = self._caught_on_thread

    def remove(self) -> None:
        """Leave it to Python again."""
        sys.excepthook, threading.excepthook = self._before

    def caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Write an error down and say so."""
        self._write("".join(traceback.format_exception(kind, error, trace)))
        self._say(f"Something went wrong ({kind.__name__}); your work is safe. Details: {self._log}")

    def _caught_on_thread(self, caught: threading.ExceptHookArgs) -> None:
        lines = traceback.format_exception(caught.exc_type, caught.exc_value, caught.exc_traceback)
        self._write("".join(lines))  # no word about it: widgets belong to the main thread

    def _write(self, text: str) -> None:
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            if self._log.exists() and self._log.stat().st_size > LARGEST:
                self._log.replace(self._log.with_suffix(".old.log"))
            with self._log.open("a", encoding="utf-8") as file:
                file.write(f"--- {time.strftime('%Y-%m-%d %H:%M:%S')}\n{text}")
        except OSError:
            sys.__excepthook__(*sys.exc_info())
