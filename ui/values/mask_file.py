"""Painted masks on disk: named by their content and never changed, so that undo finds the older ones."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from nodeflow.files.atomic import write_new
from nodeflow.folders import Folders
from ui.canvas.fields import MASKS


def save_mask(image: QImage, folders: Folders) -> str:
    """Keep a mask; returns the name that workflows know it by.

    Args:
        image: 8 bits of grey, white where it masks.
        folders: Where pictures lie.

    Raises:
        OSError: If it cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_Grayscale8).save(buffer, "PNG")  # type: ignore[call-overload]
    data = bytes(buffer.data().data())
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.png"
    folder = folders.pictures / MASKS
    folder.mkdir(parents=True, exist_ok=True)
    write_new(folder / name, data)
    return f"{MASKS}/{name}"
