"""Small widgets that panels are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.widgets.breaking import BREAK, breakable

INSIDE = 2 * SPACE.one + 2
"""What frame and padding of a button take."""
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
        self.setIcon(icon(self._name, getattr(colors, self._tone)))

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
        super().__init__(breakable(text))
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

    def set_heading(self, heading: bool) -> None:
        """Be the name of what is told below, or no more than a hint of what to do."""
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold if heading else QFont.Weight.Normal)
        self.setFont(font)
        self.set_tone("text" if heading else "text_muted")

    def say(self, text: str) -> None:
        """Show a text, or nothing at all if it is empty."""
        self.setText(breakable(text))
        self.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy what is selected."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer to copy what is selected, or else everything."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy"), self._copy)
        menu.popup(event.globalPos())

    def _copy(self) -> None:
        text = self.selectedText() or self.text()
        QGuiApplication.clipboard().setText(text.replace(BREAK, ""))

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
    """A line of text that is shortened where it would not fit; the tip says all of it.

    Args:
        text: The text.
        more: What the tip says besides.
    """

    def __init__(self, text: str = "", more: str = "") -> None:
        super().__init__(text)
        self._more = more
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
        """Say all of it where something is missing."""
        super().resizeEvent(event)
        self._tell()

    def show_text(self, text: str, more: str | None = None) -> None:
        """Show another text; `more` is what the tip says besides, None: as before."""
        self._more = self._more if more is None else more
        if text != self.text():
            self.setText(text)
        self._tell()

    def _tell(self) -> None:
        whole = self.fontMetrics().horizontalAdvance(self.text()) <= self.width()
        self.setToolTip("\n".join(line for line in ("" if whole else self.text(), self._more) if line))


class ShortButton(QPushButton):
    """A button whose text is shortened where it would not fit; the tip says all of it.

    Args:
        text: The text.
        do: What it does; None: whoever made it connects it.
    """

    def __init__(self, text: str, do: Callable[[], object] | None = None) -> None:
        super().__init__()
        self._text = text
        self.setObjectName("short")
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setMinimumWidth(SPACE.three)
        if do is not None:
            self.clicked.connect(lambda _checked=False: do())

    @property
    def whole_text(self) -> str:
        """All of the text."""
        return self._text

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """What all of the text needs."""
        wide = self.fontMetrics().horizontalAdvance(self._text) + INSIDE
        return QSize(wide, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show as much as fits."""
        super().resizeEvent(event)
        room = self.width() - INSIDE + 1
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideMiddle, room))


class Jump(ShortButton):
    """A button that shows something, with its name at the left.

    Args:
        text: What is shown.
        do: Shows it; None: whoever made it connects it.
    """

    def __init__(self, text: str, do: Callable[[], object] | None = None) -> None:
        super().__init__(text, do)
        self.setObjectName("jump")
        self.setToolTip(self.tr("Show {0}").format(text))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


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
    while layout.count() and (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
