"""Pictures as nodes show them: read from files or made from bytes, never in the window's thread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

if TYPE_CHECKING:
    from nodeflow.pictures.small import SmallPicture

SIDE = 768
"""Longest side in pixels: sharp on a node at 150 % on a screen of two pixels a point."""
GAP = 4


def shown_picture(small: SmallPicture) -> QImage:
    """A small picture as Qt paints it fastest."""
    width, height = small.width, small.height
    image = QImage(small.pixels, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # also copies: the bytes are not Qt's


def read_picture(path: Path) -> QImage:
    """Read a file no larger than a node needs; null if it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size, most = reader.size(), QSize(SIDE, SIDE)
    if size.isValid() and max(size.width(), size.height()) > SIDE:
        reader.setScaledSize(size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def sheet(pictures: Sequence[QImage]) -> QImage:
    """Several pictures of the same size on one, row by row; one alone is itself."""
    if len(pictures) == 1:
        return pictures[0]
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    width, height = pictures[0].width(), pictures[0].height()
    scale = min(1.0, SIDE / max(columns * width, rows * height))
    cell = QSize(max(round(width * scale), 1), max(round(height * scale), 1))
    whole = QSize(columns * (cell.width() + GAP) - GAP, rows * (cell.height() + GAP) - GAP)
    result = QImage(whole, QImage.Format.Format_ARGB32_Premultiplied)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        small = picture.scaled(
            cell, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter.drawImage(column * (cell.width() + GAP), row * (cell.height() + GAP), small)
    painter.end()
    return result


def place_in_sheet(count: int, place: QPointF) -> int:
    """Which of several pictures lies at a place of their `sheet`; the last where none does.

    Args:
        count: How many there are.
        place: The place, 0…1 from the upper left.
    """
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    column = min(int(place.x() * columns), columns - 1)
    row = min(int(place.y() * rows), rows - 1)
    return min(row * columns + column, count - 1)
