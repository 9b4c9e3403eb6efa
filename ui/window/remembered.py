"""What the window remembers from one start to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSize, QTimer

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

USUAL = QSize(1280, 800)
PAUSE = 2_000
"""Milliseconds of quiet after which the window is remembered: the program may be killed at any time."""
VERSION = 1
"""Of the arrangement of docks: one that does not fit the program any more is forgotten."""


def recall(window: MainWindow) -> None:
    """Give the window its size and panels of last time."""
    settings = window.desk.settings
    window.resize(USUAL)
    geometry, state = settings.value("window/geometry"), settings.value("window/state")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    if isinstance(state, QByteArray):
        window.restoreState(state, VERSION)


def remember(window: MainWindow) -> None:
    """Keep the window's size and panels for next time; the panels only where none has stepped aside."""
    settings = window.desk.settings
    settings.setValue("window/geometry", window.saveGeometry())
    if not window.docks.aside:
        settings.setValue("window/state", window.saveState(VERSION))
    settings.setValue("window/minimap", window.pages.minimap_shown)
    settings.sync()


class Remembering(QObject):
    """Remembers the window soon after each change, so that a crash forgets nothing.

    Args:
        window: The window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(lambda: remember(window))
        window.docks.changed.connect(self.changed)

    def changed(self) -> None:
        """The window is not as it was."""
        self._soon.start()

    def end(self) -> None:
        """Remember no more."""
        self._soon.stop()
