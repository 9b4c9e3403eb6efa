"""Reporting a fault: what the program knows of it, to be looked over and copied."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PySide6.QtCore import QLocale, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from nodeflow.version import __version__
from ui.log.crashes import FILE_NAME
from ui.theme import SPACE
from ui.widgets.parts import Words

TAIL = 4_000
"""Characters of the log that are shown."""


class ReportDialog(QDialog):
    """Shows what a report should say. Nothing is sent.

    Args:
        data: The user's data folder, where the log lies.
        parent: Its owner.

    Attributes:
        text: What to send; it can be edited.
        copy: Copies it.
    """

    def __init__(self, data: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Report a fault"))
        self._data = data
        words = self.tr(
            "Say what you did, what you expected and what happened, and send it with what stands below. "
            "Nothing is sent by itself: look it over first, it may name your folders."
        )
        self.text = QPlainTextEdit(report_text(data / FILE_NAME))
        self.text.setAccessibleName(self.tr("What to send"))
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.setDefault(True)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        folder, close = QPushButton(self.tr("Show the log's folder")), QPushButton(self.tr("Close"))
        folder.clicked.connect(self._show_folder)
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(folder)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        column.setSpacing(SPACE.one)
        column.addWidget(Words(words, "text"))
        column.addWidget(self.text, 1)
        column.addLayout(row)
        self.resize(620, 460)

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._data)))


def report_text(log: Path) -> str:
    """What the program knows of itself and of its latest errors.

    Args:
        log: Where uncaught errors were written.
    """
    lines = [
        f"nodeflow {__version__}",
        f"{platform.platform()}, Python {platform.python_version()}, Qt {qVersion()}, {QLocale().name()}",
        f"screen: {QGuiApplication.platformName()}",
    ]
    for package in ("torch", "diffusers"):
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package}: not installed")
    try:
        errors = log.read_text("utf-8", errors="replace")[-TAIL:].strip()
    except OSError:
        errors = ""
    return "\n".join([*lines, "", errors or "No errors were written down."])
