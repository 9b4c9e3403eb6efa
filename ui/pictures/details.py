"""What a picture tells of how it was made, beside it in the viewer."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.pictures.facts import PROMPTS, Facts
from ui.pictures.index import Picture
from ui.pictures.model import nbytes, when
from ui.theme.metrics import SPACE
from ui.widgets.parts import IconButton, Words, clear

WIDTH, NAMES, RAW, LINE = 320, 72, 120, 22
TEXT = Qt.ItemDataRole.UserRole
"""Where a line keeps its value as it is; what is seen has no line breaks."""


class Values(QTreeWidget):
    """All values of all nodes; Ctrl+C copies the selected one."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.setIndentation(SPACE.two)
        self.setColumnWidth(0, 144)
        self.setUniformRowHeights(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy."""
        item = self.currentItem()
        if event.matches(QKeySequence.StandardKey.Copy) and item is not None:
            QGuiApplication.clipboard().setText(item.data(1, TEXT) or item.text(0))
        else:
            super().keyPressEvent(event)


class Details(QWidget):
    """Prompts, seed, steps, model, size, time, and every value of every node.

    Attributes:
        search: The line to search the values.
        values: All values, by node.
        raw: The text that another program left.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._form = QWidget()
        self._rows = QGridLayout(self._form)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(SPACE.one)
        self._rows.setVerticalSpacing(0)
        self._rows.setColumnMinimumWidth(0, NAMES)
        self._rows.setColumnStretch(1, 1)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search values"))
        self.search.setAccessibleName(self.tr("Search values"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.values = Values()
        self.values.setAccessibleName(self.tr("Values of all nodes"))
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setAccessibleName(self.tr("Text that another program left in the picture"))
        self.raw.setFixedHeight(RAW)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.two, SPACE.one, SPACE.two, SPACE.two)
        layout.setSpacing(SPACE.one)
        layout.addWidget(self._form)
        layout.addWidget(self.search)
        layout.addWidget(self.values, 100)
        layout.addWidget(self.raw)
        layout.addStretch(1)  # where there are no values

    def show_facts(self, picture: Picture, size: QSize, facts: Facts) -> None:
        """Show what is known of a picture.

        Args:
            picture: The picture.
            size: In pixels; empty: not known.
            facts: What it tells.
        """
        clear(self._rows)
        for line, (label, text, copied) in enumerate(self._lines(picture, size, facts)):
            for column, words in enumerate((Words(label), Words(text, "text"))):
                words.setMargin(max(LINE - words.fontMetrics().height(), 0) // 2)  # as high as the button
                self._rows.addWidget(words, line, column, Qt.AlignmentFlag.AlignTop)
            if copied:
                tip = self.tr("Copy: {0}").format(label)
                button = IconButton("copy", tip, partial(QGuiApplication.clipboard().setText, text))
                button.setFixedSize(LINE, LINE)
                self._rows.addWidget(button, line, 2, Qt.AlignmentFlag.AlignTop)
        self._fill(facts)
        self.raw.setPlainText(facts.raw)
        self.raw.setVisible(bool(facts.raw))
        self.search.setVisible(bool(facts.values))
        self.values.setVisible(bool(facts.values))

    def _lines(self, picture: Picture, size: QSize, facts: Facts) -> list[tuple[str, str, bool]]:
        """What each line says, and whether it is worth a button to copy it."""
        pixels = f"{size.width()} × {size.height()}" if not size.isEmpty() else ""  # noqa: RUF001
        origin = facts.source if facts.source and not facts.made_here else ""
        lines = [
            (self.tr("File"), picture.path.name, False),
            (self.tr("Made"), when(picture), False),
            (self.tr("Size"), ", ".join(filter(None, (pixels, nbytes(picture.size)))), False),
            (self.tr("Title"), facts.title, False),
            *((self.tr("Prompt"), text, True) for text in facts.prompts),
            *((self.tr("Negative"), text, True) for text in facts.negative_prompts),
            (self.tr("Seed"), facts.first("seed"), True),
            (self.tr("Steps"), facts.first("steps"), False),
            (self.tr("Models"), ", ".join(facts.models), True),
            (self.tr("Written by"), {"parameters": self.tr("another program")}.get(origin, origin), False),
            (self.tr("Workflow"), "" if facts.made_here else self.tr("none in this picture"), False),
        ]
        return [line for line in lines if line[1]]

    def _fill(self, facts: Facts) -> None:
        self.values.clear()
        nodes: dict[str, QTreeWidgetItem] = {}
        for name, entry, text in facts.values:
            node = nodes.get(name)
            if node is None:
                node = nodes[name] = QTreeWidgetItem(self.values, [name])
                node.setFirstColumnSpanned(True)
            item = QTreeWidgetItem(node, [entry, " ".join(text.split())])
            item.setData(1, TEXT, text)
            item.setToolTip(1, text if entry in PROMPTS else "")
        self.values.expandAll()
        self._filter(self.search.text())

    def _filter(self, text: str) -> None:
        """Show only values in whose node, name or text all words are."""
        words = text.lower().split()
        for node in children(self.values.invisibleRootItem()):
            shown = 0
            for item in children(node):
                pile = f"{node.text(0)} {item.text(0)} {item.text(1)}".lower()
                item.setHidden(not all(word in pile for word in words))
                shown += not item.isHidden()
            node.setHidden(not shown)


def children(item: QTreeWidgetItem | None) -> list[QTreeWidgetItem]:
    """What is right below an item."""
    found = (item.child(place) for place in range(item.childCount())) if item is not None else ()
    return [child for child in found if child is not None]
