"""What can be done with pictures, wherever they are shown: in the gallery, in the viewer, on a node."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from nodeflow.errors import NodeflowError
from ui.pictures.copying import Copying
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.model import NOTHING
from ui.pictures.sending import Purpose, loaders, workflow_for
from ui.pictures.trash import from_trash, moved_to_trash
from ui.pictures.viewer import Viewer

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

Row = Callable[[], Sequence[Picture]]
"""Gives the pictures that the arrows of the viewer go through, as they are then."""


class Commands(QObject):
    """Does what is asked for in menus and by keys.

    Args:
        window: The window, whose documents pictures are sent to.
        library: What is known of pictures.

    Attributes:
        viewer: Shows pictures large, once asked to.
        copying: Copies them.
        move_to_trash: Moves a file to the trash and says where it lies then; None: it could not.
    """

    def __init__(self, window: MainWindow, library: Library) -> None:
        super().__init__(window)
        self._window, self._library = window, library
        self.viewer: Viewer | None = None
        self._compared: Picture | None = None
        self.copying = Copying(self)
        self.move_to_trash: Callable[[Path], Path | None] = moved_to_trash

    def end(self) -> None:
        """Stop whatever is under way."""
        self.copying.reader.end()
        if self.viewer is not None:
            self.viewer.reader.end()
            self.viewer.hide()

    def menu(
        self, pictures: Sequence[Picture], owner: QWidget, shown: Row, image: QImage | None = None
    ) -> QMenu:
        """A menu of everything.

        Args:
            pictures: What it is for; at least one.
            owner: Where it is opened.
            shown: The pictures around it.
            image: The pixels of the first, where they are at hand.
        """
        first, menu = pictures[0], QMenu(owner)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not isinstance(owner, Viewer):
            text = self.tr("Compare") if len(pictures) == 2 else self.tr("Open")
            menu.addAction(text, partial(self.open, pictures, shown))
        workflow = menu.addAction(self.tr("Open its workflow"), partial(self.open_workflow, first))
        workflow.setEnabled(self._library.facts.get(first, NOTHING).made_here)
        self._fill_sending(menu.addMenu(self.tr("Send to")), first)
        menu.addSeparator()
        menu.addAction(self.tr("Copy"), partial(self.copy, pictures, image))
        menu.addAction(self.tr("Show in folder"), partial(self.show_folder, first))
        menu.addSeparator()
        menu.addAction(self.tr("Move to trash…"), partial(self.ask_remove, pictures, owner))
        return menu

    def _fill_sending(self, menu: QMenu, picture: Picture) -> None:
        menu.addAction(self.tr("Image to image"), partial(self.send, picture, Purpose.CHANGE))
        menu.addAction(self.tr("Inpainting"), partial(self.send, picture, Purpose.INPAINT))
        menu.addAction(self.tr("Comparison"), partial(self.send_to_comparison, picture))
        editing = self._window.editing
        if editing is None:
            return
        menu.addSeparator()
        for name in loaders(editing):
            text = self.tr("“{0}” in this document").format(name)
            menu.addAction(text, partial(self.fill, picture, name))
        menu.addAction(self.tr("A new node in this document"), partial(self.use, picture))

    def open(self, pictures: Sequence[Picture], shown: Row) -> None:
        """Show a picture large, or compare two."""
        if len(pictures) == 2:
            self._made().compare(*pictures)
        else:
            self._made().open(pictures[0], shown)

    def _made(self) -> Viewer:
        if self.viewer is None:
            self.viewer = Viewer(self._library, self, self._window)
        return self.viewer

    def open_workflow(self, picture: Picture) -> None:
        """Open the workflow that a picture came from."""
        self._window.documents.open([picture.path])
        self._window.activateWindow()

    def send(self, picture: Picture, purpose: Purpose) -> None:
        """Open a workflow that goes on from a picture, and its mask to paint if it has one."""
        facts = self._library.facts.get(picture, NOTHING)
        try:
            sent = workflow_for(picture.path, facts, purpose, self._window.desk)
        except NodeflowError as error:
            self._window.tell(str(error))
            return
        editing = self._window.documents.new(sent.workflow)
        self._window.activateWindow()
        if sent.text:
            self._window.say(sent.text)
        if sent.paint is not None:  # once the canvas lies where it will
            QTimer.singleShot(0, editing.canvas, partial(editing.canvas.edit_field, *sent.paint))

    def send_to_comparison(self, picture: Picture) -> None:
        """Compare with the one sent before, or else the one the viewer shows; with none, show this one."""
        viewer, before = self._made(), self._compared
        if before is None and viewer.isVisible():
            before = viewer.picture
        if before is None or before == picture:
            self._compared = picture
            viewer.open(picture, lambda: self._library.pictures)
            self._window.say(self.tr("Send another picture to the comparison, and both are shown"))
        else:
            self._compared = None
            viewer.compare(before, picture)

    def fill(self, picture: Picture, node: str) -> None:
        """Let a node of the document in front load a picture."""
        if self._window.editing is not None:
            self._window.editing.dropping.put_picture(picture.path, node)
            self._window.activateWindow()

    def use(self, picture: Picture) -> None:
        """Add a node that loads a picture to the document in front."""
        editing = self._window.editing
        if editing is not None:
            editing.dropping.use_picture(picture.path, editing.canvas.visible_rect().center())
            self._window.activateWindow()

    def copy(self, pictures: Sequence[Picture], image: QImage | None = None) -> None:
        """Copy pictures as files, and the first as pixels."""
        self.copying.copy(pictures, image)
        one = self.tr("Copied {0}").format(pictures[0].path.name)
        several = self.tr("Copied {0} pictures").format(len(pictures))
        self._window.say(one if len(pictures) == 1 else several)

    def show_folder(self, picture: Picture) -> None:
        """Show where a picture lies."""
        url = QUrl.fromLocalFile(os.fspath(picture.path.parent))
        if not QDesktopServices.openUrl(url):
            self._window.say(str(picture.path.parent))

    def ask_remove(self, pictures: Sequence[Picture], owner: QWidget) -> None:
        """Ask before pictures go to the trash."""
        one = self.tr("Move “{0}” to the trash?").format(pictures[0].path.name)
        text = one if len(pictures) == 1 else self.tr("Move {0} pictures to the trash?").format(len(pictures))
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Remove pictures"), text, parent=owner)
        yes = box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(yes)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.accepted.connect(lambda: self._remove(pictures))
        box.open()

    def _remove(self, pictures: Sequence[Picture]) -> None:
        moved, left = list[tuple[Path, Path]](), list[Picture]()
        for picture in pictures:
            lies = self.move_to_trash(picture.path)
            if lies is None:
                left.append(picture)
            else:
                moved.append((lies, picture.path))
        self._library.look()
        if left:
            text = self.tr("{0} cannot be moved to the trash")
            self._window.tell(text.format(", ".join(picture.path.name for picture in left)))
        elif moved:
            text = self.tr("Pictures that were moved to the trash: {0}")
            self._window.tell(text.format(len(moved)), (self.tr("Put back"), partial(self._put_back, moved)))

    def _put_back(self, moved: Sequence[tuple[Path, Path]]) -> None:
        lost = [path.name for lies, path in moved if not from_trash(lies, path)]
        self._library.look()
        if lost:
            self._window.tell(self.tr("Cannot be put back: {0}").format(", ".join(lost)))
