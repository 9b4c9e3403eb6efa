"""Texts laid out once and drawn often, shortened with an ellipsis where they would not fit."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText, QTextLayout, QTextOption

CAPACITY = 20_000


class Texts:
    """A cache of laid-out texts. Fonts are told apart by identity: they are the theme's, which live on."""

    def __init__(self) -> None:
        self._lines: OrderedDict[tuple[str, int, int], tuple[QStaticText, float]] = OrderedDict()
        self._wrapped: OrderedDict[tuple[str, int, int, int], tuple[str, ...]] = OrderedDict()
        self._metrics: dict[int, QFontMetricsF] = {}
        self._half_heights: dict[int, float] = {}

    def metrics(self, font: QFont) -> QFontMetricsF:
        """The metrics of a font."""
        key = id(font)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(font)
            self._half_heights[key] = self._metrics[key].height() / 2
        return self._metrics[key]

    def elided(self, text: str, font: QFont, width: float) -> str:
        """The text, shortened at its end to at most `width`."""
        return self.metrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)

    def line(self, text: str, font: QFont, width: float) -> tuple[QStaticText, float]:
        """One line, at most `width` wide: the laid-out text and the width it takes."""
        key = (text, id(font), int(width))
        found = self._lines.get(key)
        if found is None:
            short = self.elided(text.split("\n", 1)[0], font, width)
            static = QStaticText(short)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            found = (static, self.metrics(font).horizontalAdvance(short))
            self._lines[key] = found
            if len(self._lines) > CAPACITY:
                self._lines.popitem(last=False)
        return found

    def draw(self, painter: QPainter, text: str, font: QFont, rect: QRectF, *, right: bool = False) -> float:
        """Draw one line in the middle of a box's height; returns the width it took."""
        static, width = self.line(text, font, rect.width())
        x = rect.right() - width if right else rect.left()
        painter.setFont(font)
        painter.drawStaticText(QPointF(x, rect.center().y() - self._half_heights[id(font)]), static)
        return width

    def draw_middle(self, painter: QPainter, text: str, font: QFont, rect: QRectF) -> None:
        """Draw a few characters, such as an icon, in the middle of a box."""
        static, width = self.line(text, font, 1000)
        center = rect.center()
        painter.setFont(font)
        painter.drawStaticText(
            QPointF(center.x() - width / 2, center.y() - self._half_heights[id(font)]), static
        )

    def wrapped(self, text: str, font: QFont, width: float, lines: int) -> tuple[str, ...]:
        """The text as at most `lines` lines, broken between words; the last one says if more follows."""
        key = (text, id(font), int(width), lines)
        found = self._wrapped.get(key)
        if found is None:
            found = self._wrap(text, font, width, lines)
            self._wrapped[key] = found
            if len(self._wrapped) > CAPACITY:
                self._wrapped.popitem(last=False)
        return found

    def _wrap(self, text: str, font: QFont, width: float, lines: int) -> tuple[str, ...]:
        result: list[str] = []
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        for paragraph in text.split("\n"):
            layout = QTextLayout(paragraph, font)
            layout.setTextOption(option)
            layout.beginLayout()
            while (line := layout.createLine()).isValid() and len(result) <= lines:
                line.setLineWidth(width)
                start, length = line.textStart(), line.textLength()
                result.append(paragraph[start : start + length].rstrip())
            layout.endLayout()
            if len(result) > lines:
                break
        if len(result) > lines:
            result = [*result[: lines - 1], self.elided(f"{result[lines - 1]}…", font, width)]
        return tuple(result)
