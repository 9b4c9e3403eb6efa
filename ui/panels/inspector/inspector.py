"""The inspector panel: picks the page that suits what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaObject, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from ui.panels.inspector.interface import Interface
from ui.panels.inspector.node_page import NodePage
from ui.panels.inspector.overview import Overview
from ui.theme.metrics import SPACE
from ui.widgets.panel import Panel
from ui.widgets.parts import Words

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Inspector(Panel):
    """What is selected, in full.

    Attributes:
        page: For nodes.
        overview: For the workflow.
        interface: For the inside of a subgraph.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: QMetaObject.Connection | None = None
        self.page, self.overview, self.interface = NodePage(), Overview(), Interface()
        self._none = QWidget()
        hint = QVBoxLayout(self._none)
        hint.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        hint.addWidget(Words(self.tr("No document is open.")), 0, Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedLayout(self)
        for widget in (self._none, self.overview, self.interface, self.page):
            self._stack.addWidget(widget)

    def show_editing(self, editing: Editing | None) -> None:
        """Follow another document, its runs too."""
        if self._runs is not None:
            QObject.disconnect(self._runs)
        self._runs = editing.runChanged.connect(self._follow_run) if editing is not None else None
        super().show_editing(editing)

    def _follow_run(self) -> None:
        """A run tells much: only what it is about is looked at."""
        if self.editing is not None and self.isVisible() and self._stack.currentWidget() is self.page:
            self.page.show_run(self.editing, tuple(self.editing.selection))

    def explain(self) -> None:
        """Bring into view why the selected node runs or not."""
        self.page.run.unfold()
        self.page.ensureWidgetVisible(self.page.run)

    def _sync(self) -> None:
        editing = self.editing
        if editing is None:
            self._stack.setCurrentWidget(self._none)
            return
        nodes = editing.scope.body(editing.document.workflow).nodes
        names = tuple(name for name in nodes if name in editing.selection)
        if names:
            self.page.show_nodes(editing, names)
            self._stack.setCurrentWidget(self.page)
        elif editing.scope.path:
            self.interface.show_scope(editing)
            self._stack.setCurrentWidget(self.interface)
        else:
            self.overview.show_document(editing)
            self._stack.setCurrentWidget(self.overview)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """F2 renames what is shown."""
        names = {self.page: self.page.header.name, self.overview: self.overview.name}
        name = names.get(self._stack.currentWidget(), self.interface.name)  # type: ignore[call-overload]  # widgets are keys
        if event.key() == Qt.Key.Key_F2 and self.editing is not None and name.isEnabled():
            name.edit()
        else:
            super().keyPressEvent(event)
