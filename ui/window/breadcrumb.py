"""Where one is inside nested subgraphs: a row of names above the canvas, each a way back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from ui.theme import SPACE, Theme, icon

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Breadcrumb(QFrame):
    """Shown while one is inside a subgraph.

    Args:
        theme: The theme to begin with.
    """

    wanted = Signal(int)
    """How many of the names to keep: 0 goes back to the workflow itself."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("breadcrumb")
        self._theme = theme
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE.one, 0, SPACE.one, 0)
        self._row.setSpacing(0)
        self.hide()

    def show_editing(self, editing: Editing | None) -> None:
        """Show where a document is."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        path = editing.scope.path if editing else ()
        self.setVisible(bool(path))
        if editing is None or not path:
            return
        for depth, name in enumerate((editing.document.title, *path)):
            self._add(name, depth, last=depth == len(path))
        self._row.addStretch(1)

    def _add(self, name: str, depth: int, *, last: bool) -> None:
        if depth:
            arrow = QLabel()
            arrow.setPixmap(icon("caret-right", self._theme.colors.text_muted).pixmap(12, 12))
            self._row.addWidget(arrow)
        button = QToolButton(autoRaise=True)
        button.setText(name.replace("&", "&&"))
        button.setObjectName("here" if last else "way")
        button.setEnabled(not last)
        button.clicked.connect(partial(self.wanted.emit, depth))
        self._row.addWidget(button)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
