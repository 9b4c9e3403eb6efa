"""The document as a tree: frames, nodes, their inputs and outputs, and what is inside subgraphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from nodeflow.document.model import SUBGRAPH, Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.node.sockets import Socket
from nodeflow.node.spec import NodeSpec
from ui.canvas.graph import Graph
from ui.document.sockets import ANY
from ui.panels.outline.branch import Branch
from ui.panels.outline.item import Item, Kind
from ui.panels.outline.texts import accessible_text, detail_text, mode_of, name_text
from ui.theme.socket_style import Shape, socket_style

SHAPES = {
    Shape.HEXAGON: "hexagon-fill",
    Shape.DIAMOND: "diamond-fill",
    Shape.SQUARE: "square-fill",
    Shape.CIRCLE: "circle-fill",
    Shape.HALF: "circle-half-fill",
    Shape.TRIANGLE: "triangle-fill",
    Shape.BAR: "minus-bold",
    Shape.RING: "circle",
    Shape.CROSS: "plus-bold",
    Shape.STAR: "star-four-fill",
    Shape.CHEVRON: "caret-double-right-fill",
    Shape.DROP: "drop-fill",
}
"""Sockets as icons."""

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

ICON = int(Role.UserRole) + 1
"""The name of a row's icon, and the socket or category of nodes that colours it."""

FAULTY = ICON + 1
"""Whether something is wrong with the row's node."""

FADED = ICON + 2
"""Whether the row takes no part in a run."""

SEARCHED = ICON + 3
"""What a filter looks through."""


class OutlineModel(QAbstractItemModel):
    """Follows a workflow; rows that did not change stay what they are, with all that views know of them."""

    renamed = Signal(object, str)
    """A row's `Item` and what was typed in its place."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = Item(Kind.ROOT)
        self._items: dict[int, Item] = {}
        self._specs: Mapping[str, NodeSpec] = {}
        self._workflow: Workflow | None = None
        self._known = 0
        self._problems: Mapping[str, int] = {}

    @property
    def top(self) -> Branch | None:
        """The workflow's own graph; None while nothing is shown."""
        return self.root.inner

    def show(self, workflow: Workflow | None, specs: Mapping[str, NodeSpec], *, same: bool = True) -> None:
        """Show a workflow.

        Args:
            workflow: The document; None: nothing.
            specs: The node types there are.
            same: Whether it is another state of the document that is shown already.
        """
        known = hash(tuple((name, id(spec)) for name, spec in specs.items()))
        anew, self._known, self._specs = known != self._known, known, specs
        unchanged = workflow is self._workflow and not anew
        self._workflow = workflow
        if same and unchanged:
            return
        if same and self.top is not None and workflow is not None:
            self.top.sync(self.graph(TOP), anew=anew)
            return
        self.beginResetModel()
        self.root, self._items = Item(Kind.ROOT), {}
        self.endResetModel()
        if workflow is not None:
            self._look_into(self.root, TOP)

    def set_problems(self, counts: Mapping[str, int]) -> None:
        """Say how many problems each node has, by its path."""
        old, self._problems = self._problems, dict(counts)
        differ = {path for path in old.keys() | counts.keys() if old.get(path) != counts.get(path)}
        if differ and self.top is not None:
            self.touch(item for item in self.top.all_nodes() if item.path in differ)

    def graph(self, scope: Scope) -> Graph:
        """One of the document's graphs."""
        assert self._workflow is not None  # noqa: S101 - there are no rows without one
        return Graph(self._workflow, self._specs, scope)

    def _look_into(self, item: Item, scope: Scope) -> None:
        item.inner = Branch(item, self.graph(scope), self)
        item.inner.fill()

    def item(self, index: Index) -> Item:
        """The row that an index means; the root if none."""
        return self._items.get(index.internalId(), self.root) if index.isValid() else self.root

    def index_of(self, item: Item, column: int = 0) -> QModelIndex:
        """Where a row is."""
        if item is self.root or item.parent is None:
            return QModelIndex()
        return self.createIndex(item.row, column, id(item))

    def find(self, path: str) -> Item | None:
        """The row of a node, looking into the subgraphs around it."""
        branch = self.top
        *outer, name = path.split("/")
        for step in outer:
            item = branch.nodes.get(step) if branch is not None else None
            if item is None:
                return None
            if item.inner is None and self.canFetchMore(self.index_of(item)):
                self.fetchMore(self.index_of(item))
            branch = item.inner
        return branch.nodes.get(name) if branch is not None else None

    # What branches ask for

    def insert(self, parent: Item, row: int, items: list[Item]) -> None:
        """Put new rows somewhere."""
        self.beginInsertRows(self.index_of(parent), row, row + len(items) - 1)
        parent.children[row:row] = items
        for item in items:
            item.parent = parent
            for each in _all(item):
                self._items[id(each)] = each
        _number(parent, row)
        self.endInsertRows()

    def remove(self, parent: Item, row: int, count: int) -> None:
        """Take rows away."""
        self.beginRemoveRows(self.index_of(parent), row, row + count - 1)
        for item in parent.children[row : row + count]:
            item.parent = None
            for each in _all(item):
                self._items.pop(id(each), None)
        del parent.children[row : row + count]
        _number(parent, row)
        self.endRemoveRows()

    def move(self, item: Item, parent: Item, row: int) -> None:
        """Put a row elsewhere: before what is now at `row`."""
        old = item.parent
        assert old is not None  # noqa: S101 - only rows that are there are moved
        self.beginMoveRows(self.index_of(old), item.row, item.row, self.index_of(parent), row)
        first = min(item.row, row) if old is parent else row
        place = row - 1 if old is parent and item.row < row else row
        del old.children[item.row]
        _number(old, item.row)
        parent.children.insert(place, item)
        item.parent = parent
        _number(parent, first)
        self.endMoveRows()

    def touch(self, items: Iterable[Item]) -> None:
        """Tell that rows read otherwise."""
        for item in items:
            if item.parent is not None:
                self.dataChanged.emit(self.index_of(item), self.index_of(item, 1))

    # What views ask for

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The index of a row below another."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, id(self.item(parent).children[row]))

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008 - Qt has a method of that name, too
        """The row above."""
        above = self.item(index).parent
        return QModelIndex() if above is None else self.index_of(above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """How many rows lie below one."""
        return 0 if parent.column() > 0 else len(self.item(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008, N802
        """A name and what there is to say of it."""
        return 2

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """What the columns hold: nobody sees it, but screen readers say it."""
        if orientation is Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return (self.tr("Name"), self.tr("Type or value"))[section]
        return None

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802
        """Whether it is a subgraph that has not been looked into yet."""
        item = self.item(parent)
        unseen = item.kind is Kind.NODE and item.inner is None and item.branch is not None
        return bool(unseen and item.branch and item.branch.scope_inside(item) is not None)

    def fetchMore(self, parent: Index) -> None:  # noqa: N802
        """Look into a subgraph."""
        item = self.item(parent)
        scope = item.branch.scope_inside(item) if item.branch is not None else None
        if scope is not None and item.inner is None:
            self._look_into(item, scope)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Nodes and frames can be renamed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        named = self.item(index).kind in (Kind.NODE, Kind.FRAME) and index.column() == 0
        return flags | Qt.ItemFlag.ItemIsEditable if named else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What a row shows."""
        if not index.isValid():
            return None
        item = self.item(index)
        if item.kind is Kind.ROOT:
            return None
        first = index.column() == 0
        match role:
            case Role.DisplayRole | Role.ToolTipRole:
                return name_text(item) if first else detail_text(item)
            case Role.EditRole:
                return (item.frame.title if item.frame else name_text(item)) if first else detail_text(item)
            case Role.AccessibleTextRole:
                return accessible_text(item, self._problems) if first else detail_text(item)
        return self._own(item, role, first=first)

    def _own(self, item: Item, role: int, *, first: bool) -> Any:
        """What our delegate and filter ask for."""
        if role == ICON and first:
            return _icon(item)
        if role == FAULTY:
            return bool(self._problems.get(item.path)) and item.kind is Kind.NODE
        if role == FADED:
            return mode_of(item) is not None
        if role == SEARCHED:
            detail = detail_text(item)  # a type is found as Text Encode and as TextEncode
            return f"{item.name} {name_text(item)} {detail} {detail.replace(' ', '')}"
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802
        """Ask for another name; the row follows once the document has it."""
        if role != Role.EditRole or not index.isValid():
            return False
        if value != self.data(index, Role.EditRole):
            self.renamed.emit(self.item(index), str(value))
        return True


def _icon(item: Item) -> tuple[str, Socket | str]:
    """The name of an icon, and the socket or category of nodes that colours it."""
    if item.kind is Kind.FRAME or item.branch is None or item.node is None:
        return "frame-corners", ""
    spec = item.branch.graph.sockets.spec(item.node)
    if item.kind is Kind.NODE:
        return ("stack" if spec.type == SUBGRAPH else "rectangle-fill"), spec.category
    port = spec.input(item.name) if item.kind is Kind.INPUT else spec.output(item.name)
    socket = port.socket if port is not None else ANY
    return SHAPES[socket_style(socket).shape], socket


def _all(item: Item) -> Iterator[Item]:
    yield item
    for child in item.children:
        yield from _all(child)


def _number(parent: Item, first: int) -> None:
    for row in range(first, len(parent.children)):
        parent.children[row].row = row
