"""Previews made beside the events of a run, so that a slow one delays nothing."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

from nodeflow.execution.events import NodeProgress
from nodeflow.pictures.small import SmallPicture, preview_pictures

SIDE = 256
"""Longest side of a preview in pixels: as large as a node shows it."""

INTERVAL = 0.1
"""Seconds from one preview to the next: smooth to the eye, and next to nothing of the machine's time."""

PATIENCE = 0.05
"""Seconds that a step's news waits for its picture. One that takes longer goes with a later step."""


class Previews:
    """Makes at most one preview at a time.

    Args:
        thread: Where they are made.
    """

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._making: Future[tuple[SmallPicture, ...]] | None = None
        self._node = ""
        self._began = float("-inf")

    def of(self, event: NodeProgress) -> tuple[SmallPicture, ...]:
        """The pictures to send with a step: its own, an earlier step's, or none."""
        now = time.monotonic()
        if self._making is None and event.preview is not None and now - self._began >= INTERVAL:
            self._node, self._began = event.node, now
            self._making = self._thread.submit(preview_pictures, event.preview, SIDE)
        if self._making is None:
            return ()
        try:
            pictures = self._making.result(PATIENCE)
        except NotYet:
            return ()
        except Exception:  # noqa: BLE001 - a run goes on without its preview, whatever is wrong with that
            pictures = ()
        self._making = None
        return pictures if self._node == event.node else ()
