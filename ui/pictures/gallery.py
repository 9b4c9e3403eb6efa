"""The gallery: all pictures that were made, the latest first, with a line to search them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QKeyEvent, QKeySequence, QPixmap, QShowEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QMenu, QMessageBox, QVBoxLayout, QWidget

from ui.panels.panel import Panel
from ui.panels.parts import Words, row, taken
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.model import PictureModel
from ui.pictures.thumbnails import Thumbnails, read_scaled
from ui.pictures.tile import TILE, Tile
from ui.pictures.trash import to_trash
from ui.theme.metrics import SPACE

Key = Qt.Key
TYPING = 120
"""Milliseconds after the last letter before it is searched."""


class PictureList(QListView):
    """Pictures in rows; Enter opens, Delete removes, Ctrl+C copies, whatever the window's shortcuts are."""

    def __init__(self, do: dict[int, Callable[[], None]], copy: Callable[[], None]) -> None:
        super().__init__()
        self._do, self._copy = do, copy
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(TILE)
        self.setItemDelegate(Tile(self))
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMinimumSize(QSize(TILE.width() + SPACE.three, SPACE.three * 4))

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            if event.matches(QKeySequence.StandardKey.Copy) or event.matches(
                QKeySequence.StandardKey.SelectAll
            ):
                event.accept()
                return True
            return taken(event, (*self._do, Key.Key_Home, Key.Key_End)) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Our keys, and the list's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif (do := self._do.get(event.key())) is not None and not event.modifiers():
            do()
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        """Carry the files, with the picture under the pointer."""
        indexes = self.selectedIndexes()
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData(indexes))
        shown = self.currentIndex().data(Qt.ItemDataRole.DecorationRole)
        if isinstance(shown, QPixmap) and not shown.isNull():
            drag.setPixmap(shown.scaled(96, 96, Qt.AspectRatioMode.KeepAspectRatio))
            drag.setHotSpot(QPoint(-SPACE.one, -SPACE.one))
        drag.exec(Qt.DropAction.CopyAction)


class Gallery(Panel):
    """The pictures in the output folder.

    Attributes:
        search: The line to search.
        view: The pictures.
        hint: What is said while there are none.
        remove_file: Moves a file to the trash and says whether it could.
    """

    openWanted = Signal(object)  # noqa: N815 - signals are named as Qt names them
    compareWanted = Signal(object, object)  # noqa: N815
    workflowWanted = Signal(object)  # noqa: N815
    useWanted = Signal(object)  # noqa: N815
    folderWanted = Signal(object)  # noqa: N815
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.remove_file = to_trash
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

    def show_library(self, library: Library, thumbnails: Thumbnails) -> None:
        """Show the pictures of a library."""
        self._library = library
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
        return [self.model.picture(index) for index in sorted(self.view.selectedIndexes())]

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
        chosen = self.chosen
        if len(chosen) == 2:
            self.compareWanted.emit(*chosen)
        elif chosen:
            self.openWanted.emit(chosen[0])

    def copy(self) -> None:
        """Copy the picture, and where the selected ones lie."""
        chosen = self.chosen
        if not chosen:
            return
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in chosen])
        data.setText("\n".join(str(picture.path) for picture in chosen))
        image = read_scaled(chosen[0].path)
        if not image.isNull():
            data.setImageData(image)
        QGuiApplication.clipboard().setMimeData(data)
        self.said.emit(self.tr("Copied {0}").format(chosen[0].path.name))

    def ask_remove(self) -> None:
        """Ask before the selected pictures go to the trash."""
        chosen = self.chosen
        if not chosen:
            return
        one = self.tr("Move “{0}” to the trash?").format(chosen[0].path.name)
        text = one if len(chosen) == 1 else self.tr("Move {0} pictures to the trash?").format(len(chosen))
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Remove pictures"), text, parent=self)
        yes = box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(yes)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.accepted.connect(lambda: self._remove(chosen))
        box.open()

    def _remove(self, pictures: Sequence[Picture]) -> None:
        left = [picture for picture in pictures if not self.remove_file(picture.path)]
        if left:
            self.said.emit(self.tr("{0} cannot be moved to the trash").format(left[0].path.name))
        if self._library is not None:
            self._library.look()

    def open_menu(self, where: QPoint) -> None:
        """Offer what can be done with the selected pictures."""
        chosen = self.chosen
        if not chosen:
            return
        first, menu = chosen[0], QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(chosen) == 2:
            menu.addAction(self.tr("Compare"), self.open)
        else:
            menu.addAction(self.tr("Open"), self.open)
        menu.addAction(self.tr("Open its workflow"), lambda: self.workflowWanted.emit(first))
        use = menu.addAction(self.tr("Use as input"), lambda: self.useWanted.emit(first))
        use.setEnabled(self.editing is not None)
        menu.addSeparator()
        menu.addAction(self.tr("Copy"), self.copy)
        menu.addAction(self.tr("Show in folder"), lambda: self.folderWanted.emit(first))
        menu.addSeparator()
        menu.addAction(self.tr("Move to trash…"), self.ask_remove)
        menu.popup(self.view.viewport().mapToGlobal(where))
