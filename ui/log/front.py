"""Puts the log, its panel and the window together."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from ui.log.listener import Listener
from ui.log.log import Entry
from ui.log.panel import LogPanel

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class LogFront(QObject):
    """The log of a window.

    Args:
        window: The window, its panels filled.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        Listener(window.desk.engine, window.desk.log)
        panel = cast(LogPanel, window.docks.panel("log"))
        panel.show_log(window.desk.log)
        panel.nodeWanted.connect(self._show_node)

    def _show_node(self, entry: Entry) -> None:
        """Go to the node of an entry, if its workflow is open."""
        for editing in self._window.documents.editings:
            if editing.document.title == entry.title:
                self._window.documents.bring(editing)
                editing.show_problem(entry.node, entry.input or None)
                return
        self._window.say(self.tr("“{0}” is not open").format(entry.title))
