"""Pictures on the clipboard: as files, for file managers and chats, and as pixels, for paint programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QImage

from ui.pictures.index import Picture
from ui.pictures.reading import Reader

MARK = "application/x-nodeflow-pictures"
"""Marks what was copied here, so that pixels that come later go only where they belong."""


def picture_data(paths: Sequence[Path], image: QImage | None = None) -> QMimeData:
    """What the clipboard or a drag holds for pictures.

    Args:
        paths: Their files.
        image: The pixels of the first, where they are at hand.
    """
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    names = "\n".join(str(path) for path in paths)
    data.setText(names)
    data.setData(MARK, names.encode(errors="surrogateescape"))
    if image is not None and not image.isNull():
        data.setImageData(image)
    return data


class Copying(QObject):
    """Puts pictures on the clipboard; reads pixels off the window's thread."""

    done = Signal()
    """The pixels are there too."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths: list[Path] = []
        self.reader = Reader(self)
        self.reader.ready.connect(self._take)

    def copy(self, pictures: Sequence[Picture], image: QImage | None = None) -> None:
        """Copy pictures.

        Args:
            pictures: The files; the pixels are those of the first.
            image: Its pixels, where they are at hand.
        """
        self._paths = [picture.path for picture in pictures]
        QGuiApplication.clipboard().setMimeData(picture_data(self._paths, image))
        if image is None or image.isNull():
            self.reader.want(pictures[0])

    def _take(self, picture: Picture, image: QImage) -> None:
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData() or QMimeData()
        names = "\n".join(map(str, self._paths)).encode(errors="surrogateescape")
        if self._paths[:1] == [picture.path] and data.data(MARK).data() == names and not image.isNull():
            clipboard.setMimeData(picture_data(self._paths, image))
            self.done.emit()
