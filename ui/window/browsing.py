"""Puts the panels that browse together with their window: nodes, models, earlier runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from ui.models.library import Models
from ui.models.panel import ModelBrowser
from ui.node_library.panel import NodeLibrary
from ui.pictures.thumbnails import Thumbnails
from ui.runs.panel import RunHistory

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class Browsing(QObject):
    """What the panels that browse ask of their window.

    Args:
        window: The window, its panels filled.

    Attributes:
        nodes: The node library.
        models: The models at hand.
        model_browser: Shows them.
        runs: The history of runs.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, desk = window, window.desk
        self.nodes = cast(NodeLibrary, window.docks.panel("nodes"))
        self.nodes.said.connect(window.say)
        self.nodes.reloadWanted.connect(window.types.reload)
        self.models = Models(desk, self)
        self._thumbnails = Thumbnails(desk.folders.cache, self)
        self.model_browser = cast(ModelBrowser, window.docks.panel("models"))
        self.model_browser.show_models(self.models, self._thumbnails)
        self.model_browser.said.connect(window.say)
        self.model_browser.rescanWanted.connect(desk.rescan)
        self.model_browser.folderWanted.connect(self._show_folder)
        desk.filesChanged.connect(self._look_again)
        self.runs = cast(RunHistory, window.docks.panel("runs"))
        self.runs.show_engine(desk.engine)
        self.runs.said.connect(window.say)
        self.runs.pictureWanted.connect(desk.pictureWanted)
        self.runs.workflowWanted.connect(window.documents.open_workflow)

    def _look_again(self) -> None:
        if self.model_browser.isVisible():
            self.models.look()

    def _show_folder(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(path.parent))):
            self._window.say(str(path.parent))

    def end(self) -> None:
        """Stop whatever is under way."""
        self.models.end()
        self._thumbnails.end()
