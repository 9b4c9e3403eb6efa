"""Adding, copying, replacing and removing nodes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QPointF, QRectF

from nodeflow.document.model import Workflow
from nodeflow.document.values import JSONValue, Link
from nodeflow.node.spec import NodeSpec
from ui.canvas.actions import OpenEnd, Port
from ui.canvas.area_item import AreaKind
from ui.canvas.graph import is_border, real_source, real_target
from ui.canvas.look import spaced
from ui.document import edits
from ui.document.sockets import REROUTE_SPEC
from ui.document.validity import input_for, output_for
from ui.editing.part import Part
from ui.theme.metrics import GRID

STRUCTURAL = {REROUTE_SPEC.type: REROUTE_SPEC}
"""Node types that no registry has."""

STEP = 4.0 * GRID
"""How far a node that would hide another is moved, again and again."""


class Nodes(Part):
    """Commands that make and remove nodes."""

    def add_node(
        self,
        type_id: str,
        position: QPointF | None = None,
        inputs: Mapping[str, JSONValue] | None = None,
    ) -> str:
        """Add a node and select it.

        Args:
            type_id: Its type, also a structural one such as a reroute.
            position: Of its top left corner; None: in the middle of the view, beside what is there.
            inputs: Values it begins with.

        Returns:
            Its name; empty if it was refused.
        """
        scope = self._scope
        place = self.free_place() if position is None else position
        name = edits.name_for(self._workflow, type_id, at=scope)
        kind = self._editing.desk.spec(type_id) or type_id
        done = self._editing.apply(
            self._tr("Add {0}").format(spaced(type_id)),
            lambda w: edits.add_node(w, kind, place.toTuple(), inputs, name=name, at=scope),
        )
        return self._added(name, type_id) if done else ""

    def free_place(self, center: QPointF | None = None) -> QPointF:
        """A place for a new node where it hides no other: the middle of the view, or beside it."""
        middle = self._editing.canvas.visible_rect().center() if center is None else center
        box = QRectF(0, 0, 30 * GRID, 20 * GRID)
        box.moveCenter(middle)
        box.moveTo(round(box.left() / GRID) * GRID, round(box.top() / GRID) * GRID)
        bodies = [item.body for item in self._editing.scene.nodes.values()]
        while any(box.intersects(body) for body in bodies):
            box.translate(STEP, STEP)
        return box.topLeft()

    def add_and_connect(self, type_id: str, position: QPointF, end: OpenEnd, place: str | None) -> str:
        """Add a node at the open end of a link and link it, as one step.

        Args:
            type_id: Its type.
            position: Where the link was let go.
            end: What is linked.
            place: The input or output of the new node; None: the one that fits best.
        """
        spec = self._spec(type_id)
        if spec is None:
            self._say(self._tr("There is no node type {0}").format(type_id))
            return ""
        scope = self._scope
        name = edits.name_for(self._workflow, type_id, at=scope)
        where = self._beside(position, end)

        def edit(workflow: Workflow) -> Workflow:
            added = edits.add_node(workflow, spec, where.toTuple(), name=name, at=scope)
            return self._connected(added, name, spec, end, place)

        done = self._editing.apply(self._tr("Add {0}").format(spaced(type_id)), edit)
        return self._added(name, type_id) if done else ""

    @staticmethod
    def _beside(position: QPointF, end: OpenEnd) -> QPointF:
        """A link that comes from an output meets the new node's left side; one to an input its right."""
        across = -30.0 * GRID if end.source is None else 0.0
        point = position + QPointF(across, -6 * GRID)
        return QPointF(round(point.x() / GRID) * GRID, round(point.y() / GRID) * GRID)

    def _connected(
        self, workflow: Workflow, name: str, spec: NodeSpec, end: OpenEnd, place: str | None
    ) -> Workflow:
        scope = self._scope
        if end.source is not None:
            entry = place or input_for(spec, end.socket)
            ends = (end.source, Port(name, entry)) if entry else None
        else:
            leaving = place or output_for(spec, end.socket)
            ends = (Link(name, leaving), end.target) if leaving and end.target else None
        if ends is None:
            raise edits.EditRefused(self._tr("{0} does not fit here.").format(spec.type))
        return self._editing.links.joined(workflow, *ends, scope)

    def insert_type_on_link(self, type_id: str, source: Link, target: Port, position: QPointF) -> str:
        """Add a node in the middle of a link, as one step."""
        spec, scope = self._spec(type_id), self._scope
        if spec is None:
            self._say(self._tr("There is no node type {0}").format(type_id))
            return ""
        name = edits.name_for(self._workflow, type_id, at=scope)

        def edit(workflow: Workflow) -> Workflow:
            link = edits.find_link(workflow, real_source(source), real_target(target), at=scope)
            specs = self._editing.desk.specs
            added = edits.insert_node(workflow, specs, spec, link, position.toTuple(), at=scope)
            return edits.make_room(self._placed(added), name, self._sizes(), at=scope)

        done = self._editing.apply(self._tr("Insert {0}").format(spaced(type_id)), edit)
        return self._added(name, type_id) if done else ""

    def replace_selected(self, type_id: str) -> None:
        """Give the selected nodes another type; links and values stay where they fit."""
        spec, scope, chosen = self._spec(type_id), self._scope, self._chosen
        if spec is None or not chosen:
            self._say(self._tr("Select the nodes to replace first"))
            return

        def edit(workflow: Workflow) -> Workflow:
            for name in chosen:
                workflow = edits.replace_node(workflow, self._editing.desk.specs, name, spec, at=scope)
            return workflow

        if self._editing.apply(self._tr("Replace by {0}").format(type_id), edit):
            self._editing.desk.node_memory.note_use(type_id)

    def duplicate_selection(self) -> None:
        """Copy the selected nodes and those in frames, with links among them and those that come in."""
        self.duplicate(self._held, QPointF(4 * GRID, 4 * GRID), incoming=True)

    def duplicate(self, names: Collection[str], offset: QPointF, *, incoming: bool = False) -> None:
        """Copy nodes, moved by `offset`, and select the copies."""
        scope, chosen = self._scope, [name for name in names if not is_border(name)]
        if not chosen:
            self._say(self._tr("Select the nodes to duplicate first"))
            return
        self.insert(
            self._tr("Duplicate nodes"),
            lambda w: edits.duplicate(w, chosen, offset.toTuple(), incoming=incoming, at=scope),
        )

    def insert(self, label: str, edit: Callable[[Workflow], Workflow]) -> bool:
        """Do an edit that adds nodes, and select those."""
        before = set(self._body.nodes)
        done = self._editing.apply(label, edit)
        if done and (new := self._body.nodes.keys() - before):
            self._editing.scene.select(new)
        return done

    def delete_selection(self, reconnect: bool = False) -> None:
        """Remove what is selected, frames and notes too.

        Args:
            reconnect: Whether what fed the nodes then feeds what they fed.
        """
        scope, chosen, specs = self._scope, self._chosen, self._editing.desk.specs
        frames, notes = self._chosen_areas(AreaKind.FRAME), self._chosen_areas(AreaKind.NOTE)

        def edit(workflow: Workflow) -> Workflow:
            for index in frames:
                workflow = edits.remove_frame(workflow, index, at=scope)
            for index in notes:
                workflow = edits.remove_note(workflow, index, at=scope)
            if not chosen:
                return workflow
            return edits.remove_nodes(workflow, chosen, reconnect=reconnect, specs=specs, at=scope)

        if chosen or frames or notes:
            self._editing.apply(self._tr("Delete"), edit)

    def _spec(self, type_id: str) -> NodeSpec | None:
        """A node type, also one that belongs to the document itself."""
        return STRUCTURAL.get(type_id) or self._editing.desk.spec(type_id)

    def _added(self, name: str, type_id: str) -> str:
        self._editing.desk.node_memory.note_use(type_id)
        self._editing.scene.select({name})
        return name
