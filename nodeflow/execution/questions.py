"""Questions answered in the background, for programs that must not wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Questions:
    """Answers one question after the other on a thread of its own, which begins with the first."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._newest: Future[Any] | None = None
        self._lock = threading.Lock()

    def ask(self, answer: Callable[[], T]) -> Future[T]:
        """Call `answer` when its turn comes."""
        with self._lock:
            return self._submit(answer)

    def ask_newest(self, answer: Callable[[], T]) -> Future[T]:
        """The same, and cancel the question asked this way before, if its turn has not come yet."""
        with self._lock:
            if self._newest is not None:
                self._newest.cancel()
            self._newest = future = self._submit(answer)
            return future

    def _submit(self, answer: Callable[[], T]) -> Future[T]:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="nodeflow-questions")
        return self._thread.submit(answer)

    def close(self) -> None:
        """Cancel what waits and end the thread; a later question begins another."""
        with self._lock:
            thread, self._thread, self._newest = self._thread, None, None
        if thread is not None:
            thread.shutdown(cancel_futures=True)
