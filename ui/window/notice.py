"""One clear message above the canvas, with what can be done about it. It blocks nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from ui.theme import SPACE, Theme, icon

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
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons: list[QPushButton] = []
        self._close = QToolButton(autoRaise=True)
        self._close.setToolTip(self.tr("Close this message"))
        self._close.setAccessibleName(self._close.toolTip())
        self._close.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE.two, SPACE.half, SPACE.one, SPACE.half)
        self._row.setSpacing(SPACE.one)
        self._row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
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
            self._row.removeWidget(button)
            button.deleteLater()
        self._text.setText(text)
        self._buttons = [self._button(choice) for choice in choices]
        for button in self._buttons:
            self._row.insertWidget(self._row.count() - 1, button)
        self.show()

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
