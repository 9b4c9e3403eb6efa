"""The dialog that shows what takes room on the disk, and clears what can be made again."""

from __future__ import annotations

import os
from functools import partial

from PySide6.QtCore import Qt, QThreadPool, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from nodeflow.errors import NodeflowError
from nodeflow.folders import Folders
from ui.pictures import disk
from ui.pictures.disk import Use
from ui.pictures.model import nbytes
from ui.theme.metrics import SPACE
from ui.widgets.parts import Words, clear

WIDTH = 620


class DiskDialog(QDialog):
    """Shows what takes room. Nothing is removed without a question.

    Args:
        folders: The user's folders.
        parent: The window it belongs to.

    Attributes:
        clear_buttons: By the name of what they clear.
    """

    measured = Signal(object)
    """The uses are known, and shown."""
    _found = Signal(object)
    _failed = Signal(str)

    def __init__(self, folders: Folders, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders = folders
        self.setWindowTitle(self.tr("Disk use"))
        self.clear_buttons: dict[str, QPushButton] = {}
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._hint = Words(self.tr("Measuring…"))
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(SPACE.two)
        self._rows.setColumnStretch(0, 1)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        layout.setSpacing(SPACE.one)
        layout.addLayout(self._rows)
        layout.addWidget(self._hint)
        layout.addStretch(1)
        layout.addWidget(box)
        self.resize(WIDTH, 320)
        self._found.connect(self._show)
        self._failed.connect(self._hint.say)
        self.finished.connect(lambda _result: self._pool.waitForDone())
        self._work(None)

    def _names(self) -> dict[str, str]:
        return {
            "pictures": self.tr("Pictures that were saved"),
            "inputs": self.tr("Your other pictures, masks and copies among them"),
            "thumbnails": self.tr("Small versions for the gallery"),
            "results": self.tr("Results, so that nothing is computed twice"),
            "states": self.tr("States of unfinished runs"),
            "data": self.tr("Journals, the queue and reusable nodes"),
        }

    def _work(self, cleared: str | None) -> None:
        self._pool.start(lambda: self._measure(cleared))

    def _measure(self, cleared: str | None) -> None:
        try:
            if cleared is not None:
                disk.clear(self._folders, cleared)
            found = disk.uses(self._folders)
        except (OSError, NodeflowError) as error:
            if isValid(self):
                self._failed.emit(str(error))
            return
        if isValid(self):
            self._found.emit(found)

    def _show(self, uses: list[Use]) -> None:
        clear(self._rows)
        self.clear_buttons.clear()
        names = self._names()
        for line, use in enumerate(uses):
            self._rows.addWidget(Words(names[use.name], "text"), line, 0)
            files = self.tr("1 file") if use.files == 1 else self.tr("{0} files").format(use.files)
            self._rows.addWidget(_figure(files), line, 1)
            self._rows.addWidget(_figure(nbytes(use.nbytes)), line, 2)
            button = QPushButton(self.tr("Clear…") if use.clearable else self.tr("Show"))
            if use.clearable:
                button.clicked.connect(partial(self._ask, use))
                button.setEnabled(use.nbytes > 0)
                self.clear_buttons[use.name] = button
            else:
                button.clicked.connect(partial(_open, use))
            button.setAccessibleName(f"{button.text()} {names[use.name]}")
            self._rows.addWidget(button, line, 3)
        self._hint.say(self.tr("In all: {0}").format(nbytes(sum(use.nbytes for use in uses))))
        self.measured.emit(uses)

    def _ask(self, use: Use) -> None:
        text = self.tr("Clear {0}? It can be made again, which takes its time.").format(nbytes(use.nbytes))
        box = QMessageBox(QMessageBox.Icon.Question, self.windowTitle(), text, parent=self)
        yes = box.addButton(self.tr("Clear"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(yes)
        box.accepted.connect(partial(self._work, use.name))
        box.accepted.connect(box.deleteLater)
        box.rejected.connect(box.deleteLater)
        box.open()


def _figure(text: str) -> QLabel:
    """A figure in a column of figures."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _open(use: Use) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(use.folder)))
