"""What a picture tells of how it was made, beside it in the viewer."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtWidgets import QFormLayout, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ui.panels.parts import Words, clear
from ui.pictures.facts import PROMPTS, Facts
from ui.pictures.index import Picture
from ui.pictures.model import when
from ui.theme.metrics import SPACE

WIDTH = 304


class Details(QWidget):
    """Prompts, seed, steps, model, size, time, and every value of every node.

    Attributes:
        search: The line to search the values.
        values: All values, by node.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._form = QWidget()
        self._rows = QFormLayout(self._form)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(SPACE.two)
        self._rows.setVerticalSpacing(SPACE.half)
        self._rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search values"))
        self.search.setAccessibleName(self.tr("Search values"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.values = QTreeWidget()
        self.values.setAccessibleName(self.tr("Values of all nodes"))
        self.values.setHeaderHidden(True)
        self.values.setColumnCount(2)
        self.values.setIndentation(SPACE.two)
        self.values.setColumnWidth(0, 128)
        self.values.setUniformRowHeights(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.two, SPACE.one, SPACE.two, SPACE.one)
        layout.setSpacing(SPACE.one)
        layout.addWidget(self._form)
        layout.addWidget(self.search)
        layout.addWidget(self.values, 100)
        layout.addStretch(1)  # where there are no values

    def show_facts(self, picture: Picture, size: QSize, facts: Facts) -> None:
        """Show what is known of a picture.

        Args:
            picture: The picture.
            size: In pixels; empty: not known.
            facts: What it tells.
        """
        clear(self._rows)
        for label, text in self._lines(picture, size, facts):
            words = Words(text, "text")
            if label:
                name = Words(label)
                name.setMinimumWidth(56)
                self._rows.addRow(name, words)
            else:
                self._rows.addRow(words)
        self._fill(facts)
        self.search.setVisible(bool(facts.values))
        self.values.setVisible(bool(facts.values))

    def _lines(self, picture: Picture, size: QSize, facts: Facts) -> list[tuple[str, str]]:
        pixels = f"{size.width()} × {size.height()}" if not size.isEmpty() else ""  # noqa: RUF001
        told = [
            (self.tr("File"), picture.path.name),
            (self.tr("Made"), when(picture)),
            (self.tr("Size"), ", ".join(filter(None, (pixels, QLocale().formattedDataSize(picture.size))))),
            (self.tr("Title"), facts.title),
            *((self.tr("Prompt"), text) for text in dict.fromkeys(facts.prompts)),
            (self.tr("Seed"), facts.first("seed")),
            (self.tr("Steps"), facts.first("steps")),
            (self.tr("Models"), ", ".join(facts.models)),
        ]
        lines = [(label, text) for label, text in told if text]
        if not facts.made_here:
            lines.append(("", self.tr("There is no workflow in this picture.")))
        return lines

    def _fill(self, facts: Facts) -> None:
        self.values.clear()
        nodes: dict[str, QTreeWidgetItem] = {}
        for value in facts.values:
            node = nodes.get(value.node)
            if node is None:
                node = nodes[value.node] = QTreeWidgetItem(self.values, [value.node])
                node.setFirstColumnSpanned(True)
            item = QTreeWidgetItem(node, [value.name, " ".join(value.text.split())])
            item.setToolTip(1, value.text if value.name in PROMPTS else "")
        self.values.expandAll()
        self._filter(self.search.text())

    def _filter(self, text: str) -> None:
        """Show only values in whose node, name or text all words are."""
        words = text.lower().split()
        for node in _children(self.values.invisibleRootItem()):
            shown = 0
            for item in _children(node):
                pile = f"{node.text(0)} {item.text(0)} {item.text(1)}".lower()
                item.setHidden(not all(word in pile for word in words))
                shown += not item.isHidden()
            node.setHidden(not shown)


def _children(item: QTreeWidgetItem | None) -> list[QTreeWidgetItem]:
    """What is right below an item."""
    found = (item.child(place) for place in range(item.childCount())) if item is not None else ()
    return [child for child in found if child is not None]
