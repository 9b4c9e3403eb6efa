"""A few lines of text, as high as they need, kept when one goes elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from ui.theme.metrics import SPACE

MOST_LINES = 6


class TextEdit(QPlainTextEdit):
    """Text such as a comment. Ctrl+Enter or leaving keeps it, Escape takes it back.

    Args:
        label: What it is for, shown while it is empty.
    """

    kept = Signal(str)

    def __init__(self, label: str) -> None:
        super().__init__(placeholderText=label)
        self._text = ""
        self.setAccessibleName(label)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show a text; what is being typed stays."""
        if text != self._text:
            self._text = text
            if self.toPlainText() != text:
                self.setPlainText(text)

    def _fit(self) -> None:
        lines = max(int(self.document().size().height()), 1)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if lines > MOST_LINES else policy.ScrollBarAlwaysOff
        )
        frame = self.height() - self.viewport().height() if self.isVisible() else SPACE.one
        self.setFixedHeight(min(lines, MOST_LINES) * self.fontMetrics().lineSpacing() + frame)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width needs another number of lines."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as there is room."""
        return QSize(120, self.height())

    def _keep(self) -> None:
        if self.toPlainText() != self._text:
            self._text = self.toPlainText()
            self.kept.emit(self._text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+Enter keeps, Escape takes back."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._keep()
        elif event.key() == Qt.Key.Key_Escape and self.toPlainText() != self._text:
            self.setPlainText(self._text)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Who goes elsewhere keeps what was typed."""
        super().focusOutEvent(event)
        self._keep()
