"""A box to choose one of few things by which a list is filtered."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy

from ui.panels.panel import theme_of
from ui.theme.icons import glyph, icon_font
from ui.theme.metrics import SPACE


class FilterBox(QComboBox):
    """Shares its row with others, however long its texts are.

    Args:
        name: What is chosen; its tip, and what a screen reader says.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("filter")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fill(self, choices: list[tuple[str, Any]]) -> None:
        """Offer choices, by text and value; the value that was chosen stays so while it is there."""
        if [(self.itemText(n), self.itemData(n)) for n in range(self.count())] == choices:
            return
        chosen = self.currentData()
        self.clear()
        for text, value in choices:
            self.addItem(text, value)
        values = [value for _, value in choices]
        self.setCurrentIndex(values.index(chosen) if chosen in values else 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw a caret of our own: a style sheet leaves no other."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(icon_font(14))
        painter.setPen(QColor(theme_of(self).colors.text_muted))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(self.rect().adjusted(0, 0, -SPACE.one, 0), right, glyph("caret-down"))
        painter.end()
