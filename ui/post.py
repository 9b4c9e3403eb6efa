"""The way from other threads to the window's, and back: what takes long is done there, and told here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid


class Post(QObject):
    """Lets the window's thread call something, whichever thread asks."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self._do, Qt.ConnectionType.QueuedConnection)

    def call(self, call: Callable[[], object]) -> None:
        """Let the window's thread call something; after the end nobody listens."""
        try:
            self._posted.emit(call)
        except RuntimeError:
            return

    def work(self, work: Callable[[], object], answer: Callable[[Any], object]) -> None:
        """Do something on a thread of its own, which ends with the program at the latest.

        Args:
            work: What is done; it touches no widget.
            answer: Hears in the window's thread what comes of it, or what went wrong, as with `answer`.
        """
        future: Future[object] = Future()

        def do() -> None:
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 - the asker decides what it means
                future.set_exception(error)

        self.answer(future, answer)
        threading.Thread(target=do, name="post", daemon=True).start()

    def answer(self, future: Future[Any], answer: Callable[[Any], object]) -> None:
        """Let the window's thread hear what comes of a question, or what went wrong.

        Args:
            future: What will come of it.
            answer: Hears it; not at all if it belongs to a widget that is gone by then.
        """
        future.add_done_callback(lambda done: self.call(partial(_tell, answer, done)))

    def _do(self, call: Callable[[], object]) -> None:
        call()


def _tell(answer: Callable[[Any], object], done: Future[Any]) -> None:
    asker = getattr(answer.func if isinstance(answer, partial) else answer, "__self__", None)
    if not isinstance(asker, QObject) or isValid(asker):
        answer(_outcome(done))


def _outcome(done: Future[Any]) -> Any:
    """What came of a question."""
    try:
        return done.result()
    except (CancelledError, Exception) as error:  # noqa: BLE001 - the asker decides what it means
        return error if isinstance(error, Exception) else RuntimeError("cancelled")
