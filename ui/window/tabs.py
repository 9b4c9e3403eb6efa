"""The tabs of open documents: close buttons that turn into a dot when there are unsaved changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QTabBar, QToolButton, QWidget

from ui.theme import SPACE, Theme, glyph, icon, icon_font

_RIGHT = QTabBar.ButtonPosition.RightSide


class CloseButton(QAbstractButton):
    """Closes a tab. Shows a dot while the document has unsaved changes and the pointer is elsewhere."""

    def __init__(self, color: QColor, parent: QWidget) -> None:
        super().__init__(parent)
        self.color, self.modified = color, False
        self.setFixedSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Close"))

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Show the cross."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Show the dot again."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the dot or the cross."""
        painter = QPainter(self)
        dot = self.modified and not self.underMouse()
        painter.setFont(icon_font(9 if dot else 12))
        painter.setPen(self.color)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, glyph("circle-fill" if dot else "x"))
        painter.end()


class Tabs(QTabBar):
    """The tabs themselves."""

    newWanted = Signal()  # noqa: N815 - signals are named as Qt names them

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setMovable(True)
        self.setDocumentMode(True)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setDrawBase(False)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName(self.tr("Open documents"))

    def add(self, title: str) -> int:
        """Add a tab and return its index."""
        index = self.addTab(title)
        button = CloseButton(QColor(self._theme.colors.text_muted), self)
        button.clicked.connect(lambda: self.tabCloseRequested.emit(self._index_of(button)))
        self.setTabButton(index, _RIGHT, button)
        return index

    def describe(self, index: int, title: str, tip: str, *, modified: bool) -> None:
        """Say what a tab holds."""
        self.setTabText(index, title.replace("&", "&&"))
        self.setTabToolTip(index, tip)
        button = self.tabButton(index, _RIGHT)
        if isinstance(button, CloseButton) and button.modified != modified:
            button.modified = modified
            button.setToolTip(self.tr("Close; it has unsaved changes") if modified else self.tr("Close"))
            button.update()

    def _index_of(self, button: QWidget) -> int:
        return next(index for index in range(self.count()) if self.tabButton(index, _RIGHT) is button)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        for index in range(self.count()):
            button = self.tabButton(index, _RIGHT)
            if isinstance(button, CloseButton):
                button.color = QColor(theme.colors.text_muted)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The middle button closes."""
        if event.button() is Qt.MouseButton.MiddleButton:
            index = self.tabAt(event.position().toPoint())
            if index >= 0:
                self.tabCloseRequested.emit(index)
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A double click beside the tabs opens a new document."""
        if self.tabAt(event.position().toPoint()) < 0:
            self.newWanted.emit()
        else:
            super().mouseDoubleClickEvent(event)

    def place_of(self, index: int) -> QPoint:
        """The middle of a tab, in the bar's pixels."""
        rect: QRect = self.tabRect(index)
        return rect.center()


class TabRow(QWidget):
    """The tabs and a button for a new document.

    Args:
        theme: The theme to begin with.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tabrow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = Tabs(theme)
        self.plus = QToolButton(autoRaise=True)
        self.plus.setToolTip(self.tr("New workflow"))
        self.plus.setAccessibleName(self.plus.toolTip())
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.half, 0, SPACE.half, 0)
        row.setSpacing(SPACE.half)
        row.addWidget(self.tabs)
        row.addWidget(self.plus)
        row.addStretch(1)
        self.plus.clicked.connect(self.tabs.newWanted)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.tabs.set_theme(theme)
        self.plus.setIcon(icon("plus", theme.colors.text_muted))
