"""Editing the value of an input without leaving the outline."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from ui.canvas.fields import FieldKind, field_kind
from ui.panels.binding import Binding
from ui.panels.input_row import InputRow
from ui.theme.metrics import SPACE

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ValuePopup(QFrame):
    """An input below its row. Enter keeps the value, Ctrl+Enter where Enter begins a line; Escape leaves.

    Args:
        binding: The input.
        owner: Whoever gets the keyboard back.

    Attributes:
        row: The input.
    """

    def __init__(self, binding: Binding, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.row, self._owner = InputRow(binding, plain=True), owner
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, SPACE.half)
        layout.addWidget(self.row)
        binding.editing.changed.connect(self._follow)
        editor = self.row.editor
        for child in editor.findChildren(QWidget) if editor is not None else ():
            child.installEventFilter(self)
        if editor is not None and editor.picks:
            editor.edited.connect(self.close)
            editor.left.connect(self.close)

    def open_at(self, where: QPoint, width: int) -> None:
        """Open with its corner at a place on the screen."""
        self.setFixedWidth(width)
        self.adjustSize()
        room = self._owner.screen().availableGeometry()
        left = max(min(where.x(), room.right() - width), room.left())
        self.move(left, max(min(where.y(), room.bottom() - self.height()), room.top()))
        self.show()
        if self.row.editor is not None:
            self.row.editor.begin()

    def _follow(self) -> None:
        if self.row.binding.exists():
            self.row.sync()
        else:
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802, ARG002 - Qt's name
        """Leave once the field has dealt with Enter."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._ends(event):
            QTimer.singleShot(0, self, self._leave)
        return False

    def _ends(self, event: QKeyEvent) -> bool:
        many = field_kind(self.row.binding.spec) is FieldKind.PROMPT
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return event.key() in ENTER and control == many

    def _leave(self) -> None:
        """Close, unless the value was refused or a list has opened."""
        editor = self.row.editor
        try:
            if editor is not None:
                editor.finish()
        except ValueError:
            return
        if QApplication.activePopupWidget() is self:
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
