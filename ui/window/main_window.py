"""The main window: puts its parts together and passes on what concerns several of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QMoveEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QTextEdit,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from nodeflow.errors import NodeflowError
from ui.actions.action import Context
from ui.actions.board import Board
from ui.actions.catalogue import TOOLBAR
from ui.log.log import Level
from ui.node_library.kept import Library
from ui.running.front import RunFront
from ui.theme import Theme
from ui.window.asking import Asking
from ui.window.breadcrumb import Breadcrumb
from ui.window.docks import Docks
from ui.window.loading import Loading
from ui.window.notice import Choice, Notice
from ui.window.pages import Pages
from ui.window.remembered import Remembering, recall, remember
from ui.window.status_bar import StatusBar
from ui.window.tabs import TabRow
from ui.window.type_news import TypeNews

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.editing.editing import Editing
    from ui.help.front import HelpFront
    from ui.panels.inspector import Inspector
    from ui.pictures.front import PicturesFront
    from ui.queue.front import QueueFront
    from ui.window.browsing import Browsing
    from ui.window.documents import Documents
    from ui.window.popups import Popups

MINIMUM = QSize(900, 560)
THEMES = {"dark": True, "light": False}


class MainWindow(QMainWindow):
    """The window. Nothing of a document is imported until it is painted.

    Args:
        desk: What all documents share.

    Attributes:
        documents: The open documents; there once the window is loaded.
        pictures: The gallery and the viewer; likewise.
        browsing: Node library, models and earlier runs; likewise.
        help: The guide and the like; likewise.
        queue: What is shown of the queue; likewise.
        popups: Search, command palette and context menus; likewise.
        editing: The document in front; None if none is open.
        ready: Whether documents can be opened.
        loading: Whether files of last time are still to come.
    """

    painted = Signal()
    """The window is on the screen for the first time."""
    loaded = Signal()
    """Everything is there, and the files are open."""

    documents: Documents
    pictures: PicturesFront
    browsing: Browsing
    help: HelpFront
    queue: QueueFront
    popups: Popups

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.ready = self.loading = False
        self._painted = False
        self.editing: Editing | None = None
        self.theme_choice = str(desk.settings.value("theme", "system"))
        desk.theme.choose(THEMES.get(self.theme_choice))
        theme = desk.theme.theme
        self.setWindowTitle("nodeflow")
        self.setMinimumSize(MINIMUM)
        self.setAcceptDrops(True)
        self.asking = Asking(self)
        self.library: Library = Library(self)
        self.tab_row, self.breadcrumb = TabRow(theme), Breadcrumb(theme)
        self.notice, self.status = Notice(theme), StatusBar(theme)
        self.pages: Pages = Pages(self)
        self.types: TypeNews = TypeNews(self)
        self._lay_out()
        self.docks = Docks(self)
        self.board = Board(Context(self))
        self.board.fill_bar(self.menuBar())
        tool_bar = self._tool_bar()
        self.board.fill_tool_bar(tool_bar, TOOLBAR)
        self.running = RunFront(self, tool_bar)
        self._listen()
        recall(self)
        self.remembering = Remembering(self)
        self.docks.step_aside(True)  # a start page has nothing to inspect

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.tab_row, self.breadcrumb, self.notice):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(middle)
        self.setStatusBar(self.status)
        self.setDockNestingEnabled(True)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)

    def _tool_bar(self) -> QToolBar:
        bar = QToolBar(self.tr("Tool bar"))
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        self.addToolBar(bar)
        return bar

    def _listen(self) -> None:
        self.desk.theme.changed.connect(self._take_theme)
        self.status.problemsWanted.connect(lambda: self.docks.show("problems"))
        self.status.zoomWanted.connect(self._full_size)
        self.breadcrumb.wanted.connect(self._go_out)
        self.docks.changed.connect(self._docks_changed)
        self.docks.left.connect(self.pages.focus_canvas)

    def _full_size(self) -> None:
        if self.editing is not None:
            self.editing.canvas.set_zoom(1.0)

    def begin(self, files: Sequence[str] = ()) -> None:
        """Load everything, and open files, as soon as the window is painted.

        Args:
            files: Workflows to open; none: those that were open last.
        """
        loading = Loading(self, files)
        self.loading = True
        self.loaded.connect(self._loaded)
        self.painted.connect(loading.begin)

    def _loaded(self) -> None:
        self.loading = False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Remember the size."""
        super().resizeEvent(event)
        if self.ready:
            self.remembering.changed()

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802 - Qt's name
        """Remember the place."""
        super().moveEvent(event)
        if self.ready:
            self.remembering.changed()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Notice the first time."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def follow(self, editing: Editing | None) -> None:
        """Bring a document to the front, or the start page if there is none."""
        self.editing = editing
        self.docks.step_aside(editing is None or self.pages.form_only)
        self.docks.show_editing(editing)
        self.tab_row.setVisible(editing is not None)
        self.breadcrumb.show_editing(None if self.pages.form_only else editing)
        self.pages.show_editing(editing)
        self.describe()

    def describe(self) -> None:
        """Bring the title, the actions and the status bar up to date."""
        document = self.editing.document if self.editing else None
        title = self.documents.title(self.editing) if self.editing else ""
        self.setWindowTitle(f"{title}[*]" if title else "nodeflow")
        self.setWindowModified(document is not None and document.modified)
        self.breadcrumb.show_editing(None if self.pages.form_only else self.editing)
        self.status.show_editing(self.editing)
        self.running.show_editing(self.editing)
        self.board.refresh()

    def _docks_changed(self) -> None:
        if self.ready:
            self.board.refresh()

    def _go_out(self, depth: int) -> None:
        if self.editing is not None:
            scope = self.editing.scope
            while len(scope.path) > depth:
                scope = scope.outer
            self.editing.show_scope(scope)

    def say(self, text: str) -> None:
        """Say a sentence in the status bar."""
        self.status.say(text)
        self.desk.log.add(Level.INFO, text)

    def tell(self, error: NodeflowError | str, *choices: Choice) -> None:
        """Tell what went wrong, above the canvas."""
        self.notice.tell(str(error), *choices)
        if isinstance(error, str) or error.node is None:  # else its run has noted it already
            self.desk.log.add(Level.WARNING, str(error))

    def search_at_pointer(self, *, replace: bool = False) -> None:
        """Open the search for nodes where the pointer is, or in the middle of the canvas."""
        self.popups.search_at_pointer(replace=replace)

    def open_commands(self) -> None:
        """Open the command palette."""
        self.popups.open_commands()

    def explain(self) -> None:
        """Show why the selected node runs or not."""
        inspector = self.docks.panel("inspector")
        self.docks.show("inspector")
        cast("Inspector", inspector).explain()

    def toggle_form(self) -> None:
        """Show only the form, or the graph again."""
        self.pages.form_only = not self.pages.form_only
        self.follow(self.editing)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def choose_theme(self, name: str) -> None:
        """Keep the dark or the light theme, or follow the system."""
        self.theme_choice = name
        self.desk.settings.setValue("theme", name)
        self.desk.theme.choose(THEMES.get(name))

    def _take_theme(self, theme: Theme) -> None:
        for part in (self.tab_row, self.breadcrumb, self.notice, self.pages, self.status, self.running):
            part.set_theme(theme)
        self.board.redraw()
        self.describe()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take files anywhere on the window."""
        if self.ready and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open files that were dropped beside the canvas."""
        urls = event.mimeData().urls()
        event.acceptProposedAction()
        self.documents.open([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])

    def event(self, event: QEvent) -> bool:
        """While text is typed, keys for the selected nodes mean nothing."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            typing = isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit | QTextEdit)
            if typing and self.board.changes_graph(QKeySequence(event.keyCombination())):
                event.accept()
                return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask about unsaved changes, then end."""
        if not self.ready:
            event.accept()
            return
        if not self.documents.may_close_all():
            event.ignore()
            return
        self.end()
        event.accept()

    def end(self) -> None:
        """Let go of everything, remembering how the window looked and which files were open."""
        self.docks.step_aside(False)
        remember(self)
        self.remembering.end()
        self.editing = None
        self.docks.show_editing(None)
        self.pages.form.show_editing(None)
        self.desk.engine.close()  # before documents give up what they asked for: it goes on at the next start
        self.documents.end()
        self.pictures.end()
        self.pages.start.recent.reader.end()
        self.queue.end()
        self.browsing.end()
        self.ready = False
