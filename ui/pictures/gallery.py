"""The gallery: all pictures that were made, the latest first, with a line to search them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from ui.pictures.commands import Commands
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.model import PictureModel
from ui.pictures.picture_list import PictureList
from ui.pictures.thumbnails import Thumbnails
from ui.theme.metrics import SPACE
from ui.widgets.panel import Panel
from ui.widgets.parts import Words, row

Key = Qt.Key
TYPING = 120
"""Milliseconds after the last letter before it is searched."""


class Gallery(Panel):
    """The pictures in the output folder.

    Attributes:
        search: The line to search.
        view: The pictures.
        hint: What is said while there are none.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands: Commands | None = None
        self._library: Library | None = None
        self.model: PictureModel | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search: apple seed:7"))
        self.search.setAccessibleName(self.tr("Search pictures by prompt, title and value"))
        self.search.setClearButtonEnabled(True)
        self.count = QLabel()
        self.count.setObjectName("muted")
        keys: dict[int, Callable[[], None]] = {
            Key.Key_Return: self.open,
            Key.Key_Enter: self.open,
            Key.Key_Delete: self.ask_remove,
            Key.Key_Backspace: self.ask_remove,
        }
        self.view = PictureList(keys, self.copy)
        self.view.setAccessibleName(self.tr("Pictures"))
        self.hint = Words()
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.one, SPACE.half, SPACE.one, 0)
        layout.setSpacing(SPACE.half)
        layout.addWidget(row(self.search, self.count))
        layout.addWidget(self.hint)
        layout.addWidget(self.view, 100)
        layout.addStretch(1)  # while the list is hidden
        self.setFocusProxy(self.view)
        self._soon = QTimer(self, singleShot=True, interval=TYPING)
        self._soon.timeout.connect(self._search)
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.search.returnPressed.connect(self._enter)
        self.view.doubleClicked.connect(lambda _index: self.open())
        self.view.customContextMenuRequested.connect(self.open_menu)

    def show_library(self, library: Library, thumbnails: Thumbnails, commands: Commands) -> None:
        """Show the pictures of a library.

        Args:
            library: The pictures.
            thumbnails: Small versions of them.
            commands: What can be done with them.
        """
        self._library, self._commands = library, commands
        self.model = PictureModel(library, thumbnails)
        self.model.setParent(self)
        self.view.setModel(self.model)
        library.changed.connect(self._describe)
        library.told.connect(self._describe)
        self._describe()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look for pictures once somebody wants to see them."""
        super().showEvent(event)
        if self._library is not None:
            self._library.look()

    @property
    def chosen(self) -> list[Picture]:
        """The selected pictures, as they stand."""
        if self.model is None:
            return []
        return [self.pictures[row] for row in sorted(i.row() for i in self.view.selectedIndexes())]

    @property
    def pictures(self) -> Sequence[Picture]:
        """What is shown, in its order."""
        return self.model.pictures if self.model is not None else ()

    def _search(self) -> None:
        if self.model is not None:
            self.model.search(self.search.text())
            self._describe()

    def _enter(self) -> None:
        """From the search line into the pictures."""
        self._soon.stop()
        self._search()
        if self.model is not None and self.pictures:
            self.view.setFocus()
            self.view.setCurrentIndex(self.model.index(0))

    def _describe(self) -> None:
        library, shown = self._library, len(self.pictures)
        if library is None:
            return
        everything = len(library.pictures)
        if library.fault:
            text = self.tr("{0} cannot be read: {1}").format(library.folder, library.fault)
        elif not everything:
            text = self.tr("No pictures yet. Run a workflow, and what it saves appears here.")
        elif not shown:
            text = self.tr("No picture fits “{0}”.").format(self.search.text())
        else:
            text = ""
        self.hint.say(text)
        self.view.setVisible(not text)
        self.search.setVisible(everything > 0)
        number = str(shown) if shown == everything else self.tr("{0} of {1}").format(shown, everything)
        self.count.setText(number if everything else "")

    def open(self) -> None:
        """Show the selected picture large, or compare two."""
        if self._commands is not None and self.chosen:
            self._commands.open(self.chosen, lambda: self.pictures)

    def copy(self) -> None:
        """Copy the selected pictures."""
        if self._commands is not None and self.chosen:
            self._commands.copy(self.chosen)

    def ask_remove(self) -> None:
        """Ask before the selected pictures go to the trash."""
        if self._commands is not None and self.chosen:
            self._commands.ask_remove(self.chosen, self)

    def open_menu(self, where: QPoint) -> None:
        """Offer what can be done with the selected pictures."""
        if self._commands is not None and self.chosen:
            menu = self._commands.menu(self.chosen, self, lambda: self.pictures)
            menu.popup(self.view.viewport().mapToGlobal(where))
