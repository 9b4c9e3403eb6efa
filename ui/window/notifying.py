"""Tells of the end of runs while another window is in front: a notification of the system's."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from nodeflow.execution.events import Event, Outcome, RunFinished
from ui.words import failed_text, span

if TYPE_CHECKING:
    from ui.running.ticket import Ticket
    from ui.window.main_window import MainWindow

COMMAND = "notify-send"
"""Shows a notification on most Linux desktops, without an icon that stays."""


class Notifier(QObject):
    """Notifies of a window's runs. On Windows and macOS, where Qt's tray does it, this is untried.

    Args:
        window: The window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        window.desk.engine.told.connect(self._take)

    def _take(self, ticket: Ticket, event: Event) -> None:
        if not isinstance(event, RunFinished) or event.outcome is Outcome.CANCELLED:
            return
        more = self._window.desk.engine.queue.waiting
        wanted = self._window.desk.settings.value("notify", True, bool)
        if not wanted or self._in_front() or (more and event.outcome is Outcome.DONE):
            return
        took = span(event.seconds)
        if event.outcome is Outcome.FAILED:
            text = f"{failed_text(len(ticket.files), ticket.failed, event.seconds)}: {ticket.error or ''}"
        elif len(ticket.files) > 1:
            text = self.tr("{0} pictures in {1}").format(len(ticket.files), took)
        else:
            text = self.tr("Done in {0}").format(took)
        self.notify(ticket.job.workflow.title, text)

    def _in_front(self) -> bool:
        """Whether any of our windows has the keyboard."""
        return QApplication.activeWindow() is not None

    def notify(self, title: str, text: str) -> None:
        """Show a notification, and mark the window in the task bar."""
        QApplication.alert(self._window)
        if not self._by_command(title, text):
            self._by_tray(title, text)

    def _by_command(self, title: str, text: str) -> bool:
        command = shutil.which(COMMAND) if sys.platform.startswith("linux") else None
        if command is None:
            return False
        options = ["--app-name=nodeflow", "--icon=nodeflow"]
        return bool(QProcess.startDetached(command, [*options, "--", title, text])[0])

    def _by_tray(self, title: str, text: str) -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.messageClicked.connect(self._show_window)
            self._tray.activated.connect(self._show_window)
        self._tray.show()
        self._tray.showMessage(title, text, self._window.windowIcon())

    def _show_window(self) -> None:
        self._window.raise_()
        self._window.activateWindow()
        if self._tray is not None:
            self._tray.hide()
