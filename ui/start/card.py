"""A card for a template: its picture, its name, and a sentence about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout

from ui.start.rounded import rounded
from ui.templates import Template
from ui.theme import SPACE, Theme, icon

WIDTH = 160
PICTURE = WIDTH - 2 * SPACE.half
"""Side of the picture in pixels."""


class TemplateCard(QPushButton):
    """A button as large as a card.

    Args:
        template: What it begins with.
        theme: The theme to begin with.
    """

    def __init__(self, template: Template, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.description)
        self.setToolTip(template.description)
        self._template = template
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._picture.setFixedSize(PICTURE, PICTURE)
        title, words = QLabel(template.title), QLabel(template.description)
        title.setObjectName("strong")
        words.setObjectName("muted")
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label in (title, words):
            label.setWordWrap(True)
            label.setContentsMargins(SPACE.half, 0, SPACE.half, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.half, SPACE.half, SPACE.half, SPACE.one)
        column.setSpacing(SPACE.half)
        for label in (self._picture, title, words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label)
        column.addStretch(1)
        self.setFixedWidth(WIDTH)
        self.set_theme(theme)

    def needed_height(self) -> int:
        """How high it must be to show all of its text."""
        self.ensurePolished()
        layout = self.layout()
        assert layout is not None  # noqa: S101 - made above
        return layout.heightForWidth(WIDTH)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as its parts."""
        return QSize(WIDTH, self.needed_height())

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        pixmap = QPixmap(str(self._template.thumbnail))
        if pixmap.isNull():
            pixmap = icon("flow-arrow", theme.colors.text_muted).pixmap(SPACE.three * 2, SPACE.three * 2)
            self._picture.setPixmap(pixmap)
        else:
            self._picture.setPixmap(rounded(pixmap, QSize(PICTURE, PICTURE), self.devicePixelRatioF()))
