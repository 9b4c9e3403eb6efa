"""One clear message above the canvas, with what can be done about it. It blocks nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from ui.theme import SPACE, Theme, icon
from ui.widgets.breaking import BREAK
from ui.widgets.parts import Words

MOST_LINES = 4
"""What is longer scrolls: the canvas below needs room too."""
NARROW = 640
"""Below this width, message and buttons do not fit beside each other."""
Choice = tuple[str, Callable[[], object]]


class _Message(QScrollArea):
    """A text as high as it is, up to some lines.

    Attributes:
        words: The text.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = Words("", "text")
        self.setWidget(self.words)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for widget in (self.viewport(), self.words):
            widget.setAutoFillBackground(False)

    def say(self, text: str) -> None:
        """Show a text from its beginning."""
        self.words.say(text)
        self.verticalScrollBar().setValue(0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width needs another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self.words.text():
            return  # nothing has no height
        height = self.words.heightForWidth(self.viewport().width())
        self.words.setFixedHeight(height)  # else it takes what it would like, and its lines are out of sight
        self.setFixedHeight(min(height, MOST_LINES * self.words.fontMetrics().lineSpacing()))


class Notice(QFrame):
    """A strip with a message, hidden until there is one.

    Args:
        theme: The theme to begin with.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._sign, self._message = QLabel(), _Message()
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
        self._middle.addWidget(self._message, 1)
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
        return self._message.words.text().replace(BREAK, "")

    def tell(self, text: str, *choices: Choice) -> None:
        """Show a message.

        Args:
            text: What happened, and what to do.
            choices: Buttons: what they say and what they do; each also closes the message.
        """
        for button in self._buttons:
            self._choices.removeWidget(button)
            button.deleteLater()
        self.show()  # what is hidden takes no new height
        self._message.say(text)
        self._buttons = [self._button(choice) for choice in choices]
        for button in self._buttons:
            self._choices.addWidget(button)

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
