"""Asks which pictures go on, while a run waits at a node for the answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.pictures.choice_list import ChoiceList
from ui.widgets.parts import Words

SIZE = QSize(860, 560)


class Chooser(QDialog):
    """A window with the pictures of one question. Nothing else waits for it.

    Args:
        node: The node that asks.
        pictures: What there is to choose from.
        parent: The window it belongs to.

    Attributes:
        list: The pictures.
        buttons: Use those chosen, or cancel the run.
    """

    chosen = Signal(object)
    """The places of the pictures that go on, from 0, in the order they were chosen."""
    cancelled = Signal()

    def __init__(self, node: str, pictures: Sequence[QImage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Choose pictures"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = ChoiceList(pictures)
        self.list.setAccessibleName(self.tr("Pictures to choose from"))
        text = self.tr("“{0}” waits: which pictures go on? Press their numbers or click; Enter goes on.")
        self.buttons = QDialogButtonBox()
        self.use: QPushButton = self.buttons.addButton(
            self.tr("Use chosen"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        stop = self.buttons.addButton(self.tr("Cancel the run"), QDialogButtonBox.ButtonRole.DestructiveRole)
        stop.clicked.connect(self.cancelled)
        self.buttons.accepted.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.addWidget(Words(text.format(node), "text"))
        layout.addWidget(self.list, 1)
        layout.addWidget(self.buttons)
        self.resize(SIZE)
        self.list.itemSelectionChanged.connect(self._note)
        self.list.itemDoubleClicked.connect(self._take_one)
        self.list.installEventFilter(self)
        self._note()
        self.list.setFocus()

    def _note(self) -> None:
        self.use.setEnabled(bool(self.list.order))

    def _take_one(self, item: QListWidgetItem) -> None:
        self.list.clearSelection()
        item.setSelected(True)
        self.accept()

    def accept(self) -> None:
        """Go on with those that are chosen."""
        if self.list.order:
            self.chosen.emit(tuple(self.list.order))
            super().accept()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Numbers choose, Enter goes on."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            number = event.key() - Qt.Key.Key_1
            if 0 <= number < min(self.list.count(), 9):
                item = self.list.item(number)
                item.setSelected(not item.isSelected())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.accept()
                return True
        return False
