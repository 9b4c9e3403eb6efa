"""One node on the canvas: an item that paints itself and knows what lies where inside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ui.canvas.geometry import HEADER, Geometry
from ui.canvas.guard import guarded
from ui.canvas.look import Look
from ui.canvas.paint_node import COMMENT, paint_node
from ui.canvas.paint_tag import GAP, TAG
from ui.canvas.stage import Stage

if TYPE_CHECKING:
    from ui.canvas.link_item import LinkItem

Z_FRAME, Z_LINK, Z_NOTE, Z_NODE, Z_RAISED = range(5)
MARGIN = 12.0
"""Sockets and their halo stick out of the body by this much."""


@dataclass
class Ends:
    """The links at a node."""

    incoming: list[LinkItem] = field(default_factory=list)
    outgoing: list[LinkItem] = field(default_factory=list)

    def all(self) -> list[LinkItem]:
        """Every link; one from the node to itself twice."""
        return [*self.incoming, *self.outgoing]


class NodeItem(QGraphicsItem):
    """Draws one node.

    Attributes:
        look: What it shows.
        ends: The links that end and begin here.
    """

    def __init__(self, look: Look, stage: Stage) -> None:
        super().__init__()
        self.look = look
        self.ends = Ends()
        self._stage = stage
        self._bounds = QRectF()
        self.measure()
        self._rise = stage.rise()
        self.setZValue(Z_NODE + self._rise)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The body and what sticks out of it."""
        return self._bounds

    @guarded
    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Draw the node."""
        brush = self._stage.brush
        brush.painter = painter
        paint_node(brush, self.look, self._stage.detail)

    def set_geometry(self, geometry: Geometry) -> bool:
        """Take another geometry; returns whether it differs."""
        if geometry is self.look.geometry:
            return False
        self.look.geometry = geometry
        self.measure()
        return True

    def set_tags(self, tags: dict[str, str]) -> None:
        """Show names at outputs that are wireless."""
        if tags != self.look.tags:
            self.look.tags = tags
            self.measure()
            self.update()

    def measure(self) -> None:
        """Take in all that sticks out of the body: sockets, tags and a comment."""
        right = MARGIN + (TAG.width() + GAP if self.look.tags else 0)
        above = MARGIN + (COMMENT if self.look.comment else 0)
        bounds = self.look.geometry.rect.adjusted(-MARGIN, -above, right, MARGIN)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def place(self, position: QPointF) -> None:
        """Put the node somewhere; its links follow."""
        if position != self.pos():
            self.setPos(position)
            self._follow()

    def settle(self) -> None:
        """Let links and the overview follow after the node moved or changed its form."""
        for link in self.ends.all():
            link.inspect()
        self._follow()

    def _follow(self) -> None:
        self._stage.overview.put_node(self.look.name, self.look.spec.category, self.body, HEADER)
        for link in self.ends.all():
            link.follow()

    def refresh_marks(self) -> None:
        """Draw anew after selection or status changed."""
        look = self.look
        self._stage.overview.mark(look.name, self.body, selected=look.selected, faulty=look.status.faulty)
        self.setZValue((Z_RAISED if look.selected else Z_NODE) + self._rise)
        self.update()

    @property
    def body(self) -> QRectF:
        """The body in scene coordinates."""
        return self.look.geometry.rect.translated(self.pos())

    def input_point(self, name: str) -> QPointF:
        """Where a link to an input ends, in scene coordinates; hidden inputs share the header's."""
        geometry = self.look.geometry
        shown = geometry.inputs.get(name)
        return self.pos() + (QPointF(0, geometry.header.center().y()) if shown is None else shown)

    def output_point(self, name: str) -> QPointF:
        """Where a link from an output begins, in scene coordinates."""
        geometry = self.look.geometry
        shown = geometry.outputs.get(name)
        if shown is None:
            shown = QPointF(geometry.rect.width(), geometry.header.center().y())
        return self.pos() + shown
