"""The pictures at hand, found and read off the window's thread."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QThreadPool, QTimer, Signal, Slot
from shiboken6 import isValid

from ui.pictures.facts import Facts, read_facts
from ui.pictures.index import Index, Picture, look

INDEX = "pictures.sqlite"
BATCH = 0.25
"""Seconds of reading between two messages to the window."""
PAUSE = 300
"""Milliseconds that a folder must be quiet before it is looked at again."""
MOST_WATCHED = 500


class Library(QObject):
    """All pictures in a folder, and what they tell.

    Args:
        folder: Where pictures are saved.
        cache: Where the index is kept.
        parent: Its owner.

    Attributes:
        pictures: The latest first.
        facts: What each tells, as far as it is read.
        fault: Why the folder cannot be read; empty: it can.
    """

    changed = Signal()
    """There are other pictures than before."""
    told = Signal()
    """More is known of them."""
    _found = Signal(object, object, object, str)
    _read = Signal(object)
    _done = Signal()

    def __init__(self, folder: Path, cache: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.pictures: list[Picture] = []
        self.facts: dict[Picture, Facts] = {}
        self.fault = ""
        self._index = Index(cache / INDEX)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._looking = self._again = self._ended = False
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self.look)
        self._watcher.directoryChanged.connect(self._soon.start)
        self._found.connect(self._take_found)
        self._read.connect(self._take_read)
        self._done.connect(self._finish)

    @property
    def busy(self) -> bool:
        """Whether it is still being looked or read."""
        return self._looking

    @Slot()
    def look(self) -> None:
        """Look at the folder, on a thread of its own."""
        if self._looking or self._ended:
            self._again = True
            return
        self._looking = True
        known = dict(self.facts)
        self._pool.start(lambda: self._work(known))

    def end(self) -> None:
        """Stop whatever is under way."""
        self._ended = True
        self._soon.stop()
        self._pool.waitForDone()

    def _work(self, known: Mapping[Picture, Facts]) -> None:
        try:
            found, fault = look(self.folder), ""
        except OSError as error:
            found, fault = [], error.strerror or str(error)
        facts = known or self._index.known()
        same = {picture: picture for picture in known}  # comparing what is the same object takes no time
        found = [same.get(picture, picture) for picture in found]
        here = set(found)
        if not fault:
            self._index.forget(p for p in facts if p not in here and not p.path.exists())
        told = {picture: facts[picture] for picture in found if picture in facts}
        self._tell(self._found, found, told, _to_watch(self.folder), fault)
        self._read_new([picture for picture in found if picture not in facts])
        self._tell(self._done)

    def _read_new(self, pictures: list[Picture]) -> None:
        batch: list[tuple[Picture, Facts]] = []
        began = time.monotonic()
        for picture in pictures:
            if self._ended:
                return
            batch.append((picture, read_facts(picture.path)))
            if time.monotonic() - began > BATCH or picture is pictures[-1]:
                self._index.keep(batch)
                self._tell(self._read, batch)
                batch, began = [], time.monotonic()

    def _tell(self, signal: object, *what: object) -> None:
        if not self._ended and isValid(self):
            signal.emit(*what)  # type: ignore[attr-defined]

    @Slot(object, object, object, str)
    def _take_found(
        self, found: list[Picture], facts: dict[Picture, Facts], watched: set[str], fault: str
    ) -> None:
        self.pictures, self.facts, self.fault = found, facts, fault
        self._watch(watched)
        self.changed.emit()

    @Slot(object)
    def _take_read(self, batch: list[tuple[Picture, Facts]]) -> None:
        self.facts.update(batch)
        self.told.emit()

    @Slot()
    def _finish(self) -> None:
        self._looking = False
        if self._again:
            self._again = False
            self.look()

    def _watch(self, wanted: set[str]) -> None:
        known = set(self._watcher.directories())
        if gone := known - wanted:
            self._watcher.removePaths(sorted(gone))
        if new := wanted - known:
            self._watcher.addPaths(sorted(new))
            if known:
                self._soon.start()  # something may have come before they were watched


def _to_watch(folder: Path) -> set[str]:
    """The folder and those in it, or the one in which the first picture's will appear."""
    above = next((f for f in (folder, *folder.parents) if f.is_dir()), None)
    if above != folder:
        return {str(above)} if above else set()
    wanted: set[str] = set()
    for path, inner, _ in os.walk(folder):
        wanted.add(path)
        inner[:] = [name for name in inner if not name.startswith(".")]
        if len(wanted) >= MOST_WATCHED:
            break
    return wanted
