"""Puts the panels that browse together with their window: nodes, models, earlier runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from ui.node_library.panel import NodeLibrary

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class Browsing(QObject):
    """What the panels that browse ask of their window.

    Args:
        window: The window, its panels filled.

    Attributes:
        nodes: The node library.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.nodes = cast(NodeLibrary, window.docks.panel("nodes"))
        self.nodes.said.connect(window.say)
        self.nodes.reloadWanted.connect(window.reload_types)
