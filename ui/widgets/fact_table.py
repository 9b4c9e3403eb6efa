"""A table of two columns: names, and what there is to say of each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.theme.metrics import SPACE
from ui.widgets.parts import Words, clear


class FactTable(QWidget):
    """Names and values, one pair in a line; narrow panels wrap them."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(SPACE.half, 0, 0, 0)
        self._layout.setHorizontalSpacing(SPACE.one)
        self._layout.setColumnStretch(0, 1)
        self._layout.setColumnStretch(1, 1)
        self._layout.setVerticalSpacing(SPACE.half)
        self._facts: dict[str, str] | None = None

    def show_facts(self, facts: dict[str, str]) -> None:
        """Show these."""
        if facts != self._facts:
            self._facts = facts
            clear(self._layout)
            for number, (name, value) in enumerate(facts.items()):
                self._layout.addWidget(Words(name), number, 0, Qt.AlignmentFlag.AlignTop)
                self._layout.addWidget(Words(value, "text"), number, 1, Qt.AlignmentFlag.AlignTop)
