"""A box to choose one of few things by which a list is filtered."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QSizePolicy

from ui.widgets.choice_box import ChoiceBox


class FilterBox(ChoiceBox):
    """Shares its row with others, however long its texts are.

    Args:
        name: What is chosen; its tip, and what a screen reader says.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
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
