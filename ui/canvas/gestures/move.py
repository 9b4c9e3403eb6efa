"""Moving nodes, frames and notes; duplicating with Ctrl; dropping a node into a link."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt

from ui.canvas.actions import Moves
from ui.canvas.area_item import AreaItem, AreaKind
from ui.canvas.gestures.gesture import Gesture, Modifiers
from ui.canvas.guides import Guides
from ui.canvas.hit import frame_nodes
from ui.canvas.link_item import LinkItem, nearest_link
from ui.canvas.node_item import NodeItem
from ui.canvas.view import CanvasView
from ui.theme.metrics import GRID


def snap(point: QPointF) -> QPointF:
    """The nearest point of the grid."""
    return QPointF(round(point.x() / GRID) * GRID, round(point.y() / GRID) * GRID)


class Move(Gesture):
    """Moves items along with the pointer. Only letting go changes the document; Shift moves freely.

    Args:
        view: Where it happens.
        origin: Where it began, in scene coordinates.
        names: The nodes that move.
        areas: The frames and notes that move; frames take their nodes along.
        lead: Which of them is put on the grid; else the first node is.
    """

    def __init__(
        self,
        view: CanvasView,
        origin: QPointF,
        names: frozenset[str],
        areas: Collection[AreaItem] = (),
        lead: AreaItem | None = None,
    ) -> None:
        super().__init__(view, origin)
        names = names.union(*(frame_nodes(view.canvas, area) for area in areas))
        self._nodes = {name: view.canvas.nodes[name].pos() for name in names}
        self._areas = {area: area.pos() for area in areas}
        places = [self._nodes[name] for name in sorted(names)[:1]] or [QPointF()]
        self._lead = lead.pos() if lead is not None else places[0]
        self._offset = QPointF()
        self._into: LinkItem | None = None
        self._fits: dict[LinkItem, bool] = {}
        """Whether the node could go into a link, for those that it has lain on."""
        self._box = self._bounds()
        self._guides = Guides(self._staying())

    def _bounds(self) -> QRectF:
        """Around all that moves, at the start."""
        box = self.view.canvas.bounds(self._nodes)
        for area in self._areas:
            box = box.united(area.box)
        return box

    def _staying(self) -> list[QRectF]:
        """The nodes in view that do not move."""
        near = self.view.canvas.items(self.view.visible_rect())
        nodes = (item for item in near if isinstance(item, NodeItem))
        return [item.body for item in nodes if item.look.name not in self._nodes]

    def move(self, point: QPointF, keys: Modifiers) -> None:
        """Put the items where the pointer drags them: in line with others, else on the grid."""
        offset, lines = point - self.origin, list[QLineF]()
        if not keys & Modifiers.ShiftModifier:
            offset, lines = self._aligned(offset)
        if offset == self._offset:
            return
        self._offset = offset
        overlay, nodes = self.view.overlay, self.view.canvas.nodes
        if not overlay.lifted:
            overlay.lifted.lift([nodes[name] for name in self._nodes])
        for name, start in self._nodes.items():
            nodes[name].place(start + offset)
        for area, start in self._areas.items():
            area.setPos(start + offset)
        overlay.guides = lines
        overlay.changed()
        self._look_for_link(point)

    def _aligned(self, offset: QPointF) -> tuple[QPointF, list[QLineF]]:
        on_grid = snap(self._lead + offset) - self._lead if self.view.snapping else offset
        shift, lines = self._guides.fit(self._box.translated(offset), self.view.zoom)
        x = offset.x() + shift.x() if any(line.dx() == 0 for line in lines) else on_grid.x()
        y = offset.y() + shift.y() if any(line.dy() == 0 for line in lines) else on_grid.y()
        return QPointF(x, y), lines

    def _look_for_link(self, pointer: QPointF) -> None:
        """Highlight the link that the node would go into: of those it lies on, the nearest to the pointer."""
        found = self._link_under(pointer) if len(self._nodes) == 1 and not self._areas else None
        if found is not self._into:
            for link, strong in ((self._into, False), (found, True)):
                if link is not None:
                    link.set_strong(strong)
            self._into = found
            if found is not None:
                self.view.statusMessage.emit(self.view.tr("Let go to insert the node here"))

    def _link_under(self, pointer: QPointF) -> LinkItem | None:
        (name,) = self._nodes
        body = self.view.canvas.nodes[name].body
        below = self.view.canvas.items(body, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        links = (item for item in below if isinstance(item, LinkItem) and item.runs_through(body))
        return nearest_link(filter(self._could_take, links), pointer)[0]

    def _could_take(self, link: LinkItem) -> bool:
        if link not in self._fits:
            (name,) = self._nodes
            self._fits[link] = self.view.intents.can_insert(name, link.link, link.port)
        return self._fits[link]

    def finish(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Tell the document."""
        offset, into = self._offset, self._into
        self.cancel()
        if offset.isNull():
            return
        places = {name: start + offset for name, start in self._nodes.items()}
        if keys & Modifiers.ControlModifier and places:
            self.view.intents.duplicate(frozenset(places), offset)
        elif into is not None:
            ((name, place),) = places.items()
            self.view.intents.insert_on_link(name, place, into.link, into.port)
        else:
            self.view.intents.move(self._moves(places, offset))

    def _moves(self, places: dict[str, QPointF], offset: QPointF) -> Moves:
        frames, notes = (
            {area.index: start + offset for area, start in self._areas.items() if area.kind is kind}
            for kind in (AreaKind.FRAME, AreaKind.NOTE)
        )
        return Moves(places, frames=frames, notes=notes)

    def cancel(self) -> None:
        """Put everything back where it was."""
        self.view.overlay.clear()
        if self._into is not None:
            self._into.set_strong(False)
            self._into = None
        for name, start in self._nodes.items():
            self.view.canvas.nodes[name].place(start)
        for area, start in self._areas.items():
            area.setPos(start)
