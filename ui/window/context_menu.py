"""The menus for what lies under the pointer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from ui.actions.action import Action
from ui.window.menus import areas, inputs, links, nodes
from ui.window.menus.entry import Entry, Inner, Known

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.editing.requests import MenuRequest
    from ui.window.main_window import MainWindow

_CANVAS = (
    Known("node.add"),
    Known("edit.paste"),
    Known("node.frame", apart=True),
    Known("node.note"),
    Known("edit.select_all", apart=True),
    Known("arrange.layout"),
    Known("view.fit_all"),
    Known("node.leave", apart=True),
)


class ContextMenus(QObject):
    """Makes a menu for one occasion.

    Args:
        window: The window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def open(self, request: MenuRequest, editing: Editing) -> None:
        """Show the menu; nothing waits for it."""
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        self.fill(menu, self.entries(request, editing))
        menu.popup(request.where)

    def entries(self, request: MenuRequest, editing: Editing) -> list[Entry]:
        """What the menu for a place holds: the most special thing that lies there comes first."""
        window, found = self._window, list[Entry]()
        if request.port is not None:
            found += inputs.entries(request.port, request, editing, window)
        elif request.output is not None:
            found += links.output_entries(request.output, request, editing, window)
        if request.node is not None:
            found += nodes.entries(request, editing, window)
        elif request.link is not None:
            found += links.entries(request, editing, window)
        elif request.frame is not None:
            found += areas.frame_entries(request.frame, editing, window)
        elif request.note is not None:
            found += areas.note_entries(request.note, editing, window)
        return found or list(_CANVAS)

    def fill(self, menu: QMenu, entries: Iterable[Entry]) -> None:
        """Put entries into a menu."""
        board = self._window.board
        board.refresh()
        for entry in entries:
            if isinstance(entry, Action):
                board.add(entry, menu)
                continue
            if entry.apart:
                menu.addSeparator()
            if isinstance(entry, Inner):
                inner = menu.addMenu(entry.text)
                self.fill(inner, entry.entries)
            elif board.actions[entry.id].isEnabled():
                menu.addAction(board.actions[entry.id])
