"""Puts gallery, viewer and the open documents together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from ui.pictures.facts import read_facts
from ui.pictures.gallery import Gallery
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.thumbnails import Thumbnails
from ui.pictures.viewer import Viewer

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class PicturesFront(QObject):
    """The pictures of a window.

    Args:
        window: The window, its panels filled.

    Attributes:
        library: What there is.
        gallery: Shows it.
        viewer: Shows one of them large, once asked to.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        folders = window.desk.folders
        self.library = Library(folders.output, folders.cache, self)
        self._thumbnails = Thumbnails(folders.cache, self)
        self.viewer: Viewer | None = None
        self.gallery = cast(Gallery, window.docks.panel("gallery"))
        self.gallery.show_library(self.library, self._thumbnails)
        self.gallery.openWanted.connect(self._open)
        self.gallery.compareWanted.connect(self._compare)
        self.gallery.workflowWanted.connect(self._open_workflow)
        self.gallery.useWanted.connect(self._use)
        self.gallery.folderWanted.connect(self._show_folder)
        self.gallery.said.connect(window.say)
        window.desk.pictureWanted.connect(self.open_file)

    def open_file(self, path: Path) -> None:
        """Show a picture that may have just been made."""
        known = next((picture for picture in self.library.pictures if picture.path == path), None)
        if known is None:
            try:
                status = path.stat()
            except OSError:
                self._window.say(self.tr("{0} is not there any more").format(path.name))
                return
            known = Picture(path, status.st_mtime_ns, status.st_size)
            self.library.facts[known] = read_facts(path)
        self._made().open(known, self.library.pictures)

    def end(self) -> None:
        """Stop whatever is under way."""
        self.library.end()
        self._thumbnails.end()
        if self.viewer is not None:
            self.viewer.reader.end()
            self.viewer.hide()

    def _made(self) -> Viewer:
        if self.viewer is None:
            self.viewer = Viewer(self.library, self._window)
            self.viewer.workflowWanted.connect(self._open_workflow)
        return self.viewer

    def _open(self, picture: Picture) -> None:
        self._made().open(picture, self.gallery.pictures)

    def _compare(self, one: Picture, two: Picture) -> None:
        self._made().compare(one, two)

    def _open_workflow(self, picture: Picture) -> None:
        self._window.documents.open([picture.path])
        self._window.activateWindow()

    def _use(self, picture: Picture) -> None:
        editing = self._window.editing
        if editing is not None:
            editing.dropping.use_picture(picture.path, editing.canvas.visible_rect().center())

    def _show_folder(self, picture: Picture) -> None:
        url = QUrl.fromLocalFile(os.fspath(picture.path.parent))
        if not QDesktopServices.openUrl(url):
            self._window.say(str(picture.path.parent))
