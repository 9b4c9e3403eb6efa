"""A name that reads like a label and is edited in place: by a double click, F2 or Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit

from ui.theme.metrics import SPACE
from ui.widgets.parts import taken, titled

INSIDE = SPACE.two
"""What frame and padding take."""
LEAST = 96
"""How much room there is to type at least."""


class NameEdit(QLineEdit):
    """A line that is only edited when asked to.

    Args:
        label: What a screen reader calls it.
    """

    renamed = Signal(str)

    def __init__(self, label: str) -> None:
        super().__init__()
        self._name = ""
        self.setAccessibleName(label)
        self.setReadOnly(True)
        self.setFont(titled(self.font()))
        self.setStyleSheet(
            "QLineEdit:read-only { background: transparent; border-color: transparent; padding-left: -3px; }"
        )
        self.returnPressed.connect(self._enter)

    def show_name(self, name: str) -> None:
        """Show a name; what is being typed stays."""
        if name != self._name or self.isReadOnly():
            self._name = name
            self._draw()
            self.updateGeometry()
            self.setToolTip(self.tr("{0}: F2 renames").format(name))

    def _draw(self) -> None:
        """Show as much of the name as fits."""
        if self.isReadOnly():
            room = self.width() - INSIDE
            self.setText(self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room))
            self.setCursorPosition(0)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """What the name needs."""
        wide = self.fontMetrics().horizontalAdvance(self._name) + INSIDE + 1
        return QSize(wide if self.isReadOnly() else max(wide, LEAST), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show as much as fits."""
        super().resizeEvent(event)
        self._draw()

    def edit(self) -> None:
        """Let the name be typed over."""
        self.setReadOnly(False)
        self.setText(self._name)
        self.updateGeometry()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def _enter(self) -> None:
        if self.isReadOnly():
            self.edit()
        else:
            self._end(keep=True)

    def _end(self, *, keep: bool) -> None:
        if self.isReadOnly():
            return
        text = self.text().strip()
        self.setReadOnly(True)
        self.deselect()
        self.updateGeometry()
        self._draw()
        if keep and text and text != self._name:
            self.renamed.emit(text)

    def event(self, event: QEvent) -> bool:
        """F2 is ours while we have the focus, and all keys are while a name is typed."""
        ours = (Qt.Key.Key_F2,) if self.isReadOnly() else (Qt.Key.Key_F2, Qt.Key.Key_Escape)
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            return taken(event, ours) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """F2 begins, Escape gives up."""
        if event.key() == Qt.Key.Key_F2 and self.isReadOnly():
            self.edit()
        elif event.key() == Qt.Key.Key_Escape and not self.isReadOnly():
            self._end(keep=False)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin."""
        if self.isReadOnly():
            self.edit()
        else:
            super().mouseDoubleClickEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Who goes elsewhere keeps what was typed."""
        super().focusOutEvent(event)
        self._end(keep=True)
