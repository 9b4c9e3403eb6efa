"""The panel that shows the log: filtered, copied, saved, and with the way to the node."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from ui.log.log import Entry, Level, Log
from ui.log.model import LogModel
from ui.theme import SPACE
from ui.theme.theme import theme_of
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.panel import Panel
from ui.widgets.parts import RESTYLED, IconButton

if TYPE_CHECKING:
    from ui.editing.editing import Editing


_OURS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)


class LogList(QListView):
    """Entries; copies those that are selected, whatever the window's keys are."""

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window."""
        ours = isinstance(event, QKeyEvent) and any(event.matches(key) for key in _OURS)
        if ours and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy."""
        model = self.model()
        if event.matches(QKeySequence.StandardKey.Copy) and isinstance(model, LogModel):
            rows = sorted(index.row() for index in self.selectedIndexes())
            QGuiApplication.clipboard().setText("\n".join(model.shown[row].line for row in rows))
        else:
            super().keyPressEvent(event)


class LogPanel(Panel):
    """What happened, the latest last. It follows no document.

    Attributes:
        list: The entries.
        level: What matters at least.
        line: Words that must be in them.
        copy: Copies what is selected, or else all that is shown.
        save: Saves all that is shown.
        clear: Forgets all.
    """

    nodeWanted = Signal(object)  # noqa: N815 - signals are named as Qt names them
    """An entry whose node is to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log: Log | None = None
        self.model = LogModel(theme_of(self))
        self.list = LogList()
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(14, 14))  # no higher than a line, so that many lines are seen
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("What happened"))
        self.list.activated.connect(lambda index: self._activate(index.row()))
        self.level = ChoiceBox()
        for text, level in (
            (self.tr("Everything"), Level.DETAIL),
            (self.tr("Without details"), Level.INFO),
            (self.tr("Warnings and errors"), Level.WARNING),
            (self.tr("Errors"), Level.ERROR),
        ):
            self.level.addItem(text, level)
        self.level.setCurrentIndex(1)
        self.level.setAccessibleName(self.tr("What is shown"))
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Filter"))
        self.line.setAccessibleName(self.tr("Filter"))
        self.line.setClearButtonEnabled(True)
        self.copy = IconButton("copy", self.tr("Copy"), self._copy)
        self.save = IconButton("floppy-disk", self.tr("Save to a file…"), self._save)
        self.clear = IconButton("trash", self.tr("Forget all"), self._clear)
        self.level.activated.connect(self._fill)
        self.line.textChanged.connect(self._fill)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE.one, SPACE.half, SPACE.one, 0)
        head.setSpacing(SPACE.half)
        head.addWidget(self.level)
        head.addWidget(self.line, 1)
        for button in (self.copy, self.save, self.clear):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.half)
        column.addLayout(head)
        column.addWidget(self.list, 1)

    def show_editing(self, editing: Editing | None) -> None:
        """Show the same for all documents."""

    def show_log(self, log: Log) -> None:
        """Show a log from now on."""
        self._log = log
        log.added.connect(self._add)
        self._fill()

    def _fill(self) -> None:
        self.model.filter(Level(self.level.currentData()), self.line.text())
        self.model.show(list(self._log.entries) if self._log is not None else [])
        self.list.scrollToBottom()

    def _add(self, entry: Entry) -> None:
        bar = self.list.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        if self.model.add(entry) and at_end:
            self.list.scrollToBottom()

    def _activate(self, row: int) -> None:
        if self.model.shown[row].node:
            self.nodeWanted.emit(self.model.shown[row])

    def text(self) -> str:
        """All that is shown, as lines."""
        return "\n".join(entry.line for entry in self.model.shown)

    def _copy(self) -> None:
        rows = sorted(index.row() for index in self.list.selectedIndexes())
        chosen = "\n".join(self.model.shown[row].line for row in rows)
        QGuiApplication.clipboard().setText(chosen or self.text())

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the log"), "nodeflow.log", self.tr("Texts (*.log *.txt)")
        )
        if name and self._log is not None:
            try:
                Path(name).write_text(f"{self.text()}\n", "utf-8")
            except OSError as error:
                text = self.tr("The log cannot be saved: {0}").format(error.strerror)
                self._log.add(Level.ERROR, text)

    def _clear(self) -> None:
        if self._log is not None:
            self._log.clear()
        self._fill()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in RESTYLED and hasattr(self, "list"):
            self.model.theme = theme_of(self)
            self.list.viewport().update()
