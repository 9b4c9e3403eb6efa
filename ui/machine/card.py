"""At the first start: what this computer can do, in a few sentences on the start page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from ui.machine.words import machine_words, placement_words
from ui.theme import SPACE
from ui.widgets.parts import IconButton, Words


class MachineCard(QFrame):
    """Tells it until it is closed.

    Attributes:
        more: Opens the whole page.
        shut: Closes the card for good.
    """

    moreWanted = Signal()  # noqa: N815 - signals are named as Qt names them
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("row")
        title = QLabel(self.tr("Welcome. This is what your computer can do:"))
        title.setObjectName("strong")
        self._words = Words(self.tr("Looking at this computer…"), "text")
        self.more = QPushButton(self.tr("More…"))
        self.more.clicked.connect(self.moreWanted)
        self.shut = IconButton("x", self.tr("Close this for good"), self._shut)
        texts, row = QVBoxLayout(), QHBoxLayout(self)
        texts.setSpacing(SPACE.half)
        texts.addWidget(title)
        texts.addWidget(self._words)
        row.setContentsMargins(SPACE.two, SPACE.one, SPACE.one, SPACE.one)
        row.setSpacing(SPACE.one)
        row.addLayout(texts, 1)
        row.addWidget(self.more)
        row.addWidget(self.shut)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def tell(self, told: Any) -> None:
        """Say what a report says, or why there is none."""
        if isinstance(told, Exception):
            self._words.say(str(told))
        else:
            self._words.say(" ".join((machine_words(told)[0], *placement_words(told)[:1])))

    def _shut(self) -> None:
        self.hide()
        self.closed.emit()
