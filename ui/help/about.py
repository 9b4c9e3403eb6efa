"""About the program: its version, its licence, and the libraries it is made with."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nodeflow.version import __version__
from ui.theme import SPACE
from ui.widgets.parts import Words

NOT_SHIPPED = re.compile(r"extra == ['\"](bundle|dev|training)['\"]")
"""Extras that nobody needs to use the program."""
LONGEST = 60
"""Characters of a licence's name; some packages give the whole text instead."""


class AboutDialog(QDialog):
    """Shows what the program is made of.

    Attributes:
        table: The libraries: name, version, licence.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About nodeflow"))
        title = QLabel("nodeflow")
        title.setObjectName("display")
        version = Words(
            self.tr("Version {0}, Python {1}").format(__version__, platform.python_version()), "text"
        )
        licence = Words(self.tr("Free software under the MIT licence. It is made with these libraries:"))
        rows = list(libraries())
        headings = [self.tr("Library"), self.tr("Version"), self.tr("Licence")]
        self.table = QTableWidget(len(rows), len(headings))
        self.table.setHorizontalHeaderLabels(headings)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(at, column, item)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        for column in range(len(headings) - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(headings) - 1, QHeaderView.ResizeMode.Stretch)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE.three, SPACE.two, SPACE.three, SPACE.two)
        box.setSpacing(SPACE.one)
        for widget in (title, version, licence):
            box.addWidget(widget)
        box.addWidget(self.table, 1)
        self.resize(560, 480)


def libraries() -> Iterator[tuple[str, str, str]]:
    """The libraries that the program needs and that are here: name, version, licence."""
    try:
        needed = requires("nodeflow") or []
    except PackageNotFoundError:  # run from a folder, not installed
        return
    wanted = [line for line in needed if not NOT_SHIPPED.search(line)]
    for name in sorted({re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in wanted}, key=str.lower):
        try:
            found = metadata(name)
        except PackageNotFoundError:
            continue
        yield found["Name"], found["Version"], licence_of(found)


def licence_of(found: PackageMetadata) -> str:
    """What a package says of its licence, in a few words."""
    expression, named = _said(found, "License-Expression"), _said(found, "License")
    if expression:
        return expression
    if named and "\n" not in named and len(named) <= LONGEST:
        return named
    classes = [line for line in found.get_all("Classifier") or [] if line.startswith("License ::")]
    return ", ".join(line.rpartition(" :: ")[2] for line in classes)


def _said(found: PackageMetadata, field: str) -> str:
    return str(found[field]) if field in found else ""
