"""Draws the pictures of a text no wider than the text, smoothly and sharp on fine screens."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, QSizeF, Qt, QUrl
from PySide6.QtGui import QImage, QImageReader, QPainter, QPyTextObject, QTextDocument, QTextFormat


class FittingPictures(QPyTextObject):
    """The pictures of one document, at most as wide as its lines.

    Qt's own pictures keep their size, and those that are made smaller are drawn without smoothing. Only
    what is on the screen is read, at the size at which it is drawn.

    Args:
        document: Its pictures are drawn so from now on.
    """

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._drawn: dict[str, QImage] = {}
        document.documentLayout().registerHandler(QTextFormat.ObjectTypes.ImageObject.value, self)

    def intrinsicSize(self, document: QTextDocument, _position: int, style: QTextFormat) -> QSizeF:  # noqa: N802 - Qt's name
        """How large a picture is shown, in logical pixels."""
        own = QImageReader(_path(document, style)).size()
        room = document.textWidth() - 2 * document.documentMargin()
        if own.width() <= room or room <= 0:
            return QSizeF(own)
        return QSizeF(room, own.height() * room / own.width())

    def drawObject(  # noqa: N802 - Qt's name
        self,
        painter: QPainter,
        place: QRectF | QRect,
        document: QTextDocument,
        _position: int,
        style: QTextFormat,
    ) -> None:
        """Draw a picture with as many pixels as the screen has for it."""
        fine = painter.device().devicePixelRatioF()
        size = (QRectF(place).size() * fine).toSize()
        painter.drawImage(place, self._picture(_path(document, style), size))

    def _picture(self, path: str, size: QSize) -> QImage:
        """A picture at a size in the screen's pixels, read anew if it was drawn at another."""
        found = self._drawn.get(path)
        if found is None or found.size() != size:
            found = QImage(path)
            if not found.isNull():
                smooth = Qt.TransformationMode.SmoothTransformation
                found = found.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._drawn[path] = found
        return found


def _path(document: QTextDocument, style: QTextFormat) -> str:
    """Where a picture lies."""
    return document.baseUrl().resolved(QUrl(style.toImageFormat().name())).toLocalFile()
