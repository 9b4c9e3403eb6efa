"""What there is to tell of node types: packages that failed, and how many types there are after a reload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class TypeNews(QObject):
    """Tells what comes of looking for node types.

    Args:
        window: Where it is told.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._reloads = False
        self._told: list[str] = []
        window.desk.typesTold.connect(self._tell)

    def reload(self) -> None:
        """Look for node types, models and pictures anew."""
        self._window.desk.rescan()
        self._reloads = True
        if not self._window.desk.look_for_types():
            self._tell()

    def _tell(self) -> None:
        faults = list(self._window.desk.faults)
        if faults and (self._reloads or faults != self._told):
            self._window.tell("\n".join(faults))
        self._told = faults
        if self._reloads:
            self._reloads = False
            self._window.say(self.tr("{0} node types loaded").format(len(self._window.desk.specs)))
