"""Small widgets that panels are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.panels.panel import theme_of
from ui.theme.icons import icon
from ui.theme.metrics import SPACE

RESTYLED = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.EnabledChange)


class IconButton(QToolButton):
    """A flat button with an icon that keeps to the theme.

    Args:
        name: The icon.
        tip: What it does; also what a screen reader says.
        do: What it does; None: whoever made it connects it.
    """

    def __init__(self, name: str, tip: str, do: Callable[[], object] | None = None) -> None:
        super().__init__()
        self._name, self._tone = name, "text_muted"
        self.setAutoRaise(True)
        self.setIconSize(QSize(16, 16))
        self.setFixedSize(QSize(24, 24))
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._draw()
        if do is not None:
            self.clicked.connect(lambda _checked=False: do())

    def show_icon(self, name: str, tone: str = "text_muted") -> None:
        """Show another icon, or the same in another of the theme's colours."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self._draw()

    def _draw(self) -> None:
        colors = theme_of(self).colors
        self.setIcon(icon(self._name, getattr(colors, self._tone if self.isEnabled() else "line")))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in RESTYLED:
            self._draw()


class Words(QLabel):
    """Text that wraps and can be selected, in one of the theme's colours.

    Args:
        text: The text.
        tone: A colour of the theme.
    """

    def __init__(self, text: str = "", tone: str = "text_muted") -> None:
        super().__init__(text)
        self._tone = tone
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._color()

    def set_tone(self, tone: str) -> None:
        """Use another colour."""
        self._tone = tone
        self._color()

    def say(self, text: str) -> None:
        """Show a text, or nothing at all if it is empty."""
        self.setText(text)
        self.setVisible(bool(text))

    def _color(self) -> None:
        color = getattr(theme_of(self).colors, self._tone)
        if self.palette().color(QPalette.ColorRole.WindowText).name() != color:
            palette = self.palette()
            palette.setColor(QPalette.ColorRole.WindowText, color)
            self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._color()


class Elided(QLabel):
    """A line of text that is shortened where it would not fit; the tip says all of it."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(SPACE.three)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Draw as much as fits."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter, self.rect(), int(self.alignment()), self.palette(), self.isEnabled(), text,
            self.foregroundRole(),
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """A tip is needed only where something is missing."""
        super().resizeEvent(event)
        wide = self.fontMetrics().horizontalAdvance(self.text())
        self.setToolTip(self.text() if wide > self.width() else "")


class Section(QWidget):
    """A part of a panel under a title; a click or Space on the title folds it.

    Args:
        title: The title.
        opened: Whether it is unfolded at first.

    Attributes:
        body: Where its content goes.
        title: The button that folds it.
    """

    def __init__(self, title: str, *, opened: bool = True) -> None:
        super().__init__()
        self.title = QToolButton()
        self.title.setText(title)
        self.title.setCheckable(True)
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
        layout.addWidget(self.title)
        layout.addWidget(self._inside)
        self.title.toggled.connect(self._fold)
        self.title.setChecked(opened)
        self._fold(opened)

    @property
    def opened(self) -> bool:
        """Whether it is unfolded."""
        return self.title.isChecked()

    def _fold(self, opened: bool) -> None:
        self._inside.setVisible(opened)
        self._draw()

    def _draw(self) -> None:
        name = "caret-down-bold" if self.opened else "caret-right-bold"
        self.title.setIcon(icon(name, theme_of(self).colors.text_muted))

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
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(SPACE.one + SPACE.half, SPACE.one, SPACE.one + SPACE.half, SPACE.two)
        self.column.setSpacing(SPACE.one)
        self.column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)


def taken(event: QKeyEvent, keys: Collection[int]) -> bool:
    """Take a key, pressed alone, before the shortcuts of the window do."""
    alone = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    if event.key() not in keys or event.modifiers() not in alone:
        return False
    event.accept()
    return True


def titled(font: QFont) -> QFont:
    """The font of titles."""
    result = QFont(font)
    result.setWeight(QFont.Weight.DemiBold)
    return result


def row(*widgets: QWidget | int) -> QWidget:
    """Widgets side by side; a number is a space that grows."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE.half)
    for widget in widgets:
        layout.addStretch(widget) if isinstance(widget, int) else layout.addWidget(widget)
    return holder


def clear(layout: QLayout) -> None:
    """Take all widgets out of a layout and end them."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
