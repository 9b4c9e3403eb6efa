"""What stands over a dock that has no tab: its name, and a button that closes it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from ui.theme import SPACE, icon


class DockTitle(QWidget):
    """The title of a dock; the dock is dragged by it.

    Args:
        dock: The dock.

    Attributes:
        close_button: Closes the dock.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("docktitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        name = QLabel(dock.windowTitle())
        self.close_button = QToolButton(autoRaise=True)
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.setFixedSize(SPACE.three, SPACE.three)
        self.close_button.setToolTip(self.tr("Close {0}").format(dock.windowTitle()))
        self.close_button.setAccessibleName(self.close_button.toolTip())
        self.close_button.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.one + SPACE.half, SPACE.half, SPACE.half, SPACE.half)
        row.addWidget(name, 1)
        row.addWidget(self.close_button)
        self._draw()

    def _draw(self) -> None:
        self.close_button.setIcon(icon("x", self.palette().color(QPalette.ColorRole.PlaceholderText).name()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw()
