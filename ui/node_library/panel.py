"""The node library: search, a list by category, and what there is to read about the chosen node."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QFileSystemWatcher, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QStandardItem
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMessageBox, QSplitter, QVBoxLayout, QWidget

from nodeflow.errors import NodeflowError, UsageError
from nodeflow.node.spec import NodeSpec
from ui.document.sockets import Sockets
from ui.node_library.entries import Entry, groups
from ui.node_library.kept import rename_kept
from ui.node_library.page import NodePage
from ui.node_library.row import entry_of
from ui.node_library.tree import NodeModel, NodeTree, first_entry
from ui.node_memory import REUSABLE
from ui.pictures.trash import to_trash
from ui.theme.metrics import SPACE
from ui.widgets.panel import Panel
from ui.widgets.parts import Words

if TYPE_CHECKING:
    from ui.editing.editing import Editing

Key = Qt.Key
_MOVES = (Key.Key_Up, Key.Key_Down, Key.Key_PageUp, Key.Key_PageDown)
_CHOOSES = (Key.Key_Return, Key.Key_Enter)
WIDE = 620
"""From this width on the documentation stands beside the list."""
PAUSE = 200
"""Milliseconds that the folder of reusable nodes must be quiet before it is looked at again."""


class NodeLibrary(Panel):
    """All node types and reusable nodes.

    Attributes:
        search: The line to search.
        tree: What matches.
        page: What there is to read about the chosen one.
        hint: What is said while nothing matches.
        remove_file: Moves a file to the trash and says whether it could.
    """

    said = Signal(str)
    reloadWanted = Signal()  # noqa: N815 - signals are named as Qt names them

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.remove_file: Callable[[Path], bool] = to_trash
        self._folded: set[str] = set()
        self._shown: tuple[object, ...] | None = None
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self._hear)
        self._watcher.directoryChanged.connect(self._soon.start)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search nodes"))
        self.search.setAccessibleName(self.tr("Search nodes by name, purpose and package"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.model = NodeModel(self)
        keys: dict[int, Callable[[], object]] = {
            Key.Key_Return: self.add,
            Key.Key_Enter: self.add,
            Key.Key_Delete: self.ask_remove,
            Key.Key_Backspace: self.ask_remove,
        }
        self.tree = NodeTree(keys, self._star)
        self.tree.setAccessibleName(self.tr("Nodes"))
        self.tree.setModel(self.model)
        self.page = NodePage()
        self.hint = Words()
        self.hint.setContentsMargins(SPACE.one, SPACE.half, SPACE.one, 0)
        self._lay_out()
        self._listen()

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.tree)
        self.splitter.addWidget(self.page)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([1000, 1000])  # shares: there is less
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, 0)
        layout.setSpacing(SPACE.half)
        layout.addWidget(self.search)
        layout.addWidget(self.hint)
        layout.addWidget(self.splitter, 1)
        self.setFocusProxy(self.search)

    def _listen(self) -> None:
        self.search.textChanged.connect(lambda _text: self._sync())
        self.tree.selectionModel().currentChanged.connect(lambda _new, _old: self._describe())
        self.tree.doubleClicked.connect(self._double_clicked)
        self.tree.customContextMenuRequested.connect(self.open_menu)
        self.tree.expanded.connect(lambda index: self._fold(index, folded=False))
        self.tree.collapsed.connect(lambda index: self._fold(index, folded=True))
        self.model.itemChanged.connect(self._renamed)
        self.page.addWanted.connect(self.add)
        self.page.starWanted.connect(self.toggle_star)
        self.page.renameWanted.connect(self.begin_rename)
        self.page.removeWanted.connect(self.ask_remove)
        self.page.reloadWanted.connect(self.reloadWanted)

    def _signals(self, editing: Editing) -> Iterable[Any]:
        return editing.desk.specsChanged, editing.desk.node_memory.changed

    @property
    def chosen(self) -> Entry | None:
        """The chosen node; None if none is."""
        return entry_of(self.tree.currentIndex())

    def _sync(self) -> None:
        """List what there is, where that has changed; what was chosen stays so."""
        if self.editing is None:
            return
        desk, text = self.editing.desk, self.search.text().strip()
        found, starred = groups(desk, text), desk.node_memory.favourites
        self._watch(desk.library)
        if self._shown == (found, starred, text):
            return
        typed = self._shown is not None and self._shown[2] != text
        self._shown = (found, starred, text)
        key = self.chosen.key if self.chosen is not None and not typed else ""
        scrolled = 0 if typed else self.tree.verticalScrollBar().value()
        self.model.show_groups(found, starred)
        for place, group in enumerate(found):
            self.tree.setExpanded(self.model.index(place, 0), bool(text) or group.title not in self._folded)
        current = self._place(key)
        self.tree.setCurrentIndex(current if current.isValid() or not text else first_entry(self.model))
        self.tree.verticalScrollBar().setValue(scrolled)
        self.hint.say("" if found else self.tr("No node matches “{0}”.").format(text))
        self._describe()

    def _watch(self, folder: Path) -> None:
        if folder.is_dir() and not self._watcher.directories():
            self._watcher.addPath(str(folder))

    def _place(self, key: str) -> QModelIndex:
        """The row of a node; under its category rather than among the favourites, which come and go."""
        for place in reversed(range(self.model.rowCount())):
            head = self.model.index(place, 0)
            for number in range(self.model.rowCount(head)):
                index = self.model.index(number, 0, head)
                entry = entry_of(index)
                if entry is not None and entry.key == key:
                    return index
        return QModelIndex()

    def _fold(self, index: QModelIndex, *, folded: bool) -> None:
        if not self.search.text().strip():
            (self._folded.add if folded else self._folded.discard)(str(index.data()))

    def _describe(self) -> None:
        entry, spec = self.chosen, None
        starred = False
        if entry is not None and self.editing is not None:
            spec = entry.spec or self._spec_of_kept(entry)
            starred = entry.key in self.editing.desk.node_memory.favourites
        self.page.show_entry(entry, spec, starred=starred)
        self.page.add.setEnabled(self.editing is not None)

    def _spec_of_kept(self, entry: Entry) -> NodeSpec | None:
        """What a reusable node looks like from outside; None if its file cannot be read."""
        from nodeflow.document.files import load_workflow

        if entry.path is None or self.editing is None:
            return None
        try:
            workflow = load_workflow(entry.path)
        except NodeflowError as error:
            self.said.emit(f"“{entry.path.name}”: {error}")
            return None
        name = next(iter(workflow.nodes), "")
        return Sockets(workflow, self.editing.desk.specs).spec(name) if name else None

    def add(self) -> None:
        """Add the chosen node where it hides no other."""
        entry, editing = self.chosen, self.editing
        if entry is None or editing is None or entry.fault:
            return
        if entry.path is not None:
            editing.insert_subgraph(entry.path)
        elif entry.spec is not None:
            editing.add_node(entry.spec.type)

    def _double_clicked(self, index: QModelIndex) -> None:
        if entry_of(index) is not None:
            self.add()

    def toggle_star(self) -> None:
        """Give the chosen node a star, or take it."""
        if self.chosen is not None:
            self._star(self.chosen)

    def _star(self, entry: Entry) -> None:
        if self.editing is not None and not entry.fault:
            self.editing.desk.node_memory.toggle_favourite(entry.key)

    def begin_rename(self) -> None:
        """Let the name of the chosen reusable node be typed over."""
        if self.chosen is not None and self.chosen.path is not None:
            self.tree.setFocus()
            self.tree.edit(self.tree.currentIndex())

    def _renamed(self, item: QStandardItem) -> None:
        entry, editing = entry_of(item.index()), self.editing
        if entry is None or entry.path is None or editing is None or item.text() == entry.title:
            return
        try:
            path = rename_kept(entry.path, item.text())
        except UsageError as error:
            self.said.emit(str(error))
            item.setText(entry.title)
            return
        editing.desk.node_memory.rename(entry.key, REUSABLE + path.stem)
        QTimer.singleShot(0, self, self._sync)  # once the list has closed its editor

    def ask_remove(self) -> None:
        """Ask before the chosen reusable node goes to the trash."""
        entry = self.chosen
        if entry is None or entry.path is None:
            return
        text = self.tr("Move the reusable node “{0}” to the trash?").format(entry.title)
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Remove reusable node"), text, parent=self)
        box.setInformativeText(self.tr("Workflows that use it keep what they have."))
        yes = box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(yes)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.accepted.connect(partial(self._remove, entry))
        box.open()

    def _remove(self, entry: Entry) -> None:
        if entry.path is None or self.editing is None:
            return
        if self.remove_file(entry.path):
            self.editing.desk.node_memory.rename(entry.key, None)
        else:
            self.said.emit(self.tr("{0} cannot be moved to the trash").format(entry.title))
        self._sync()

    def open_menu(self, where: QPoint) -> None:
        """Offer what can be done with the chosen node."""
        entry = self.chosen
        if entry is None or entry.fault or self.editing is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Add to canvas"), self.add)
        starred = entry.key in self.editing.desk.node_memory.favourites
        text = self.tr("Remove from favourites") if starred else self.tr("Add to favourites")
        menu.addAction(text, self.toggle_star)
        if entry.path is not None:
            menu.addSeparator()
            menu.addAction(self.tr("Rename…"), self.begin_rename)
            menu.addAction(self.tr("Move to trash…"), self.ask_remove)
        menu.popup(self.tree.viewport().mapToGlobal(where))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """While a search is typed, arrows move through the list and Enter adds."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                QApplication.sendEvent(self.tree, event)
                return True
            if event.key() in _CHOOSES:
                self.add()
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the documentation beside the list where there is room."""
        super().resizeEvent(event)
        wide = event.size().width() >= WIDE
        self.splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
