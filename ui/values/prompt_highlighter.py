"""Colours the marks of a prompt."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextDocument
from PySide6.QtGui import QSyntaxHighlighter as Highlighter

from nodeflow.prompts import Mark, Syntax, parse
from ui.theme.socket_style import STYLES
from ui.theme.theme import Theme

_ORDER = (
    Mark.STRONGER,
    Mark.WEAKER,
    Mark.EMBEDDING,
    Mark.BREAK,
    Mark.ESCAPE,
    Mark.BRACKET,
    Mark.WEIGHT,
    Mark.CHANGE,
    Mark.UNBALANCED,
)
"""The later lie over the earlier."""


class PromptHighlighter(Highlighter):
    """Colours a prompt; brackets may reach over lines, so that it is always read as a whole.

    Args:
        document: The text.
        theme: The theme to begin with.
    """

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._text: str | None = None
        self._syntax = Syntax.A1111
        self._parsed = parse("")
        self._formats: dict[Mark, QTextCharFormat] = {}
        self._theme: Theme | None = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use a theme's colours."""
        if theme is self._theme:
            return
        self._theme, colors = theme, theme.colors
        tones = {
            Mark.STRONGER: theme.style_color(STYLES["Conditioning"]).name(),
            Mark.WEAKER: colors.accent,
            Mark.EMBEDDING: theme.style_color(STYLES["Model"]).name(),
            Mark.BREAK: colors.success,
            Mark.ESCAPE: colors.text_muted,
            Mark.BRACKET: colors.text_muted,
            Mark.WEIGHT: colors.text_muted,
            Mark.CHANGE: colors.success,  # like BREAK, it parts texts; orange and blue are for weights
            Mark.UNBALANCED: colors.error,
        }
        for mark, tone in tones.items():
            self._formats[mark] = QTextCharFormat()
            self._formats[mark].setForeground(QColor(tone))
        for mark in (Mark.BREAK, Mark.CHANGE):
            self._formats[mark].setFontWeight(QFont.Weight.Bold)
        unbalanced = self._formats[Mark.UNBALANCED]
        unbalanced.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        unbalanced.setUnderlineColor(QColor(colors.error))
        unbalanced.setFontWeight(QFont.Weight.Bold)
        self.rehighlight()

    def set_syntax(self, syntax: Syntax) -> None:
        """Read the prompt in another syntax."""
        self._syntax, self._text = syntax, None
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Colour one line."""
        whole = self.document().toPlainText()
        if whole != self._text:
            self._text, self._parsed = whole, parse(whole, self._syntax)
        start = self.currentBlock().position()
        end = start + len(text)
        spans = [span for span in self._parsed.spans if span.start < end and span.end > start]
        for span in sorted(spans, key=lambda span: (_ORDER.index(span.mark), span.start)):
            begin = max(span.start, start)
            self.setFormat(begin - start, min(span.end, end) - begin, self._formats[span.mark])
