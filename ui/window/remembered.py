"""What the window remembers from one start to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

USUAL = QSize(1280, 800)
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
    """Keep the window's size and panels for next time."""
    settings = window.desk.settings
    settings.setValue("window/geometry", window.saveGeometry())
    settings.setValue("window/state", window.saveState(VERSION))
    settings.setValue("window/minimap", window.minimap_shown)
    settings.sync()
