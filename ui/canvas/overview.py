"""The scene as seen from afar: rectangles and lines in a few batches, kept up to date one by one.

Below about 30 % zoom hundreds of items would each cost a call into Python; a batch costs one for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from nodeflow.node.sockets import Socket
from ui.canvas.brush import NO_PEN
from ui.canvas.paints import Paints

PORTION = 400
"""So many shapes are drawn in about a millisecond."""

Shape = TypeVar("Shape", QRectF, QLineF)


class Batch(Generic[Shape]):
    """A list of shapes in which each can be replaced or removed in constant time."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self._keys: list[Hashable] = []
        self._index: dict[Hashable, int] = {}

    def put(self, key: Hashable, shape: Shape) -> None:
        """Add a shape, or replace the one of that key."""
        at = self._index.get(key)
        if at is not None:
            self.shapes[at] = shape
            return
        self._index[key] = len(self.shapes)
        self._keys.append(key)
        self.shapes.append(shape)

    def get(self, key: Hashable) -> Shape | None:
        """The shape of that key."""
        at = self._index.get(key)
        return None if at is None else self.shapes[at]

    def some(self, keys: Iterable[Hashable] | None) -> list[Shape]:
        """The shapes of those keys that are there; all of them for None."""
        if keys is None:
            return self.shapes
        return [self.shapes[self._index[key]] for key in keys if key in self._index]

    def of(self, other: Batch[Shape]) -> list[Shape]:
        """The shapes whose keys another batch has too."""
        return self.some(other._keys)

    def drop(self, key: Hashable) -> None:
        """Remove a shape, if it is there."""
        at = self._index.pop(key, None)
        if at is None:
            return
        last_key, last = self._keys.pop(), self.shapes.pop()
        if last_key != key:
            self._keys[at], self.shapes[at], self._index[last_key] = last_key, last, at


class Overview:
    """The batches of one scene."""

    def __init__(self) -> None:
        self.bodies: Batch[QRectF] = Batch()
        self.extent = QRectF()
        """Around all nodes; `shrink` makes it exact."""
        self.revision = 0
        """Counts changes of nodes."""
        self.marked: dict[str, QRectF] = {}
        self.faulty: dict[str, QRectF] = {}
        self._headers: defaultdict[str, Batch[QRectF]] = defaultdict(Batch)
        self._lines: dict[str, tuple[Socket, Batch[QLineF]]] = {}
        self._category_of: dict[str, str] = {}
        self._line_group: dict[Hashable, str] = {}

    def put_node(self, name: str, category: str, body: QRectF, header: float) -> None:
        """Add or move a node."""
        before = self._category_of.get(name)
        if before is not None and before != category:
            self._headers[before].drop(name)
        self._category_of[name] = category
        self.bodies.put(name, body)
        self.extent = self.extent.united(body)
        self.revision += 1
        self._headers[category].put(
            name, QRectF(body.x(), body.y(), body.width(), min(header, body.height()))
        )
        for group in (self.marked, self.faulty):
            if name in group:
                group[name] = body

    def shrink(self) -> QRectF:
        """Make `extent` exact, after nodes went away."""
        self.extent = QRectF()
        for body in self.bodies.shapes:
            self.extent = self.extent.united(body)
        return self.extent

    def drop_node(self, name: str) -> None:
        """Forget a node."""
        self.bodies.drop(name)
        self.revision += 1
        self.marked.pop(name, None)
        self.faulty.pop(name, None)
        category = self._category_of.pop(name, None)
        if category is not None:
            self._headers[category].drop(name)

    def mark(self, name: str, body: QRectF, *, selected: bool, faulty: bool) -> None:
        """Say whether a node is selected and whether something is wrong with it."""
        for group, wanted in ((self.marked, selected), (self.faulty, faulty)):
            if wanted:
                group[name] = body
            else:
                group.pop(name, None)
        self.revision += 1

    def put_link(self, key: Hashable, socket: Socket, line: QLineF) -> None:
        """Add or move a link."""
        group = f"{socket.name}/{socket.literal}"
        before = self._line_group.get(key)
        if before is not None and before != group:
            self._lines[before][1].drop(key)
        self._line_group[key] = group
        if group not in self._lines:
            self._lines[group] = socket, Batch()
        self._lines[group][1].put(key, line)

    def drop_link(self, key: Hashable) -> None:
        """Forget a link."""
        group = self._line_group.pop(key, None)
        if group is not None:
            self._lines[group][1].drop(key)

    def links(
        self, paints: Paints, only: Iterable[Hashable] | None = None
    ) -> Iterator[tuple[QPen, list[QLineF]]]:
        """What to draw of links, in scene coordinates, some hundreds at a time: all of them, or only some."""
        for socket, lines in self._lines.values():
            for shapes in _portions(lines.some(only)):
                yield paints.thin_link(socket), shapes

    def nodes(
        self, paints: Paints, only: Collection[str] | None = None
    ) -> Iterator[tuple[QBrush | QColor, list[QRectF]]]:
        """The same of nodes."""
        batches = [(paints.far_node, self.bodies)]
        batches += [(paints.category(category), headers) for category, headers in self._headers.items()]
        for brush, batch in batches:
            for shapes in _portions(batch.some(only)):
                yield brush, shapes
        for color, group in ((paints.error, self.faulty), (paints.accent, self.marked)):
            names = group if only is None else group.keys() & only
            for shapes in _portions([group[name] for name in names]):
                yield color, shapes

    def paint_blank(self, painter: QPainter, paints: Paints, only: Collection[str]) -> None:
        """Draw some nodes as near by, but without what they hold."""
        painter.setPen(NO_PEN)
        for brush, batches in ((paints.node, [self.bodies]), (paints.header, self._headers.values())):
            painter.setBrush(brush)
            for batch in batches:
                if shapes := batch.some(only):
                    painter.drawRects(shapes)

    def paint_small(self, painter: QPainter, paints: Paints) -> None:
        """Draw only the nodes, for the minimap."""
        painter.setPen(NO_PEN)
        for category, headers in self._headers.items():
            if headers.shapes:
                painter.setBrush(paints.category(category))
                painter.drawRects(self.bodies.of(headers))
        if self.marked:
            painter.setBrush(paints.accent)
            painter.drawRects(list(self.marked.values()))


def _portions(shapes: list[Shape]) -> Iterator[list[Shape]]:
    return (shapes[at : at + PORTION] for at in range(0, len(shapes), PORTION))
