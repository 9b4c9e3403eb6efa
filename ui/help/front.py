"""Opens what the help menu names. Each window is made when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

INTRODUCED = "introduced"
"""Of the editor's settings: whether the first start is over."""
GUIDE, NEWS = "editor.md", "CHANGELOG.md"


class HelpFront(QObject):
    """The help of a window.

    Args:
        window: The window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.desk.engine.begun.connect(self.introduce)

    def show_guide(self) -> None:
        """Show the guide."""
        self._read(GUIDE)

    def show_news(self) -> None:
        """Show the list of changes."""
        self._read(NEWS)

    def _read(self, name: str) -> None:
        from ui.help.reader import Reader

        self._open(Reader(name, self._window.board.keys_of_all(), self._window))

    def show_settings(self) -> None:
        """Show the settings."""
        from ui.settings.dialog import SettingsDialog

        self._open(SettingsDialog(self._window))

    def show_keys(self) -> None:
        """Show all keys, to be changed."""
        from ui.keys.dialog import KeysDialog

        self._open(KeysDialog(self._window.board.keys, self._window))

    def show_machine(self) -> None:
        """Show what this computer can do."""
        from ui.machine.dialog import MachineDialog

        self._open(MachineDialog(self._window))

    def introduce(self) -> None:
        """At the first start, say on the start page what this computer can do."""
        window, card = self._window, self._window.pages.start.machine
        if window.desk.settings.value(INTRODUCED, False, bool):
            return
        card.moreWanted.connect(self.show_machine)
        card.closed.connect(lambda: window.desk.settings.setValue(INTRODUCED, True))
        card.show()
        window.desk.engine.ask(lambda runner: runner.doctor(), card.tell)

    def show_about(self) -> None:
        """Show the version, the licence and the libraries."""
        from ui.help.about import AboutDialog

        self._open(AboutDialog(self._window))

    def show_report(self) -> None:
        """Show what a report of a fault should say."""
        from ui.help.report import ReportDialog

        self._open(ReportDialog(self._window.desk.folders.data, self._window))

    def _open(self, dialog: QDialog) -> None:
        """Show a window of our own in front; it is gone when it is closed."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
