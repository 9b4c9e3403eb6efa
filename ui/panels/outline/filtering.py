"""Shows only those rows of the outline that fit what was typed, and what they lie under."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel

from ui.panels.outline.model import SEARCHED


class OutlineFilter(QSortFilterProxyModel):
    """A row stays if it holds every word, or if one below or above it does."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words: list[str] = []
        self.setRecursiveFilteringEnabled(True)
        self.setAutoAcceptChildRows(True)

    def search(self, text: str) -> None:
        """Show what fits; an empty text shows everything."""
        self.words = text.casefold().split()
        self.invalidate()

    def fits(self, text: str) -> bool:
        """Whether a row that says `text` fits by itself."""
        folded = text.casefold()
        return all(word in folded for word in self.words)

    def filterAcceptsRow(  # noqa: N802 - Qt's name
        self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """Whether a row fits by itself."""
        if not self.words:
            return True
        index = self.sourceModel().index(source_row, 0, source_parent)
        return self.fits(str(index.data(SEARCHED) or ""))
