"""A list with a search line, for choices and models."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout
from rapidfuzz import fuzz, process, utils

ROWS = 8
ROW_HEIGHT = 26


def matching(query: str, choices: list[str]) -> list[str]:
    """The choices that fit a query, the best first; all of them, in order, without one."""
    if not query.strip():
        return choices
    found = process.extract(
        query, choices, scorer=fuzz.WRatio, processor=utils.default_process, limit=50, score_cutoff=55
    )
    inside = [choice for choice in choices if query.casefold() in choice.casefold()]
    return list(dict.fromkeys([*inside, *(choice for choice, _, _ in found)]))


class Chooser(QFrame):
    """Lets one pick from a list by typing, arrows or a click."""

    chosen = Signal(str)
    left = Signal()

    def __init__(self, choices: list[str], current: str) -> None:
        super().__init__()
        self.current = current
        self._choices = choices
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.search = QLineEdit(placeholderText=self.tr("Search"))
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.setFocusProxy(self.search)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._click)
        self._filter("")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """High enough for a few rows."""
        return QSize(220, 44 + ROW_HEIGHT * min(max(len(self._choices), 2), ROWS))

    def _filter(self, query: str) -> None:
        self.list.clear()
        found = matching(query, self._choices)
        self.list.addItems(found or [self.tr("Nothing found")])
        if not found:
            self.list.item(0).setFlags(Qt.ItemFlag.NoItemFlags)
            return
        self.list.setCurrentRow(found.index(self.current) if not query and self.current in found else 0)

    def _click(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.chosen.emit(item.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows move in the list, Enter picks, Escape leaves."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        if watched is self.search and event.type() is QEvent.Type.FocusOut:
            self.left.emit()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self.list.currentItem() is not None:
                    self._click(self.list.currentItem())
            case Qt.Key.Key_Escape:
                self.left.emit()
            case _:
                return False
        return True
