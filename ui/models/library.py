"""The models at hand, looked for and looked into off the window's thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QThreadPool, QTimer, Signal, Slot
from shiboken6 import isValid

from nodeflow.models.portrait import Portrait, Portrayer

if TYPE_CHECKING:
    from nodeflow.models import ModelEntry
    from ui.desk import Desk

BATCH = 100
"""Models that are looked into between two messages to the window."""
PAUSE = 400
"""Milliseconds that the folders must be quiet before they are looked at again."""
ARRIVING = 3_000
"""Milliseconds after which a file that is damaged because it is still being written is looked at again."""
FRESH = 120.0
"""Seconds since its last change in which a damaged file may still be arriving."""
MOST_WATCHED = 500


class Models(QObject):
    """All models in the models folders.

    Args:
        desk: Whose models; its shelf is what menus offer, too.

    Attributes:
        portraits: What is known of each, by kind and name.
    """

    changed = Signal()
    """There are other models than before."""
    told = Signal()
    """More is known of them."""
    _found = Signal(object)
    _read = Signal(object)
    _done = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._places: dict[ModelEntry, int] = {}
        self.portraits: list[Portrait] = []
        self._portrayer = Portrayer(desk.folders.cache)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._looking = self._again = self._ended = False
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(desk.rescan)
        self._watcher.directoryChanged.connect(lambda _: self._soon.start(PAUSE))
        self._found.connect(self._take_found)
        self._read.connect(self._take_read)
        self._done.connect(self._finish)

    @property
    def folder(self) -> Path:
        """Where the user puts models."""
        return self._desk.folders.models[0]

    @property
    def busy(self) -> bool:
        """Whether they are still being looked for or into."""
        return self._looking

    @Slot()
    def look(self) -> None:
        """Look at the folders, on a thread of its own."""
        if self._looking or self._ended:
            self._again = True
            return
        self._looking = True
        self._pool.start(self._work)

    def end(self) -> None:
        """Stop whatever is under way."""
        self._ended = True
        self._soon.stop()
        self._pool.waitForDone()

    def _work(self) -> None:
        entries = self._desk.shelf.models()
        self._tell(self._found, entries)
        for start in range(0, len(entries), BATCH):
            if self._ended:
                return
            self._tell(self._read, list(self._portrayer.portraits(entries[start : start + BATCH])))
        self._tell(self._done)

    def _tell(self, signal: object, *what: object) -> None:
        if not self._ended and isValid(self):
            signal.emit(*what)  # type: ignore[attr-defined]

    @Slot(object)
    def _take_found(self, entries: Sequence[ModelEntry]) -> None:
        """List them; what was known of a model stays until it is looked into again."""
        known = {portrait.entry: portrait for portrait in self.portraits}
        self.portraits = [known.get(entry) or Portrait(entry) for entry in entries]
        self._places = {entry: place for place, entry in enumerate(entries)}
        self._watch()
        self.changed.emit()

    @Slot(object)
    def _take_read(self, portraits: Sequence[Portrait]) -> None:
        for portrait in portraits:
            place = self._places.get(portrait.entry)
            if place is not None:
                self.portraits[place] = portrait
        self.told.emit()

    @Slot()
    def _finish(self) -> None:
        self._looking = False
        if self._again:
            self._again = False
            self.look()
        elif any(portrait.fault and _is_fresh(portrait.entry.path) for portrait in self.portraits):
            self._soon.start(ARRIVING)

    def _watch(self) -> None:
        """Watch the folders that hold models, or the ones in which the first will appear."""
        wanted: set[str] = set()
        for root in self._desk.folders.models:
            above = next((folder for folder in (root, *root.parents) if folder.is_dir()), None)
            if above is not None:
                wanted.add(str(above))
            if above == root:
                wanted.update(str(folder) for folder in root.iterdir() if folder.is_dir())
        for portrait in self.portraits:
            if len(wanted) >= MOST_WATCHED:
                break
            wanted.add(str(portrait.entry.path.parent))
        known = set(self._watcher.directories())
        if gone := known - wanted:
            self._watcher.removePaths(sorted(gone))
        if new := wanted - known:
            self._watcher.addPaths(sorted(new))


def _is_fresh(path: Path) -> bool:
    try:
        return abs(time.time() - path.stat().st_mtime) < FRESH
    except OSError:
        return False
