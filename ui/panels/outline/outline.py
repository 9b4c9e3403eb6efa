"""The outline panel: the tree, a line to filter it, and the selection shared with the canvas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from nodeflow.document.model import Mode
from ui.document.document import Document
from ui.panels.binding import Binding
from ui.panels.outline.commands import OutlineCommands, nodes_of
from ui.panels.outline.filtering import OutlineFilter
from ui.panels.outline.item import Item
from ui.panels.outline.menu import OutlineMenu
from ui.panels.outline.model import SEARCHED, OutlineModel
from ui.panels.outline.texts import has_value
from ui.panels.outline.value_popup import ValuePopup
from ui.panels.outline.view import OutlineView
from ui.theme.metrics import SPACE
from ui.widgets.panel import Panel

Flag = QItemSelectionModel.SelectionFlag


class Outline(Panel):
    """The document as a tree.

    Attributes:
        search: The line that filters.
        view: The tree.
        model: Its rows, unfiltered.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(placeholderText=self.tr("Filter"), clearButtonEnabled=True)
        self.search.setAccessibleName(self.tr("Filter the outline"))
        self.view, self.model, self.filter = OutlineView(), OutlineModel(self), OutlineFilter(self)
        self.filter.setSourceModel(self.model)
        self.view.setModel(self.filter)
        self.view.set_columns()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, 0)
        layout.setSpacing(SPACE.one)
        layout.addWidget(self.search)
        layout.addWidget(self.view)
        self.setFocusProxy(self.view)
        self._document: Document | None = None
        self._selecting = False
        self._open: list[QPersistentModelIndex] | None = None
        self._connect()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._enter_tree)
        self.model.renamed.connect(self._rename)
        self.view.shown.connect(self._show)
        self.view.muted.connect(self._mute)
        self.view.deleted.connect(self._delete)
        self.view.menuWanted.connect(self._offer)
        self.view.selectionModel().selectionChanged.connect(self._tell_selection)

    def _sync(self) -> None:
        editing = self.editing
        if editing is None:
            self._document = None
            self.model.show(None, {}, same=False)
            return
        same = editing.document is self._document
        self._document = editing.document
        self._selecting = True  # what goes was selected on the canvas, which knows already
        self.model.show(editing.document.workflow, editing.desk.specs, same=same)
        self._selecting = False
        if not same:
            self._unfold_frames()
        counts = Counter("/".join((*f.scope.path, f.node)) for f in editing.faults.all if f.node)
        self.model.set_problems(counts)
        self._take_selection()

    def _unfold_frames(self) -> None:
        for item in self.model.top.frames if self.model.top else ():
            self.view.expand(self._index(item))

    # The selection

    def items(self) -> list[Item]:
        """The selected rows."""
        rows = self.view.selectionModel().selectedRows()
        return [self.model.item(self.filter.mapToSource(row)) for row in rows]

    def _index(self, item: Item) -> QModelIndex:
        return self.filter.mapFromSource(self.model.index_of(item))

    def _take_selection(self) -> None:
        """Select the rows of what is selected on the canvas."""
        editing = self.editing
        if editing is None or self._selecting:
            return
        here = {name for item in self._of_scope(self.items()) for name in nodes_of(item)}
        if here == set(editing.selection):
            return
        found = [self.model.find(editing.node_path(name)) for name in editing.selection]
        rows = [index for item in found if item is not None and (index := self._index(item)).isValid()]
        chosen = QItemSelection()
        for row in rows:
            chosen.select(row, row)
        self._selecting = True
        self.view.selectionModel().select(chosen, Flag.ClearAndSelect | Flag.Rows)
        if len(rows) == 1:
            self.view.selectionModel().setCurrentIndex(rows[0], Flag.NoUpdate)
            self.view.scrollTo(rows[0])
        self._selecting = False

    def _of_scope(self, items: Iterable[Item]) -> Iterator[Item]:
        """The rows that lie in the graph on the canvas."""
        editing = self.editing
        for item in items:
            if editing is not None and item.branch is not None and item.branch.graph.scope == editing.scope:
                yield item

    def _tell_selection(self) -> None:
        """Select on the canvas what is selected here, as far as the canvas shows it."""
        if self._selecting or self.editing is None:
            return
        items = self.items()
        here = list(self._of_scope(items))
        if here or not items:
            self._selecting = True
            self.editing.scene.select({name for item in here for name in nodes_of(item)})
            self._selecting = False

    # Commands

    def _show(self, index: QModelIndex) -> None:
        """Edit the value of an input; of anything else, show its node."""
        if self.editing is None or not index.isValid():
            return
        item = self.model.item(self.filter.mapToSource(index))
        if has_value(item):
            self._edit_value(item)
        else:
            OutlineCommands(self.editing).show(item)

    def _edit_value(self, item: Item) -> None:
        editing, branch = self.editing, item.branch
        spec = branch.graph.sockets.spec(item.node or "").input(item.name) if branch else None
        if editing is None or branch is None or spec is None:
            return
        binding = Binding(editing, branch.graph.scope, (item.node or "",), spec)
        below = self.view.visualRect(self._index(item)).bottomLeft()
        popup = ValuePopup(binding, self.view)
        popup.open_at(self.view.viewport().mapToGlobal(below), self.view.width())

    def _mute(self) -> None:
        if self.editing is not None:
            OutlineCommands(self.editing).mute(self.items(), Mode.MUTE)

    def _delete(self) -> None:
        if self.editing is None:
            return
        below = self.view.indexBelow(self.view.currentIndex())
        after = QPersistentModelIndex(below)
        OutlineCommands(self.editing).delete(self.items())
        if after.isValid() and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(after.model().index(after.row(), 0, after.parent()))

    def _rename(self, item: Item, name: str) -> None:
        if self.editing is not None:
            OutlineCommands(self.editing).rename(item, name)

    def _offer(self, index: QModelIndex, where: QPoint) -> None:
        if self.editing is None:
            return
        item, chosen = self.model.item(self.filter.mapToSource(index)), self.items()
        menu = OutlineMenu(self.editing, item, chosen if item in chosen else [item], self)
        menu.valueWanted.connect(self._edit_value, Qt.ConnectionType.QueuedConnection)  # once it is closed
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    # The filter

    def _filter(self, text: str) -> None:
        if text and self._open is None:
            self._open = [QPersistentModelIndex(row) for row in self._rows() if self.view.isExpanded(row)]
        self.filter.search(text)
        if text:
            self._unfold_found()
        elif self._open is not None:
            self.view.collapseAll()
            for row in self._open:
                if row.isValid():
                    self.view.expand(row.model().index(row.row(), 0, row.parent()))
            self._open = None

    def _unfold_found(self) -> None:
        """Unfold rows that are only there for what lies below them."""
        for row in self._rows():
            item = self.model.item(self.filter.mapToSource(row))
            if not self.filter.fits(self._searched(row)) and item.children:
                self.view.expand(row)

    def _searched(self, row: QModelIndex) -> str:
        return str(row.data(SEARCHED) or "")

    def _rows(self, parent: QModelIndex = QModelIndex()) -> Iterator[QModelIndex]:  # noqa: B008 - never changed
        for number in range(self.filter.rowCount(parent)):
            row = self.filter.index(number, 0, parent)
            yield row
            yield from self._rows(row)

    def _enter_tree(self) -> None:
        self.view.setFocus()
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.filter.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape empties the filter."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self.view.setFocus()
        else:
            super().keyPressEvent(event)
