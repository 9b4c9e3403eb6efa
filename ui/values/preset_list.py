"""A list of the presets, to rename and delete them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.theme.metrics import SPACE
from ui.values.presets import Presets
from ui.widgets.parts import Words

_NAME = Qt.ItemDataRole.UserRole


class PresetList(QDialog):
    """Renames and deletes presets.

    Args:
        presets: The presets.
        parent: What it belongs to.

    Attributes:
        list: Their names.
        text: The text of the one that is chosen.
        delete: Deletes it.
    """

    def __init__(self, presets: Presets, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Prompt presets"))
        self._presets = presets
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Presets"))
        self.text = Words()
        self.rename = QPushButton(self.tr("Rename"))
        self.delete = QPushButton(self.tr("Delete"))
        for button in (self.rename, self.delete):
            button.setAutoDefault(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.rename)
        row.addWidget(self.delete)
        row.addStretch(1)
        row.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        column.setSpacing(SPACE.one)
        column.addWidget(self.list, 1)
        column.addWidget(self.text)
        column.addLayout(row)
        self.resize(420, 380)
        self.rename.clicked.connect(lambda: self.list.editItem(self.list.currentItem()))
        self.delete.clicked.connect(self._delete)
        self.list.currentItemChanged.connect(lambda *_: self._tell())
        self.list.itemChanged.connect(self._renamed)
        self._fill()

    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for name in self._presets.all():
            item = QListWidgetItem(name)
            item.setData(_NAME, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self._tell()

    def _tell(self) -> None:
        item = self.list.currentItem()
        for button in (self.rename, self.delete):
            button.setEnabled(item is not None)
        self.text.say(self._presets.all().get(item.data(_NAME), "") if item is not None else "")

    def _renamed(self, item: QListWidgetItem) -> None:
        """Give the preset its new name; one that is empty or taken is not."""
        old, new = item.data(_NAME), item.text().strip()
        free = bool(new) and new not in self._presets.all()
        name = new if free and self._try(lambda: self._presets.rename(old, new)) else old
        self.list.blockSignals(True)
        item.setText(name)
        item.setData(_NAME, name)
        self.list.blockSignals(False)

    def _delete(self) -> None:
        row = self.list.currentRow()
        if row < 0:
            return
        name = self.list.item(row).data(_NAME)
        if self._try(lambda: self._presets.remove(name)):
            self._fill()
            self.list.setCurrentRow(min(row, self.list.count() - 1))

    def _try(self, change: Callable[[], None]) -> bool:
        """Do it; say why if the file cannot be written."""
        try:
            change()
        except OSError as error:
            self.text.say(self.tr("This cannot be kept: {0}").format(error.strerror))
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Delete deletes."""
        if event.key() == Qt.Key.Key_Delete and self.list.hasFocus():
            self._delete()
        else:
            super().keyPressEvent(event)
