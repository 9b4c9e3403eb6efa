"""The models of the browser as Qt's views see them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import cache

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, QRect, Qt, QUrl
from PySide6.QtGui import QColor, QPainter, QPixmap

from nodeflow.models import ModelKind
from nodeflow.models.portrait import Portrait
from ui.models.library import Models
from ui.models.query import Query
from ui.models.words import SIGNS, prompt_words, short_text
from ui.pictures.index import Picture
from ui.pictures.model import WHEN
from ui.pictures.thumbnails import SIDE, Thumbnails
from ui.theme.icons import glyph, icon_font

PORTRAIT = Qt.ItemDataRole.UserRole
HUES = 24
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ModelList(QAbstractListModel):
    """The models that fit the search, in its order.

    Args:
        models: Where they come from.
        thumbnails: Small versions of their previews.
    """

    def __init__(self, models: Models, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._models, self._thumbnails = models, thumbnails
        self._query = Query()
        self._rows: list[Portrait] = []
        self._places: dict[Picture, int] = {}
        self._sayings: dict[int, Callable[[Portrait], object]] = {
            PORTRAIT: lambda portrait: portrait,
            Qt.ItemDataRole.DisplayRole: lambda portrait: portrait.entry.name.rpartition("/")[2],
            WHEN: short_text,
            Qt.ItemDataRole.AccessibleTextRole: _spoken,
            Qt.ItemDataRole.ToolTipRole: _tip,
        }
        models.changed.connect(self.renew)
        models.told.connect(self.renew)
        thumbnails.ready.connect(self._redraw)
        self.renew()

    @property
    def portraits(self) -> Sequence[Portrait]:
        """Those that are shown."""
        return self._rows

    @property
    def query(self) -> Query:
        """What is looked for."""
        return self._query

    def look_for(self, query: Query) -> None:
        """Show only what fits."""
        if query != self._query:
            self._query = query
            self.renew()

    def renew(self) -> None:
        """Show what there is now; rows that only know more than before stay rows."""
        rows = self._query.found(self._models.portraits)
        if [portrait.entry for portrait in rows] == [portrait.entry for portrait in self._rows]:
            self._take(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._take(rows)
        self.endResetModel()

    def _take(self, rows: list[Portrait]) -> None:
        self._rows = rows
        pictures = ((picture_of(portrait), row) for row, portrait in enumerate(rows))
        self._places = {picture: row for picture, row in pictures if picture is not None}

    def rowCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """How many are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A model's name, preview, kind and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        portrait = self._rows[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self.preview(portrait)
        say = self._sayings.get(role)
        return say(portrait) if say is not None else None

    def preview(self, portrait: Portrait) -> QPixmap | None:
        """The preview of a model, or what is drawn in its place; None while it is being read."""
        picture = picture_of(portrait)
        kept = self._thumbnails.get(picture) if picture is not None else None
        if picture is not None and (kept is None or not kept.isNull()):
            return kept
        hue = zlib.crc32(portrait.entry.name.encode(errors="replace")) % HUES
        return placeholder(portrait.entry.kind, hue)

    def place(self, portrait: Portrait) -> QModelIndex:
        """The row of a model; none if it is not shown."""
        rows = (row for row, other in enumerate(self._rows) if other.entry == portrait.entry)
        row = next(rows, None)
        return QModelIndex() if row is None else self.index(row)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Models can be dragged."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        """What a drag carries."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 - Qt's name
        """The files of models, for a drag."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._rows[index.row()].entry.path)) for index in indexes])
        return data

    def _redraw(self, picture: Picture) -> None:
        row = self._places.get(picture)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])


def picture_of(portrait: Portrait) -> Picture | None:
    """The preview as the thumbnails know pictures; None if there is none."""
    if portrait.preview is None:
        return None
    return Picture(portrait.preview, portrait.preview_stamp, 0)


@cache
def placeholder(kind: ModelKind, hue: int) -> QPixmap:
    """What is drawn for a model without a preview: the sign of its kind on a quiet colour.

    Args:
        kind: What it is.
        hue: Which of the colours, below `HUES`.
    """
    pixmap = QPixmap(SIDE, SIDE)
    base = QColor.fromHsvF(hue / HUES, 0.38, 0.36)
    pixmap.fill(base)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(base.lighter(118))
    painter.drawEllipse(QRect(SIDE // 2, -SIDE // 4, SIDE, SIDE))
    painter.setPen(QColor(255, 255, 255, 190))
    painter.setFont(icon_font(SIDE * 3 // 8))
    painter.drawText(pixmap.rect(), Qt.AlignmentFlag.AlignCenter, glyph(SIGNS[kind]))
    painter.end()
    return pixmap


def _spoken(portrait: Portrait) -> str:
    return ", ".join((portrait.entry.name, short_text(portrait), *prompt_words(portrait)))


def _tip(portrait: Portrait) -> str:
    parts = (portrait.entry.name, short_text(portrait), ", ".join(prompt_words(portrait)), portrait.fault)
    return "\n".join(filter(None, parts))
