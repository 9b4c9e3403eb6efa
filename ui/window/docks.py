"""The panels around the canvas. They are made empty, and filled after the window is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget
from shiboken6 import isValid

from ui.window.dock_title import DockTitle

if TYPE_CHECKING:
    from ui.editing.editing import Editing

_LEFT, _RIGHT, _BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
_AREAS = {
    "outline": _LEFT,
    "bookmarks": _LEFT,
    "nodes": _LEFT,
    "inspector": _RIGHT,
    "panel": _RIGHT,
    "problems": _BOTTOM,
    "models": _BOTTOM,
    "gallery": _BOTTOM,
    "log": _BOTTOM,
    "queue": _BOTTOM,
    "runs": _BOTTOM,
}
_WIDTHS = {"outline": 200, "nodes": 272, "inspector": 300}
_FIRST = ("outline", "inspector")
_HEIGHTS = {"problems": 170, "gallery": 264, "queue": 264, "log": 200, "models": 300, "runs": 264}
HIDDEN_AT_FIRST = ("nodes", "problems", "gallery", "queue", "models", "runs", "log")


class Panel(Protocol):
    """What a panel has besides being a widget."""

    def show_editing(self, editing: Editing | None) -> None:
        """Follow a document."""


class Docks(QObject):
    """The docks of a window by name, such as `outline`."""

    changed = Signal()
    left = Signal()
    """A panel was closed: the keyboard is free."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._hidden: list[QDockWidget] | None = None
        titles = {
            "outline": self.tr("Outline"),
            "bookmarks": self.tr("Bookmarks"),
            "nodes": self.tr("Nodes"),
            "inspector": self.tr("Inspector"),
            "panel": self.tr("App panel"),
            "problems": self.tr("Problems"),
            "gallery": self.tr("Gallery"),
            "log": self.tr("Log"),
            "queue": self.tr("Queue"),
            "models": self.tr("Models"),
            "runs": self.tr("Runs"),
        }
        for name, area in _AREAS.items():
            self._docks[name] = self._dock(name, titles[name], area)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.tabifyDockWidget(self._docks["outline"], self._docks["bookmarks"])
        window.tabifyDockWidget(self._docks["bookmarks"], self._docks["nodes"])
        window.tabifyDockWidget(self._docks["inspector"], self._docks["panel"])
        window.tabifyDockWidget(self._docks["problems"], self._docks["gallery"])
        window.tabifyDockWidget(self._docks["gallery"], self._docks["queue"])
        window.tabifyDockWidget(self._docks["queue"], self._docks["models"])
        window.tabifyDockWidget(self._docks["models"], self._docks["runs"])
        window.tabifyDockWidget(self._docks["runs"], self._docks["log"])
        for name in _FIRST:
            self._docks[name].raise_()
        for name in HIDDEN_AT_FIRST:
            self._docks[name].hide()
        self._size({name: _WIDTHS[name] for name in _FIRST}, Qt.Orientation.Horizontal)

    def _size(self, sizes: dict[str, int], along: Qt.Orientation) -> None:
        self._window.resizeDocks([self._docks[name] for name in sizes], list(sizes.values()), along)

    def _dock(self, name: str, title: str, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(QWidget())
        dock.setTitleBarWidget(DockTitle(dock))
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self._window.addDockWidget(area, dock)
        dock.visibilityChanged.connect(self._arranged)
        return dock

    def _arranged(self) -> None:
        """A dock that shares its place has a tab and needs no title of its own."""
        if not isValid(self._window):
            return  # it is being taken apart
        for dock in self._docks.values():
            shared = any(not other.isHidden() for other in self._window.tabifiedDockWidgets(dock))
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle) is shared:
                dock.setTitleBarWidget(QWidget() if shared else DockTitle(dock))
                title.deleteLater()
        self.changed.emit()

    def fill(self) -> None:
        """Put the panels in."""
        from ui.log.panel import LogPanel
        from ui.models.panel import ModelBrowser
        from ui.node_library.panel import NodeLibrary
        from ui.panels.app.app_panel import AppPanel
        from ui.panels.bookmarks import Bookmarks
        from ui.panels.inspector.inspector import Inspector
        from ui.panels.outline.outline import Outline
        from ui.panels.problems import Problems
        from ui.pictures.gallery import Gallery
        from ui.queue.panel import QueuePanel
        from ui.runs.panel import RunHistory

        made: dict[str, QWidget] = {
            "outline": Outline(),
            "bookmarks": Bookmarks(),
            "nodes": NodeLibrary(),
            "inspector": Inspector(),
            "panel": AppPanel(),
            "problems": Problems(),
            "gallery": Gallery(),
            "log": LogPanel(),
            "queue": QueuePanel(),
            "models": ModelBrowser(),
            "runs": RunHistory(),
        }
        for name, widget in made.items():
            empty = self._docks[name].widget()
            self._docks[name].setWidget(widget)
            empty.deleteLater()

    def panel(self, name: str) -> QWidget:
        """What a dock holds."""
        return self._docks[name].widget()

    def show_editing(self, editing: Editing | None) -> None:
        """Let all panels follow a document."""
        for dock in self._docks.values():
            widget = dock.widget()
            if hasattr(widget, "show_editing"):  # it is empty before it is filled
                cast(Panel, widget).show_editing(editing)

    def shows(self, name: str) -> bool:
        """Whether a panel is open, also if another lies over it."""
        return not self._docks[name].isHidden()

    def show(self, name: str) -> None:
        """Open a panel and bring it to the front."""
        opened = self._docks[name].isHidden()
        self._docks[name].show()
        if opened and name in _HEIGHTS and self._docks[name].height() < _HEIGHTS[name]:
            self._size({name: _HEIGHTS[name]}, Qt.Orientation.Vertical)
        if opened and name in _WIDTHS and self._docks[name].width() < _WIDTHS[name]:
            self._size({name: _WIDTHS[name]}, Qt.Orientation.Horizontal)
        self._docks[name].raise_()

    def toggle(self, name: str) -> None:
        """Open a panel, or close it if it is seen; one that others cover comes to the front."""
        dock = self._docks[name]
        covered = not dock.isHidden() and dock.visibleRegion().isEmpty()
        if dock.isHidden() or covered:
            self.show(name)
        else:
            dock.hide()
            self.left.emit()

    @property
    def aside(self) -> bool:
        """Whether the panels are hidden for now."""
        return self._hidden is not None

    def step_aside(self, aside: bool) -> None:
        """Hide all panels, or show again those that were open."""
        if aside and self._hidden is None:
            self._hidden = [dock for dock in self._docks.values() if not dock.isHidden()]
            for dock in self._hidden:
                dock.hide()
        elif not aside and self._hidden is not None:
            for dock in self._hidden:
                dock.show()
            self._hidden = None
