"""Small versions of pictures for the gallery: made off the window's thread, kept in memory and on disk."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPixmap
from shiboken6 import isValid

from nodeflow.pictures.reading import MAX_PIXELS
from ui.pictures.index import Picture

SIDE = 256
"""Pixels of the longer side: sharp at 128 pixels on a screen with two pixels a point."""
MOST = 512
"""Thumbnails in memory, 128 MB at the very most."""
MOST_WAITING = 200
"""What was asked for longer ago has been scrolled away."""
FOLDER = "thumbnails"


class Thumbnails(QObject):
    """Makes thumbnails of what is seen, the latest asked for first.

    Args:
        cache: Where small files are kept from one start to the next.
        parent: Its owner.
    """

    ready = Signal(object)
    """The `Picture` whose thumbnail is there now."""
    _made = Signal(object, QImage)

    def __init__(self, cache: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = cache / FOLDER
        self._kept: OrderedDict[Picture, QPixmap] = OrderedDict()
        self._waiting: OrderedDict[Picture, None] = OrderedDict()
        self._making: set[Picture] = set()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)
        self._ended = False
        self._made.connect(self._take)

    def get(self, picture: Picture) -> QPixmap | None:
        """A thumbnail; null if the file cannot be read, None while it is being made."""
        kept = self._kept.get(picture)
        if kept is not None:
            self._kept.move_to_end(picture)
            return kept
        if picture not in self._making:
            self._waiting[picture] = None
            self._waiting.move_to_end(picture)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
            self._start()
        return None

    def end(self) -> None:
        """Stop whatever is under way."""
        self._ended = True
        self._waiting.clear()
        self._pool.waitForDone()

    def _start(self) -> None:
        while self._waiting and not self._ended and len(self._making) < self._pool.maxThreadCount():
            picture, _ = self._waiting.popitem()
            self._making.add(picture)
            self._pool.start(lambda p=picture: self._make(p))

    def _make(self, picture: Picture) -> None:
        image = stored(self._folder, picture)
        if not self._ended and isValid(self):
            self._made.emit(picture, image)

    @Slot(object, QImage)
    def _take(self, picture: Picture, image: QImage) -> None:
        self._making.discard(picture)
        self._kept[picture] = QPixmap.fromImage(image)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        self.ready.emit(picture)
        self._start()


def stored(folder: Path, picture: Picture) -> QImage:
    """A picture's thumbnail from the folder, made first if it is not there; null if it cannot be."""
    key = f"{picture.path}\n{picture.modified}\n{picture.size}".encode(errors="surrogateescape")
    name = hashlib.blake2b(key, digest_size=16).hexdigest()
    path = folder / name[:2] / f"{name}.png"
    image = QImage(str(path)) if path.exists() else QImage()
    if image.isNull():
        image = read_scaled(picture.path, SIDE)
        if not image.isNull() and max(image.width(), image.height()) * 2 >= SIDE:
            _store(image, path)
    return image


def read_scaled(path: Path, side: int = 0) -> QImage:
    """Read a picture upright, no larger than asked for; null if it cannot be read or is far too large.

    Args:
        path: The file.
        side: The most pixels of its longer side; 0: as large as it is.
    """
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size, most = reader.size(), QSize(side, side)
    if size.isValid() and size.width() * size.height() > MAX_PIXELS:
        return QImage()
    keep = Qt.AspectRatioMode.KeepAspectRatio
    if side and size.isValid() and max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(most, keep).expandedTo(QSize(1, 1)))
    image = reader.read()
    if image.isNull() or not side or max(image.width(), image.height()) <= side:
        return image
    return image.scaled(most, keep, Qt.TransformationMode.SmoothTransformation)


def _store(image: QImage, path: Path) -> None:
    """Put the small file there whole; without one, the next start makes it again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(suffix=".part", dir=path.parent)
        os.close(handle)
        if QImageWriter(draft, QByteArray(b"png")).write(image):
            Path(draft).replace(path)
        else:
            Path(draft).unlink()
    except OSError:
        return
