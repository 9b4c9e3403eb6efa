"""Puts gallery, viewer and the open documents together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt

from ui.pictures.choosing import Choosing
from ui.pictures.commands import Commands
from ui.pictures.disk_dialog import DiskDialog
from ui.pictures.facts import read_facts
from ui.pictures.gallery import Gallery
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.sending import Purpose
from ui.pictures.thumbnails import Thumbnails

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class PicturesFront(QObject):
    """The pictures of a window.

    Args:
        window: The window, its panels filled.

    Attributes:
        library: What there is.
        gallery: Shows it.
        commands: What can be done with it.
        choosing: Asks which pictures go on.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        folders = window.desk.folders
        self.library = Library(folders.output, folders.cache, self)
        self._thumbnails = Thumbnails(folders.cache, self)
        self.commands = Commands(window, self.library)
        self.gallery = cast(Gallery, window.docks.panel("gallery"))
        self.gallery.show_library(self.library, self._thumbnails, self.commands)
        self.choosing = Choosing(window)
        window.desk.pictureWanted.connect(self.open_file)
        window.desk.copyWanted.connect(self.copy_files)
        window.desk.foldersChanged.connect(self._take_folders)

    def picture(self, path: Path) -> Picture | None:
        """A picture by its file, which may have just been written; None if it is not there."""
        known = next((picture for picture in self.library.pictures if picture.path == path), None)
        try:
            status = path.stat()
        except OSError:
            return None
        if known is None or known.modified != status.st_mtime_ns:
            known = Picture(path, status.st_mtime_ns, status.st_size)
            self.library.facts[known] = read_facts(path)
        return known

    def _take_folders(self) -> None:
        self.library.folder = self._window.desk.folders.output
        self.library.look()

    def open_file(self, path: Path) -> None:
        """Show a picture large."""
        picture = self.picture(path)
        if picture is None:
            self._window.say(self.tr("{0} is not there any more").format(path.name))
            return
        self.library.look()  # for the arrows, if nobody has opened the gallery yet
        self.commands.open([picture], lambda: self.library.pictures)

    def send_file(self, path: Path, purpose: Purpose) -> None:
        """Open a workflow that goes on from a picture."""
        picture = self.picture(path)
        if picture is None:
            self._window.say(self.tr("{0} is not there any more").format(path.name))
        else:
            self.commands.send(picture, purpose)

    def copy_files(self, paths: Sequence[Path]) -> None:
        """Copy pictures that are still there."""
        found = [picture for path in paths if (picture := self.picture(path)) is not None]
        if found:
            self.commands.copy(found)
        else:
            self._window.say(self.tr("{0} is not there any more").format(paths[0].name))

    def show_disk_use(self) -> None:
        """Show what takes room on the disk."""
        dialog = DiskDialog(self._window.desk.folders, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def end(self) -> None:
        """Stop whatever is under way."""
        self.library.end()
        self._thumbnails.end()
        self.commands.end()
        self.choosing.end()
