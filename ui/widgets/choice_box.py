"""A box to choose one of few things."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from ui.theme.icons import glyph, icon_font
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of


class ChoiceBox(QComboBox):
    """Looks the same in all themes."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw a caret of our own: a style sheet leaves no other."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(icon_font(14))
        painter.setPen(QColor(theme_of(self).colors.text_muted))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(self.rect().adjusted(0, 0, -SPACE.one, 0), right, glyph("caret-down"))
        painter.end()
