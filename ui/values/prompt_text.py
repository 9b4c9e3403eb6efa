"""The text of a prompt: coloured, as high as it needs, with weights on Ctrl+Up and Ctrl+Down."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from nodeflow.prompts import Syntax
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.values.prompt_highlighter import PromptHighlighter
from ui.values.prompt_weights import LARGE_STEP, STEP, shifted

FEWEST_LINES, MOST_LINES = 3, 10
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class PromptText(QPlainTextEdit):
    """Edits the text of a prompt.

    Attributes:
        highlighter: Colours it.
        syntax: How it is read.
    """

    weighed = Signal()
    """A weight was changed; the text is new."""
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.highlighter = PromptHighlighter(self.document(), theme_of(self))
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(SPACE.hair)
        self.syntax = Syntax.A1111
        self._lines = 0
        self._colored = ""
        self.textChanged.connect(self._recolor)

    def set_syntax(self, syntax: Syntax) -> None:
        """Read and colour the text in another syntax."""
        self.syntax = syntax
        self.highlighter.set_syntax(syntax)

    def _recolor(self) -> None:
        """Colour the other lines, too: a bracket may reach over them, and colouring is a change to Qt."""
        text = self.toPlainText()
        if text != self._colored:
            self._colored = text
            if self.blockCount() > 1:
                self.highlighter.rehighlight()
            self._fit()

    def _fit(self) -> None:
        """Ask for another height if there are more or fewer lines now."""
        lines = round(self.document().size().height())
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width needs another number of lines."""
        super().resizeEvent(event)
        self._fit()

    def _height(self, lines: int) -> int:
        margins = 2 * (self.frameWidth() + SPACE.half + SPACE.hair) + SPACE.half
        return lines * self.fontMetrics().lineSpacing() + margins

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the text, within reason."""
        return QSize(240, self._height(min(max(self._lines, FEWEST_LINES), MOST_LINES)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it wants to be, so that forms scroll instead of squeezing it."""
        return QSize(64, self.sizeHint().height())

    def weigh(self, step: float) -> bool:
        """Change the weight of the selection or of what the cursor is in; False if there is nothing."""
        cursor = self.textCursor()
        change = shifted(self.toPlainText(), cursor.anchor(), cursor.position(), step, self.syntax)
        if change is None:
            return False
        cursor.beginEditBlock()
        cursor.setPosition(change.start)
        cursor.setPosition(change.end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(change.text)
        cursor.endEditBlock()
        cursor.setPosition(change.anchor)
        cursor.setPosition(change.position, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.weighed.emit()
        return True

    def event(self, event: QEvent) -> bool:
        """The keys for weights are no shortcuts here."""
        if event.type() == QEvent.Type.ShortcutOverride and _weighs(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.ShortcutOverride and self._leaves_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def _leaves_undo(self, event: QEvent) -> bool:
        """What cannot be undone in the text is left to the document."""
        if not isinstance(event, QKeyEvent):
            return False
        undo, redo = (
            event.matches(key) for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
        )
        text = self.document()
        return (undo and not text.isUndoAvailable()) or (redo and not text.isRedoAvailable())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Weigh; Ctrl+Enter is for whoever runs the workflow."""
        if _weighs(event):
            step = LARGE_STEP if event.modifiers() & _SHIFT else STEP
            self.weigh(step if event.key() == Qt.Key.Key_Up else -step)
        elif event.modifiers() & _CONTROL and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Typing has ended."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Without the focus, the wheel scrolls the form."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.highlighter.set_theme(theme_of(self))


def _weighs(event: QEvent) -> bool:
    if not isinstance(event, QKeyEvent) or event.key() not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        return False
    return event.modifiers() & ~_SHIFT & ~Qt.KeyboardModifier.KeypadModifier == _CONTROL
