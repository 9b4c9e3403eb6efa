"""One link: a curve in the colour of its type, or a tag where an artist wants no wire."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nodeflow.document.values import Link
from nodeflow.node.sockets import Socket
from ui.canvas.actions import Port
from ui.canvas.curves import Place, bounds, curve, distance, points
from ui.canvas.detail import Detail
from ui.canvas.guard import guarded
from ui.canvas.node_item import Z_LINK, NodeItem
from ui.canvas.paint_tag import GAP, TAG, paint_tag
from ui.canvas.stage import Stage
from ui.document.sockets import ANY

FAINT = 0.35
TIE = 4.0
"""Two links that differ by less in their distance from a point are equally near to it."""


class LinkKey(NamedTuple):
    """Which link: the input it ends in, and its place if there are several."""

    node: str
    input: str
    place: int


def nearest_link(links: Iterable[LinkItem], point: QPointF) -> tuple[LinkItem | None, float]:
    """The link nearest to a point, and how far it is; of those that run along each other, the shortest."""
    best: tuple[float, float] = (inf, inf)
    found, gap = None, inf
    for link in links:
        away = distance(point, link.start, link.end)
        rank = (round(away / TIE), QLineF(link.start, link.end).length())
        if rank < best:
            best, found, gap = rank, link, away
    return found, gap


class LinkItem(QGraphicsItem):
    """Draws one link.

    Attributes:
        key: Which link it is.
        link: The output it comes from.
        wireless: The name of the output that a tag shows in place of the wire; None: a wire.
    """

    def __init__(
        self,
        key: LinkKey,
        link: Link,
        ends: tuple[NodeItem, NodeItem],
        stage: Stage,
        *,
        wireless: str | None = None,
    ) -> None:
        super().__init__()
        self.key, self.link = key, link
        source, target = ends
        self.source, self.target = source, target
        self.wireless = wireless
        self.strong = False
        self.picked = False
        self._stage = stage
        self._path: QPainterPath | None = None
        self._along: list[Place] = []
        self._bounds = QRectF()
        self.start, self.end = QPointF(), QPointF()
        self.inspect()
        self.setZValue(Z_LINK + stage.rise())
        source.ends.outgoing.append(self)
        target.ends.incoming.append(self)
        self.follow()

    def detach(self) -> None:
        """Let go of both ends, before the item goes away."""
        self.source.ends.outgoing.remove(self)
        self.target.ends.incoming.remove(self)
        self._stage.overview.drop_link(self.key)

    @property
    def port(self) -> Port:
        """The input it ends in."""
        return Port(self.key.node, self.key.input)

    def inspect(self) -> None:
        """Look up the type anew, after an end's node type may have changed."""
        self.socket, self.valid = self._find_socket(), self._is_valid()

    def _find_socket(self) -> Socket:
        """The type of what the link carries."""
        spec = self.source.look.geometry.output_specs.get(self.link.output)
        return spec.socket if spec else ANY

    def _is_valid(self) -> bool:
        """Whether the types fit; a type nobody knows is given the benefit of the doubt."""
        output = self.source.look.geometry.output_specs.get(self.link.output)
        entry = self.target.look.geometry.input_specs.get(self.key.input)
        if output is None or entry is None:
            return output is None and self.source.look.missing
        return output.socket.type is object or entry.socket.accepts(output.socket)

    def follow(self) -> None:
        """Take the ends' places anew."""
        start, end = self.source.output_point(self.link.output), self.target.input_point(self.key.input)
        if start == self.start and end == self.end:
            return
        self.prepareGeometryChange()
        self.start, self.end, self._path, self._along = start, end, None, []
        self._measure()

    def _measure(self) -> None:
        self._bounds = bounds(self.start, self.end)
        if self.wireless is not None:
            self._bounds = self._bounds.adjusted(-TAG.width() - GAP, -10, 0, 10)
            self._stage.overview.drop_link(self.key)
        else:
            self._stage.overview.put_link(self.key, self.socket, QLineF(self.start, self.end))

    def set_wireless(self, name: str | None) -> None:
        """Become a tag that shows a name, or a wire (None)."""
        if name != self.wireless:
            self.prepareGeometryChange()
            self.wireless = name
            self._measure()
            self.update()

    def set_strong(self, strong: bool) -> None:
        """Stand out, or not."""
        if strong != self.strong:
            self.strong = strong
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """A box around the curve."""
        return self._bounds

    @guarded
    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Draw the link."""
        paints = self._stage.brush.paints
        strong = self.strong or self.source.look.selected or self.target.look.selected
        far = self._stage.detail is not Detail.FULL and not strong
        pen = paints.thin_link(self.socket) if far else paints.link(self.socket, strong)
        inactive = self.source.look.mode is not None or self.target.look.mode is not None
        if not self.valid:
            pen = QPen(paints.error, pen.widthF(), Qt.PenStyle.DashLine)
        elif inactive:
            pen = QPen(pen)
            pen.setStyle(Qt.PenStyle.DotLine)
        if self.wireless is not None and not self.strong:
            box = TAG.translated(self.end.x() - GAP - TAG.width(), self.end.y())
            self._stage.brush.painter = painter
            paint_tag(self._stage.brush, box, self.end, self.wireless, pen.color())
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if inactive or self.picked:
            painter.setOpacity(FAINT)
        painter.setPen(pen)
        painter.drawPath(self._course())
        if inactive or self.picked:
            painter.setOpacity(1.0)

    def sketch(self, painter: QPainter) -> None:
        """Draw a wire as a thin line, in scene coordinates."""
        if self.wireless is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._stage.brush.paints.thin_link(self.socket))
            painter.drawPath(self._course())

    def runs_through(self, box: QRectF) -> bool:
        """Whether the curve crosses a box in scene coordinates."""
        self._along = self._along or points(self.start, self.end)
        left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
        return any(left <= x <= right and top <= y <= bottom for x, y in self._along)

    def _course(self) -> QPainterPath:
        if self._path is None:
            self._path = curve(self.start, self.end)
        return self._path
