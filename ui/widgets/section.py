"""What panels are laid out with: parts that fold under a title, and a column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.widgets.parts import RESTYLED, titled


class Section(QWidget):
    """A part of a panel under a title; a click or Space on the title folds it.

    Args:
        title: The title.
        opened: Whether it is unfolded at first.

    Attributes:
        body: Where its content goes.
        head: The line of the title, for buttons beside it.
        opened: Whether it is unfolded.
        title: The button that folds it.
    """

    folded = Signal()

    def __init__(self, title: str, *, opened: bool = True) -> None:
        super().__init__()
        self.title = QToolButton()
        self.title.setObjectName("section")
        self.title.setText(title)
        self.title.setAutoRaise(True)
        self.title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.title.setIconSize(QSize(12, 12))
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.title.setFont(titled(self.title.font()))
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(0, 0, 0, SPACE.one)
        self.body.setSpacing(SPACE.half)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.half)
        self.head = QHBoxLayout()
        self.head.setSpacing(SPACE.half)
        self.head.addWidget(self.title)
        layout.addLayout(self.head)
        layout.addWidget(self._inside)
        self.opened = opened
        self.title.clicked.connect(lambda _checked=False: self.unfold(not self.opened))
        self._inside.setVisible(opened)
        self._draw()

    def unfold(self, opened: bool = True) -> None:
        """Unfold it, or fold it."""
        if opened != self.opened:
            self.opened = opened
            self._inside.setVisible(opened)
            self._draw()
            self.folded.emit()

    def _draw(self) -> None:
        name = "caret-down-bold" if self.opened else "caret-right-bold"
        self.title.setIcon(icon(name, theme_of(self).colors.text_muted))
        self.title.setAccessibleDescription(self.tr("unfolded") if self.opened else self.tr("folded"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in RESTYLED:
            self._draw()


class Scroller(QScrollArea):
    """Shows a column of widgets as wide as the panel, and scrolls it up and down.

    Attributes:
        column: Where the widgets go, from the top.
    """

    def __init__(self) -> None:
        super().__init__()
        content = QWidget()
        self.column = QVBoxLayout()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self.column)
        outer.addStretch(1)  # an alignment would hold text that wraps to the height it wants when it is wide
        self.column.setContentsMargins(SPACE.one + SPACE.half, SPACE.one, SPACE.one + SPACE.half, SPACE.two)
        self.column.setSpacing(SPACE.one)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
