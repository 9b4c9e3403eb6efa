"""Reading whole pictures off the window's thread."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage
from shiboken6 import isValid

from ui.pictures.index import Picture
from ui.pictures.thumbnails import read_scaled

MOST = 4
"""Pictures that are kept, so that going back and forth is at once."""


class Reader(QObject):
    """Reads what is wanted now; what was wanted before is given up."""

    ready = Signal(object, QImage)
    """A picture, and its pixels; null: it cannot be read."""
    _read = Signal(object, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Picture, QImage] = OrderedDict()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ended = False
        self._read.connect(self._take)

    def want(self, *pictures: Picture) -> None:
        """Read pictures; `ready` says so for each, at once for those at hand."""
        self._pool.clear()
        for picture in pictures:
            if picture in self._kept:
                self._kept.move_to_end(picture)
                self.ready.emit(picture, self._kept[picture])
            elif not self._ended:
                self._pool.start(lambda p=picture: self._work(p))

    def end(self) -> None:
        """Stop whatever is under way."""
        self._ended = True
        self._pool.clear()
        self._pool.waitForDone()

    def _work(self, picture: Picture) -> None:
        image = read_scaled(picture.path)
        if not self._ended and isValid(self):
            self._read.emit(picture, image)

    @Slot(object, QImage)
    def _take(self, picture: Picture, image: QImage) -> None:
        self._kept[picture] = image
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        self.ready.emit(picture, image)
