"""A small box that asks for one line of text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from ui.theme import SPACE
from ui.widgets.places import kept_on_screen

WIDTH = 280


class LinePopup(QFrame):
    """Asks for a line of text: Enter takes it, Escape and a click elsewhere give it up.

    Args:
        title: What for.
        text: What it begins with.
        done: Takes what was entered.
    """

    def __init__(self, title: str, text: str, done: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("popup")
        self._done = done
        label = QLabel(title)
        label.setObjectName("muted")
        self.line = QLineEdit(text)
        self.line.setAccessibleName(title)
        self.line.selectAll()
        label.setBuddy(self.line)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, SPACE.one)
        box.setSpacing(SPACE.half)
        box.addWidget(label)
        box.addWidget(self.line)
        self.setFixedWidth(WIDTH)

    def open_at(self, where: QPoint) -> None:
        """Show it around a place on the screen."""
        self.adjustSize()
        self.move(kept_on_screen(self, where - QPoint(self.width() // 2, self.height() // 2)))
        self.show()
        self.line.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take the line, or give it up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
            self._done(self.line.text())
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
