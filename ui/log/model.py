"""The entries of the log that are shown, for a list view."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from ui.log.log import MOST, Entry, Level
from ui.theme import Theme, icon

_Index = QModelIndex | QPersistentModelIndex
_LOOKS = {
    Level.DETAIL: ("dots-three", "text_muted"),
    Level.INFO: ("info", "text_muted"),
    Level.WARNING: ("warning", "warning"),
    Level.ERROR: ("x-circle", "error"),
}


class LogModel(QAbstractListModel):
    """Entries that match a filter, the latest last.

    Args:
        theme: The theme to begin with.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.shown: list[Entry] = []
        self.theme = theme
        self._least, self._words = Level.INFO, ""

    def filter(self, least: Level, text: str) -> None:
        """Show what matters at least so much and holds all words of a text."""
        self._least, self._words = least, text.lower()

    def _wanted(self, entry: Entry) -> bool:
        line = entry.line.lower()
        return entry.level >= self._least and all(word in line for word in self._words.split())

    def show(self, entries: list[Entry]) -> None:
        """Show those of these entries that are wanted."""
        self.beginResetModel()
        self.shown = [entry for entry in entries if self._wanted(entry)]
        self.endResetModel()

    def add(self, entry: Entry) -> bool:
        """Show one more, if it is wanted; the oldest gives way."""
        if not self._wanted(entry):
            return False
        if len(self.shown) >= MOST:
            self.beginRemoveRows(QModelIndex(), 0, 0)
            del self.shown[0]
            self.endRemoveRows()
        self.beginInsertRows(QModelIndex(), len(self.shown), len(self.shown))
        self.shown.append(entry)
        self.endInsertRows()
        return True

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many are shown."""
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is to be seen of an entry."""
        if not index.isValid():
            return None
        entry = self.shown[index.row()]
        name, tone = _LOOKS[entry.level]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                where = "  ".join(filter(None, (entry.title, entry.node)))
                clock = time.strftime("%H:%M:%S", time.localtime(entry.time))
                return f"{clock}   {where}   {entry.text}" if where else f"{clock}   {entry.text}"
            case Qt.ItemDataRole.DecorationRole:
                return icon(name, getattr(self.theme.colors, tone))
            case Qt.ItemDataRole.ForegroundRole if entry.level is not Level.INFO:
                return QColor(getattr(self.theme.colors, tone))
            case Qt.ItemDataRole.ToolTipRole:
                return entry.line
        return None
