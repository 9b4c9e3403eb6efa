"""A list of folders, the first going before the others."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.theme import SPACE
from ui.widgets.parts import IconButton

LINES = 3


class FolderList(QWidget):
    """Folders to add, remove and put in order.

    Args:
        usual: The folder that is used when none is named.

    Attributes:
        list: The folders.
        add: Adds one.
        remove: Removes the chosen one.
    """

    chosen = Signal(object)

    def __init__(self, usual: str) -> None:
        super().__init__()
        self._usual = usual
        self.list = QListWidget()
        self.list.setObjectName("boxed")
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(LINES * (self.list.fontMetrics().lineSpacing() + SPACE.one) + SPACE.half)
        self.add = IconButton("plus", self.tr("Add a folder"), self._add)
        self.remove = IconButton("minus", self.tr("Remove this folder"), self._remove)
        self.up = IconButton("arrow-up", self.tr("Look here before the others"), self._raise)
        buttons = QVBoxLayout()
        buttons.setSpacing(SPACE.hair)
        for button in (self.add, self.remove, self.up):
            buttons.addWidget(button)
        buttons.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.half)
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        self.setFocusProxy(self.list)

    def show_value(self, value: Any) -> None:
        """Show folders; None: the usual one."""
        names = [value] if isinstance(value, str) else list(value or [self._usual])
        self.list.clear()
        for name in names:
            item = QListWidgetItem(str(name))
            item.setToolTip(str(name))
            self.list.addItem(item)
        self.remove.setEnabled(value is not None)

    def _names(self) -> list[str]:
        return [self.list.item(row).text() for row in range(self.list.count())]

    def _add(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Add a folder"), self._names()[0])
        if folder and folder not in self._names():
            self._tell([*self._names(), folder])

    def _remove(self) -> None:
        row = max(self.list.currentRow(), 0)
        self._tell([name for index, name in enumerate(self._names()) if index != row])

    def _raise(self) -> None:
        row = self.list.currentRow()
        if row > 0:
            names = self._names()
            self._tell([names[row], *(name for name in names if name != names[row])])

    def _tell(self, names: list[str]) -> None:
        self.chosen.emit(None if names in ([], [self._usual]) else names)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Delete removes."""
        if event.key() == Qt.Key.Key_Delete and self.remove.isEnabled():
            self._remove()
        else:
            super().keyPressEvent(event)
