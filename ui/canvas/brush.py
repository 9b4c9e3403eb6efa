"""What a painting function is handed: the painter, the theme's paints and the caches of one scene."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from ui.canvas.paints import Paints
from ui.canvas.texts import Texts
from ui.theme.icons import glyph

NO_PEN = QPen(Qt.PenStyle.NoPen)


class Brush:
    """Draws the things that recur inside nodes.

    Attributes:
        painter: Set anew for each item.
        paints: Pens, brushes and fonts.
        texts: Laid-out texts.
    """

    painter: QPainter

    def __init__(self, paints: Paints) -> None:
        self.paints = paints
        self.texts = Texts()

    def icon(self, name: str, box: QRectF, pen: QPen) -> None:
        """Draw an icon in the middle of a box."""
        self.painter.setPen(pen)
        self.texts.draw_middle(self.painter, glyph(name), self.paints.icon_font, box)

    def badge(self, text: str, right: float, middle: float, pen: QPen) -> float:
        """Draw small text that ends at `right`; returns where it begins."""
        font = self.paints.small_font
        static, width = self.texts.line(text, font, 120)
        self.painter.setFont(font)
        self.painter.setPen(pen)
        height = self.texts.metrics(font).height()
        self.painter.drawStaticText(int(right - width), int(middle - height / 2), static)
        return right - width
