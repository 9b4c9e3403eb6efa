"""One clear message above the canvas, with what can be done about it. It blocks nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from ui.theme import SPACE, Theme, icon

NARROW = 640
"""Below this width, message and buttons do not fit beside each other."""
Choice = tuple[str, Callable[[], object]]


class Notice(QFrame):
    """A strip with a message, hidden until there is one.

    Args:
        theme: The theme to begin with.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._sign, self._text = QLabel(), QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # names of files may look like markup
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons: list[QPushButton] = []
        self._close = QToolButton(autoRaise=True)
        self._close.setToolTip(self.tr("Close this message"))
        self._close.setAccessibleName(self._close.toolTip())
        self._close.clicked.connect(self.hide)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(SPACE.one)
        self._choices.addStretch(1)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(SPACE.one)
        self._middle.addWidget(self._text, 1)
        self._middle.addLayout(self._choices)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.two, SPACE.half, SPACE.one, SPACE.half)
        row.setSpacing(SPACE.one)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._middle, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.set_theme(theme)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.text()

    def tell(self, text: str, *choices: Choice) -> None:
        """Show a message.

        Args:
            text: What happened, and what to do.
            choices: Buttons: what they say and what they do; each also closes the message.
        """
        for button in self._buttons:
            self._choices.removeWidget(button)
            button.deleteLater()
        self._text.setText(text)
        self._buttons = [self._button(choice) for choice in choices]
        for button in self._buttons:
            self._choices.addWidget(button)
        self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """In a narrow window the buttons go below the message."""
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        self._middle.setDirection(directions.TopToBottom if self.width() < NARROW else directions.LeftToRight)

    def _button(self, choice: Choice) -> QPushButton:
        text, do = choice
        button = QPushButton(text, self)
        button.clicked.connect(partial(self._chosen, do))
        return button

    def _chosen(self, do: Callable[[], object]) -> None:
        self.hide()
        do()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        colors = theme.colors
        self._sign.setPixmap(icon("warning-circle", colors.warning).pixmap(18, 18))
        self._close.setIcon(icon("x", colors.text_muted))
        self.setStyleSheet(
            f"#notice {{ background: {colors.raised}; border-bottom: 1px solid {colors.line}; "
            f"border-left: 3px solid {colors.warning}; }}"
        )
