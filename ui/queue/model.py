"""The jobs of the queue as Qt's views see them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QPixmap

from ui.pictures.index import Picture
from ui.queue.entry import Entry, State
from ui.words import span

if TYPE_CHECKING:
    from ui.pictures.thumbnails import Thumbnails
    from ui.running.engine import Engine

ENTRY = Qt.ItemDataRole.UserRole
STATE = Qt.ItemDataRole.UserRole + 1
"""A few words: how a job stands."""
BESIDE = Qt.ItemDataRole.UserRole + 2
"""A few words more: when, or how long."""
SHARE = Qt.ItemDataRole.UserRole + 3
"""0 to 1 while a job runs; -1 while nothing can be said."""
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class QueueModel(QAbstractListModel):
    """What runs, what waits, and what is over, in this order.

    Args:
        engine: Works off the queue.
        thumbnails: Small versions of what was saved.
        parent: Its owner.
    """

    def __init__(self, engine: Engine, thumbnails: Thumbnails, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._thumbnails = engine, thumbnails
        self._rows: list[Entry] = []
        self._pictures: dict[Path, Picture | None] = {}
        thumbnails.ready.connect(self._redraw)
        engine.progressed.connect(self._advance)
        self._sayings = {
            Qt.ItemDataRole.DisplayRole: lambda entry: entry.title,
            Qt.ItemDataRole.DecorationRole: self._picture,
            Qt.ItemDataRole.ToolTipRole: self._tip,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            ENTRY: lambda entry: entry,
            STATE: self._state,
            BESIDE: self._beside,
            SHARE: self._share,
        }
        self.renew()

    def renew(self) -> bool:
        """Show the queue as it is now; False if only what is said of its jobs has changed."""
        rows = list(self._engine.queue)
        same = [entry.id for entry in rows] == [entry.id for entry in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = rows
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
        return not same

    def row(self, name: str) -> QModelIndex:
        """The row of a job; none if it is gone."""
        found = next((row for row, entry in enumerate(self._rows) if entry.id == name), -1)
        return self.index(found)

    def rowCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """How many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a row shows and says."""
        say = self._sayings.get(role) if index.isValid() and index.row() < len(self._rows) else None
        return say(self._rows[index.row()]) if say is not None else None

    def _advance(self) -> None:
        if self._rows and self._rows[0].state is State.RUNNING:
            self.dataChanged.emit(self.index(0), self.index(0))

    def _redraw(self, picture: Picture) -> None:
        for row, entry in enumerate(self._rows):
            if entry.files and self._pictures.get(entry.files[0]) == picture:
                self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])

    def _picture(self, entry: Entry) -> QPixmap | None:
        """What it looks like: at the moment, or the first picture that it saved; None: nothing to be seen."""
        if entry.state is State.RUNNING and self._engine.progress.picture is not None:
            return QPixmap.fromImage(self._engine.progress.picture)
        if not entry.files:
            return None
        path = entry.files[0]
        if path not in self._pictures:
            self._pictures[path] = _found(path)
        picture = self._pictures[path]
        return self._thumbnails.get(picture) if picture is not None else None

    def _state(self, entry: Entry) -> str:
        if entry.state is State.RUNNING:
            return self._running()
        if entry.state is State.WAITING and entry.id in self._engine.queue.held:
            return self.tr("Being edited")
        words = {
            State.WAITING: self.tr("Waiting"),
            State.DONE: self.tr("Done"),
            State.FAILED: self.tr("Failed"),
            State.CANCELLED: self.tr("Cancelled"),
        }
        return words[entry.state]

    def _running(self) -> str:
        current, course = self._engine.current, self._engine.progress.course
        if current is not None and current.cancelled:
            return self.tr("Cancelling")
        if course is None or not course.node:
            return self.tr("Reading models") if course is not None and course.reading else self.tr("Starting")
        return f"{course.node} {course.step}".strip()

    def _beside(self, entry: Entry) -> str:
        if entry.state is State.RUNNING:
            course = self._engine.progress.course
            left = course.seconds_left if course is not None else None
            return self.tr("{0} left").format(span(left)) if left is not None and left >= 0.5 else ""
        if entry.state is State.WAITING:
            expected = self._engine.progress.expected(entry)
            return self.tr("about {0}").format(span(expected)) if expected is not None else ""
        when = QLocale().toString(_moment(entry.ended).time(), QLocale.FormatType.ShortFormat)
        return f"{when} · {span(entry.seconds)}" if entry.state is State.DONE else when

    def _share(self, entry: Entry) -> float | None:
        if entry.state is not State.RUNNING:
            return None
        course = self._engine.progress.course
        share = course.share if course is not None else None
        return -1.0 if share is None else share

    def _tip(self, entry: Entry) -> str:
        asked = QLocale().toString(_moment(entry.asked), QLocale.FormatType.ShortFormat)
        lines = (entry.title, entry.note, entry.message, self.tr("Asked for: {0}").format(asked))
        return "\n".join(filter(None, (*lines, *map(str, entry.files))))

    def _spoken(self, entry: Entry) -> str:
        parts = (
            entry.title,
            part_text(entry),
            self._state(entry),
            self._beside(entry),
            entry.note,
            entry.message,
        )
        return ", ".join(filter(None, parts))


def part_text(entry: Entry) -> str:
    """Which one of its batch a job is: `3/12`."""
    return f"{entry.part}/{entry.parts}" if entry.batch else ""


def _moment(seconds: float) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(seconds * 1000))


def _found(path: Path) -> Picture | None:
    try:
        status = path.stat()
    except OSError:
        return None  # it was moved or deleted
    return Picture(path, status.st_mtime_ns, status.st_size)
