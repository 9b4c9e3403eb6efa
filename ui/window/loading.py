"""What happens once the window is painted: imports, node types, the files that are to be open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from nodeflow.errors import NodeflowError

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

MODULES = (
    "pydantic",
    "nodeflow.document.files",
    "ui.document.session",
    "ui.canvas.canvas",
    "ui.document.edits",
    "ui.editing.editing",
    "ui.panels",
    "ui.pictures.front",
    "ui.window.browsing",
    "ui.queue.front",
    "ui.window.popups",
)
"""What takes longest to import, one after the other so that no step is long."""


class Loading(QObject):
    """Loads step by step, so that the window answers in between.

    Args:
        window: The window to fill.
        files: Workflows to open; none: those that were open last.
    """

    def __init__(self, window: MainWindow, files: Sequence[str]) -> None:
        super().__init__(window)
        self._window, self._files = window, files
        self._steps: list[Callable[[], object]] = [
            *(partial(import_module, name) for name in MODULES),
            self._load_types,
            self._fill_window,
            self._open_files,
            self._offer_recovery,
            window.desk.engine.begin,
        ]

    def begin(self) -> None:
        """Take the first step, and the others when the window has had its turn."""
        QTimer.singleShot(0, self, self._next)

    def finish(self) -> None:
        """Take all steps now."""
        while self._steps:
            self._step()

    def _next(self) -> None:
        if self._steps:
            self._step()
            self.begin()

    def _step(self) -> None:
        self._steps.pop(0)()
        if not self._steps:
            self._window.loaded.emit()

    def _load_types(self) -> None:
        desk = self._window.desk
        desk.load_specs()
        desk.shelf.look_ahead()
        if desk.settings_fault:
            self._window.tell(desk.settings_fault)

    def _fill_window(self) -> None:
        from ui.help.front import HelpFront
        from ui.log.front import LogFront
        from ui.pictures.front import PicturesFront
        from ui.queue.front import QueueFront
        from ui.window.browsing import Browsing
        from ui.window.documents import Documents
        from ui.window.notifying import Notifier
        from ui.window.popups import Popups
        from ui.window.task_bar import TaskBar

        window = self._window
        window.docks.fill()
        window.documents = Documents(window, window.tab_row.tabs, window.pages)
        window.popups = Popups(window)
        window.pictures = PicturesFront(window)
        window.browsing = Browsing(window)
        window.help = HelpFront(window)
        LogFront(window)
        Notifier(window)
        TaskBar(window.desk.engine)
        window.queue = QueueFront(window)
        window.documents.opened.connect(window.popups.listen)
        window.documents.opened.connect(window.running.listen)
        window.documents.currentChanged.connect(window.follow)
        window.pages.listen()
        window.ready = True

    def _open_files(self) -> None:
        try:
            if self._files:
                self._window.documents.open(self._files)
            elif self._window.desk.settings.value("restore", True, bool):
                self._window.documents.restore()
        except NodeflowError as error:
            self._window.tell(error)
        self._window.follow(self._window.documents.current)

    def _offer_recovery(self) -> None:
        from ui.window.recovery import RecoveryDialog

        found = self._window.desk.session.unsaved()
        if found:
            dialog = RecoveryDialog(found, self._window.documents.reopen, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()
