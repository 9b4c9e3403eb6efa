"""The workflow as a plain form, for those who do not want to see the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.theme import SPACE

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.panels.app.app_panel import AppPanel

WIDTH = 640


class FormPage(QWidget):
    """The app panel in the middle of the window. The panel is made when it is first wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        self._panel: AppPanel | None = None

    def show_editing(self, editing: Editing | None) -> None:
        """Show the form of a document."""
        if self._panel is None and editing is not None:
            self._panel = self._made()
        if self._panel is not None:
            self._panel.show_editing(editing)

    def _made(self) -> AppPanel:
        from ui.panels.app.app_panel import AppPanel

        panel = AppPanel()
        panel.setMaximumWidth(WIDTH)
        self._row.addStretch(1)
        self._row.addWidget(panel, 100)
        self._row.addStretch(1)
        return panel
