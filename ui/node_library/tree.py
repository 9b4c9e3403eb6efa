"""The list of the node library: groups that fold, and nodes to drag."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPoint,
    Qt,
    QUrl,
)
from PySide6.QtGui import QDrag, QKeyEvent, QMouseEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from ui.node_library.entries import Entry, Group
from ui.node_library.row import COUNT, ENTRY, STARRED, RowPainter, entry_of, star_box
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.widgets.carrying import NODE_TYPE, carried_type
from ui.widgets.chip import chip
from ui.widgets.choices import HEIGHT
from ui.widgets.parts import taken, titled

Key = Qt.Key


class NodeModel(QStandardItemModel):
    """Groups, and the nodes in them."""

    def show_groups(self, groups: Sequence[Group], starred: Sequence[str]) -> None:
        """Show these from now on.

        Args:
            groups: What there is.
            starred: Keys of those with a star.
        """
        self.clear()
        for group in groups:
            head = QStandardItem(group.title)
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            head.setFont(titled(head.font()))
            head.setData(len(group.entries), COUNT)
            head.appendRows([_item(entry, starred=entry.key in starred) for entry in group.entries])
            self.appendRow(head)

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        """What a drag carries."""
        return [NODE_TYPE, "text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 - Qt's name
        """A node type by name, or the file of a reusable node."""
        entry = next((e for e in map(entry_of, indexes) if e is not None), None)
        data = QMimeData()
        if entry is not None and entry.path is not None:
            data.setUrls([QUrl.fromLocalFile(str(entry.path))])
        elif entry is not None and entry.spec is not None:
            data = carried_type(entry.spec.type)
        return data


def _item(entry: Entry, *, starred: bool) -> QStandardItem:
    item = QStandardItem(entry.title)
    item.setData(entry, ENTRY)
    item.setData(starred, STARRED)
    summary = entry.spec.summary if entry.spec is not None else entry.fault
    item.setAccessibleText(", ".join(filter(None, (entry.title, entry.category, summary))))
    item.setToolTip(summary)
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
    if entry.path is not None:
        flags |= Qt.ItemFlag.ItemIsEditable
    item.setFlags(flags if entry.fault else flags | Qt.ItemFlag.ItemIsDragEnabled)
    return item


class NodeTree(QTreeView):
    """The list; a click on a title folds it, a click on a star gives or takes it.

    Args:
        keys: What keys do while the list has the keyboard.
        star: Gives an entry a star, or takes it.
    """

    def __init__(self, keys: dict[int, Callable[[], object]], star: Callable[[Entry], object]) -> None:
        super().__init__()
        self._keys, self._star = keys, star
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setItemDelegate(RowPainter(self))
        self.setMinimumHeight(4 * HEIGHT)

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            return taken(event, (*self._keys, Key.Key_F2, Key.Key_Home, Key.Key_End)) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Our keys, and the list's."""
        do = self._keys.get(event.key())
        if do is not None and not event.modifiers() and self.state() is not self.State.EditingState:
            do()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Fold, give a star, or choose."""
        place = event.position().toPoint()
        index, left = self.indexAt(place), event.button() is Qt.MouseButton.LeftButton
        entry = entry_of(index)
        if left and index.isValid() and entry is None:
            self.setExpanded(index, not self.isExpanded(index))
        elif (
            left
            and entry is not None
            and not entry.fault
            and star_box(self.visualRect(index)).contains(place)
        ):
            self._star(entry)
        else:
            super().mousePressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        """Carry the node, with its name under the pointer."""
        entry = entry_of(self.currentIndex())
        if entry is None or entry.fault:
            return
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData([self.currentIndex()]))
        theme = theme_of(self)
        color = theme.category_color(entry.category)
        drag.setPixmap(chip(entry.title, color, theme, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(SPACE.one, SPACE.one))
        drag.exec(Qt.DropAction.CopyAction)


def first_entry(model: QAbstractItemModel) -> QModelIndex:
    """The first row that is no title; none if there is none."""
    for row in range(model.rowCount()):
        head = model.index(row, 0)
        if model.rowCount(head):
            return model.index(0, 0, head)
    return QModelIndex()
