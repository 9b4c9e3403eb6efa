"""What opens over the window: the search for nodes, the command palette, context menus, lines of text."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QCursor

from ui.editing.mending import use_instead
from ui.editing.requests import MenuRequest, SearchRequest, TextRequest
from ui.palette.chooser import Chooser
from ui.palette.commands import CommandPalette
from ui.palette.search import NodeSearch
from ui.window.context_menu import ContextMenus

if TYPE_CHECKING:
    from ui.canvas.actions import Port
    from ui.editing.editing import Editing
    from ui.window.main_window import MainWindow


class Popups(QObject):
    """Opens what documents and actions ask for.

    Args:
        window: The window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._menus = ContextMenus(window)
        window.desk.theme.changed.connect(self._take_theme)

    @cached_property
    def search(self) -> NodeSearch:
        """The search for nodes."""
        return NodeSearch(self._window.desk, self._window)

    @cached_property
    def commands(self) -> CommandPalette:
        """The command palette."""
        return CommandPalette(self._window)

    @cached_property
    def chooser(self) -> Chooser:
        """A list of names to choose from."""
        return Chooser(self._window.desk.theme.theme, self._window)

    def listen(self, editing: Editing) -> None:
        """Answer to what a document asks for."""
        window = self._window
        editing.searchWanted.connect(lambda request: self.open_search(request, editing))
        editing.menuWanted.connect(lambda request: self.open_menu(request, editing))
        editing.textWanted.connect(self.ask_line)
        editing.workflowWanted.connect(window.documents.open_workflow)
        editing.said.connect(window.say)
        for signal in (editing.selectionChanged, editing.scopeChanged):
            signal.connect(lambda _: self._tell(editing))
        editing.problemsChanged.connect(lambda: self._tell(editing))
        editing.canvas.zoomChanged.connect(lambda _: window.status.show_editing(window.editing))
        editing.canvas.addActions(window.board.for_canvas)

    def _tell(self, editing: Editing) -> None:
        if editing is self._window.editing:
            self._window.describe()

    def open_search(self, request: SearchRequest, editing: Editing) -> None:
        """Offer nodes."""
        self.search.open(request, editing)

    def search_at_pointer(self, *, replace: bool = False) -> None:
        """Offer nodes where the pointer is, or in the middle of the canvas if it is elsewhere."""
        editing = self._window.editing
        if editing is None:
            return
        canvas = editing.canvas
        pixel = canvas.viewport().mapFromGlobal(QCursor.pos())
        if not canvas.viewport().rect().contains(pixel):
            pixel = canvas.viewport().rect().center()
        where = canvas.viewport().mapToGlobal(pixel)
        self.open_search(SearchRequest(canvas.mapToScene(pixel), where, replace=replace), editing)

    def open_commands(self) -> None:
        """Offer all actions."""
        self.commands.open()

    def open_menu(self, request: MenuRequest, editing: Editing) -> None:
        """Show the menu for what lies at a place."""
        self._menus.open(request, editing)

    def ask_line(self, request: TextRequest) -> None:
        """Ask for a line of text."""
        where = QCursor.pos() if request.where is None else request.where
        self._window.asking.line(request.title, request.text, request.done, where)

    def choose_file(self, editing: Editing, port: Port, where: QPoint) -> None:
        """Offer other files for one that is not here; all nodes that name it get the one that is chosen."""
        spec, value = editing.spec(port.node).input(port.input), editing.value(port)
        if spec is None:
            return
        names = editing.desk.choices(spec)
        if not names:
            self._window.say(self.tr("There is no other file of this kind here"))
            return
        hint = self.tr("Use instead of {0}").format(value)
        self.chooser.open(names, str(value), hint, lambda name: self._use(editing, port, name), where)

    def _use(self, editing: Editing, port: Port, name: str) -> None:
        count = use_instead(editing, port, name)
        text = self.tr("1 node uses {1} now") if count == 1 else self.tr("{0} nodes use {1} now")
        self._window.say(text.format(count, name))

    def _take_theme(self) -> None:
        for name in ("search", "commands", "chooser"):
            if name in self.__dict__:  # those that were opened once
                getattr(self, name).set_theme(self._window.desk.theme.theme)
