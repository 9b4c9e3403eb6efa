"""One setting each: a name, a field, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ui.theme import SPACE
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.parts import IconButton, Words

Choices = Sequence[tuple[str, Any]]
"""What people read, and the value it stands for."""
NAME_WIDTH = 150


class SettingRow(QWidget):
    """The name of a setting, its field beside it, and a note below.

    Args:
        name: What it is called.
        field: Changes it.
        hint: A sentence about it.
    """

    def __init__(self, name: str, field: QWidget, hint: str = "") -> None:
        super().__init__()
        label = QLabel(name)
        label.setFixedWidth(NAME_WIDTH)
        label.setWordWrap(True)
        label.setBuddy(field)
        field.setAccessibleName(name)
        self._hint = hint
        self.note = Words(hint)
        self.note.setVisible(bool(hint))
        right = QVBoxLayout()
        right.setSpacing(SPACE.half)
        right.addWidget(field)
        right.addWidget(self.note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, SPACE.half)
        row.setSpacing(SPACE.two)
        label.setContentsMargins(0, SPACE.half, 0, 0)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(right, 1)

    def complain(self, text: str) -> None:
        """Say what is wrong; an empty text takes it back."""
        self.note.set_tone("error" if text else "text_muted")
        self.note.say(text or self._hint)

    def warn(self, text: str) -> None:
        """Say what goes before this setting."""
        self.note.set_tone("warning")
        self.note.say(text)


class Choice(ChoiceBox):
    """One of a few values. The wheel scrolls the page, not the value.

    Args:
        choices: What there is.
    """

    chosen = Signal(object)

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for text, value in choices:
            self.addItem(text, value)
        self.activated.connect(lambda _: self.chosen.emit(self.currentData()))

    def show_value(self, value: Any) -> None:
        """Show a value; one that is not among the choices is added."""
        index = self.findData(value)
        if index < 0:
            self.addItem(str(value), value)
            index = self.count() - 1
        self.setCurrentIndex(index)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the wheel to the page."""
        event.ignore()


class Line(QLineEdit):
    """A text that is taken when it is done.

    Args:
        usual: What it is when it is empty.

    Attributes:
        usual: The same, whole.
    """

    chosen = Signal(object)

    def __init__(self, usual: str) -> None:
        super().__init__()
        self.usual = usual
        self.setPlaceholderText(usual)
        self._before = ""
        self.editingFinished.connect(self._done)

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self._before = "" if value is None else str(value)
        self.setText(self._before)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """A long path is shortened in its middle; whoever points at it reads all."""
        super().resizeEvent(event)
        room = event.size().width() - 2 * SPACE.one
        shown = self.fontMetrics().elidedText(self.usual, Qt.TextElideMode.ElideMiddle, room)
        self.setPlaceholderText(shown)

    def _done(self) -> None:
        text = self.text().strip()
        if text != self._before:
            self._before = text
            self.chosen.emit(text or None)


class FolderLine(QWidget):
    """The path of a folder, typed or picked.

    Args:
        usual: What it is when it is empty.
    """

    chosen = Signal(object)

    def __init__(self, usual: str) -> None:
        super().__init__()
        self.line = Line(usual)
        self.line.setToolTip(usual)
        self.line.chosen.connect(self.chosen)
        self.pick = IconButton("folder-open", self.tr("Choose a folder"), self._pick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.half)
        row.addWidget(self.line, 1)
        row.addWidget(self.pick)
        self.setFocusProxy(self.line)

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.line.show_value(value)

    def _pick(self) -> None:
        begin = self.line.text() or self.line.usual
        folder = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder"), begin)
        if folder:
            self.line.show_value(folder)
            self.chosen.emit(folder)


class Switch(QCheckBox):
    """Yes or no.

    Args:
        text: What is on or off.
    """

    chosen = Signal(object)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAccessibleName(text)
        self.clicked.connect(self._tell)

    def _tell(self) -> None:
        self.chosen.emit(self.isChecked())

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.setChecked(bool(value))
