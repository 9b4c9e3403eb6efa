"""A line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from nodeflow.node.spec import InputSpec
from ui.values.editor import ValueEditor
from ui.values.looks import HEIGHT

if TYPE_CHECKING:
    from ui.desk import Desk


class TextEditor(ValueEditor):
    """Edits a line of text; Enter or leaving keeps it, Escape takes it back.

    Attributes:
        line: Where it is typed.
    """

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self.line = QLineEdit()
        self.line.setMinimumSize(48, HEIGHT)
        self.line.editingFinished.connect(self._keep)
        self.line.installEventFilter(self)
        self._hold(self.line)
        self._show()

    def _show(self) -> None:
        text = self._value if isinstance(self._value, str) else ""
        if self.line.text() != text:
            self.line.setText(text)
            if not self.line.hasFocus():
                self.line.setCursorPosition(0)  # the beginning of a long text says more than its end
        self.line.setPlaceholderText(self._hint())

    def _hint(self) -> str:
        if self.mixed:
            return self.tr("several values")
        return self.tr("none") if self.spec.optional and self._value is None else ""

    def begin(self) -> None:
        """Type over what is there."""
        self.line.setFocus()
        self.line.selectAll()

    def _typed(self) -> str | None:
        """What was typed; nothing typed where there was nothing is still nothing.

        Raises:
            ValueError: For those that derive from this.
        """
        return self.line.text() or (None if self._value is None else "")

    def finish(self) -> None:
        """Take what was typed."""
        self._value = self._typed()

    def _keep(self) -> None:
        try:
            text = self._typed()
        except ValueError as error:
            self.complain(str(error))
            return
        self.complain("")
        if text != self._value:
            self._tell(text)
        else:
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Escape takes back what was typed."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            before = self._value if isinstance(self._value, str) else ""
            if event.key() == Qt.Key.Key_Escape and self.line.text() != before:
                self._refresh()
                return True
        return super().eventFilter(watched, event)
