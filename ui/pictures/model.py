"""The pictures of the gallery as Qt's views see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import (
    QDate,
    QDateTime,
    QLocale,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
    QUrl,
)

from ui.pictures.facts import Facts
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.query import Query, parse
from ui.pictures.thumbnails import Thumbnails

PICTURE = Qt.ItemDataRole.UserRole
WHEN = Qt.ItemDataRole.UserRole + 1
NOTHING = Facts()
MOST_CHANGES = 40
"""Places at which rows come or go one after the other; with more, all are shown anew."""
DRAGGED = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
_Index = QModelIndex | QPersistentModelIndex


class PictureModel(QStringListModel):
    """The pictures that fit the search line, the latest first.

    Its texts stay empty. A model of Qt's own counts its rows without asking Python, and a view wants that
    number twice for each picture whenever it lays them out.

    Args:
        library: Where they come from.
        thumbnails: Small versions of them.
    """

    def __init__(self, library: Library, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._library, self._thumbnails = library, thumbnails
        self._query = Query()
        self._rows: list[Picture] = []
        self._coming: list[Picture] = []
        self._places: dict[Picture, int] | None = None
        self._sayings: dict[int, Callable[[Picture], object]] = {
            PICTURE: lambda picture: picture,
            WHEN: when,
            Qt.ItemDataRole.DisplayRole: self._title,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Qt.ItemDataRole.ToolTipRole: self._tip,
        }
        for done in (self.modelReset, self.rowsRemoved, self.rowsInserted):
            done.connect(self._take)  # before any view hears of it
        library.changed.connect(self._renew)
        library.told.connect(self._hear)
        thumbnails.ready.connect(self._redraw)
        self._renew()

    @property
    def pictures(self) -> Sequence[Picture]:
        """Those that are shown."""
        return self._rows

    def search(self, text: str) -> None:
        """Show only what a search line asks for."""
        query = parse(text)
        if query != self._query:
            self._query = query
            self._renew()

    def picture(self, index: _Index) -> Picture:
        """What a row shows."""
        return self._rows[index.row()]

    def place(self, picture: Picture) -> QModelIndex:
        """The row of a picture; none if it is not shown."""
        if self._places is None:
            self._places = {shown: row for row, shown in enumerate(self._rows)}
        row = self._places.get(picture)
        return QModelIndex() if row is None else self.index(row)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A picture's name, thumbnail, time and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        picture = self._rows[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(picture)
        say = self._sayings.get(role)
        return say(picture) if say is not None else None

    def _title(self, picture: Picture) -> str:
        return self._facts(picture).title or picture.path.stem

    def _spoken(self, picture: Picture) -> str:
        return ", ".join(filter(None, (picture.path.name, when(picture), self._prompt(picture))))

    def _tip(self, picture: Picture) -> str:
        return "\n".join(filter(None, (picture.path.name, self._prompt(picture)[:300])))

    def _prompt(self, picture: Picture) -> str:
        return next(iter(self._facts(picture).prompts), "")

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Pictures can be dragged."""
        return DRAGGED if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        """What a drag carries."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 - Qt's name
        """The files of pictures, for a drag."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.picture(index).path)) for index in indexes])
        return data

    def _facts(self, picture: Picture) -> Facts:
        return self._library.facts.get(picture, NOTHING)

    def _hear(self) -> None:
        if self._query:  # else they are the same pictures, some with a title now: drawn anew when next seen
            self._renew()

    def _renew(self) -> None:
        query, pictures = self._query, self._library.pictures
        if query:
            pictures = [p for p in pictures if query.matches(p.name, self._facts(p))]
        rows = list(pictures)
        if rows != self._rows and not (rows and self._rows and self._change(rows)):
            self._coming = rows
            self.setStringList([""] * len(rows))

    def _change(self, rows: list[Picture]) -> bool:
        """Take away and add what differs, so that selection and place stay; False where that is too much."""
        first, last = _alike(self._rows, rows), _alike(self._rows[::-1], rows[::-1])
        last = min(last, len(rows) - first, len(self._rows) - first)
        was, now = self._rows[first : len(self._rows) - last], rows[first : len(rows) - last]
        old, new = set(was), set(now)
        gone = _runs(row for row, picture in enumerate(was, first) if picture not in new)
        come = _runs(row for row, picture in enumerate(now, first) if picture not in old)
        stay = [picture for picture in was if picture in new] == [p for p in now if p in old]
        if not (first or last) or not stay or len(gone) + len(come) > MOST_CHANGES:
            return False
        for start, end in reversed(gone):
            self._coming = self._rows[:start] + self._rows[end + 1 :]
            self.removeRows(start, end + 1 - start)
        for start, end in come:
            self._coming = self._rows[:start] + rows[start : end + 1] + self._rows[start:]
            self.insertRows(start, end + 1 - start)
        return True

    def _take(self) -> None:
        self._rows, self._places = self._coming, None

    def _redraw(self, picture: Picture) -> None:
        index = self.place(picture)
        if index.isValid():
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


def _alike(one: Sequence[Picture], two: Sequence[Picture]) -> int:
    """How many pictures at the beginning are the same."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((place for place, (a, b) in pairs if a is not b and a != b), min(len(one), len(two)))


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Rows that follow each other as pairs of the first and the last."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def when(picture: Picture) -> str:
    """When a picture was made, as short as can be."""
    moment = QDateTime.fromMSecsSinceEpoch(picture.modified // 1_000_000)
    shown = moment.time() if moment.date() == QDate.currentDate() else moment.date()
    return QLocale().toString(shown, QLocale.FormatType.ShortFormat)


def nbytes(size: int) -> str:
    """An amount of bytes as people read it."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
