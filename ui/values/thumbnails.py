"""Small versions of pictures on disk, kept as long as the files do not change."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath

SIDE = 192
"""Pixels of the longer side: sharp enough for a thumbnail at 200 %."""


def thumbnail(path: Path) -> QImage:
    """A small version of a picture; null if it cannot be read."""
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return QImage()
    return _read(path, changed)


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> QImage:
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > SIDE:
        reader.setScaledSize(size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull() or max(image.width(), image.height()) <= SIDE:
        return image
    return image.scaled(
        SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def draw_thumbnail(painter: QPainter, path: Path, box: QRectF, *, rounding: float = 3.0) -> bool:
    """Fill a box with the middle of a picture; False if it cannot be read."""
    image = thumbnail(path)
    if image.isNull():
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
