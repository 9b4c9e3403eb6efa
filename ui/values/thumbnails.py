"""Small versions of pictures on disk, read in the background and kept as long as the files do not change."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath
from shiboken6 import isValid

SIDE = 192
"""Pixels of the longer side: sharp enough for a thumbnail at 200 %."""
MOST = 256
_Key = tuple[Path, int]


class Thumbnails(QObject):
    """Reads small versions of pictures, and says when there are new ones to draw."""

    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kept: OrderedDict[_Key, QImage] = OrderedDict()
        self._pending: set[_Key] = set()

    def get(self, path: Path) -> QImage | None:
        """A small version of a picture, null if it cannot be read; None while it is being read."""
        try:
            key = (path, path.stat().st_mtime_ns)
        except OSError:
            return QImage()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._pending:
            self._pending.add(key)
            QThreadPool.globalInstance().start(lambda: self._read(key))
        return None

    def _read(self, key: _Key) -> None:
        image = read_small(key[0])
        if isValid(self):  # the program may have ended meanwhile
            self._kept[key] = image
            self._pending.discard(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            self.ready.emit()


THUMBNAILS = Thumbnails()


def read_small(path: Path) -> QImage:
    """Read a picture no larger than a thumbnail needs; null if it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size, most = reader.size(), QSize(SIDE, SIDE)
    keep = Qt.AspectRatioMode.KeepAspectRatio
    if size.isValid() and max(size.width(), size.height()) > SIDE:
        reader.setScaledSize(size.scaled(most, keep))
    image = reader.read()
    if image.isNull() or max(image.width(), image.height()) <= SIDE:
        return image
    return image.scaled(most, keep, Qt.TransformationMode.SmoothTransformation)


def draw_thumbnail(painter: QPainter, path: Path, box: QRectF, *, rounding: float = 3.0) -> bool:
    """Fill a box with the middle of a picture; False if there is nothing to draw, or nothing yet."""
    image = THUMBNAILS.get(path)
    if image is None or image.isNull():
        return False
    scale = max(box.width() / image.width(), box.height() / image.height())
    wide, high = box.width() / scale, box.height() / scale
    source = QRectF((image.width() - wide) / 2, (image.height() - high) / 2, wide, high)
    shape = QPainterPath()
    shape.addRoundedRect(box, rounding, rounding)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.drawImage(box, image, source)
    painter.restore()
    return True
