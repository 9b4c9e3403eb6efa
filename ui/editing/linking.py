"""Links: whether one is possible, making and removing them, bends, and outputs that need no wires."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from PySide6.QtCore import QPointF

from nodeflow.document.model import REROUTE, Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import Link, is_linked
from nodeflow.node.sockets import Socket
from ui.canvas.actions import Port, Verdict, VerdictLike
from ui.canvas.graph import ADD, INPUTS, OUTPUTS, is_border, real_source, real_target
from ui.document import edits
from ui.document.sockets import Sockets
from ui.document.validity import can_connect, fits
from ui.editing.part import Part
from ui.theme.metrics import GRID


class Wireless(NamedTuple):
    """An output that has a name.

    Attributes:
        source: The output.
        name: Its name.
        socket: Its type.
        home: The graph it is in.
    """

    source: Link
    name: str
    socket: Socket
    home: Scope


class Linking(Part):
    """Commands on links. Sockets are named as the canvas names them, the border's included."""

    def verdict(self, source: Link, target: Port) -> VerdictLike:
        """Whether an output may be linked to an input, and if not, why and what would help."""
        if ADD in (source.output, target.input):
            return self._new_socket(source, target)
        return can_connect(
            self._workflow,
            self._editing.desk.specs,
            real_source(source),
            real_target(target),
            at=self._scope,
            sockets=self._editing.graph.sockets,
        )

    def _new_socket(self, source: Link, target: Port) -> Verdict:
        """Whether a subgraph may show an input or output to the outside."""
        if source.node == INPUTS and target.node == OUTPUTS:
            return Verdict(False, self._tr("Link it to a node in between"))
        node = self._body.nodes.get(target.node)
        if source.output == ADD and node is not None and is_linked(node.inputs.get(target.input)):
            return Verdict(False, self._tr("Remove the link that is there first"))
        return Verdict(True)

    def connect(self, source: Link, target: Port) -> None:
        """Link an output to an input."""
        scope = self._scope
        self._editing.apply(self._tr("Connect"), lambda w: self.joined(w, source, target, scope))

    def joined(self, workflow: Workflow, source: Link, target: Port, scope: Scope) -> Workflow:
        """The workflow with a link more; the border's empty socket becomes a new one."""
        if source.output == ADD:
            return edits.show_input(workflow, real_target(target), at=scope)
        if target.input == ADD:
            return edits.show_output(workflow, real_source(source), at=scope)
        start, end = real_source(source), real_target(target)
        verdict = can_connect(workflow, self._editing.desk.specs, start, end, at=scope)
        if not verdict.ok:
            raise edits.EditRefused(verdict.reason)
        return edits.connect(workflow, start, end, append=verdict.append, at=scope)

    def reconnect(self, source: Link, old: Port, new: Port) -> None:
        """Move the end of a link from one input to another, as one step."""
        scope = self._scope

        def edit(workflow: Workflow) -> Workflow:
            link = edits.find_link(workflow, real_source(source), real_target(old), at=scope)
            return self.joined(edits.disconnect(workflow, link, at=scope), source, new, scope)

        self._editing.apply(self._tr("Move link"), edit)

    def connect_through(self, source: Link, target: Port, converter: str) -> None:
        """Link them with a new node in between that turns the one into the other."""
        scope, specs = self._scope, self._editing.desk.specs
        place = self._between(source, target)
        before = self._body.nodes.keys()
        if self._editing.apply(
            self._tr("Connect through {0}").format(converter),
            lambda w: edits.connect_through(
                w, specs, real_source(source), real_target(target), converter, position=place, at=scope
            ),
        ):
            self._editing.scene.select(self._body.nodes.keys() - before)

    def _between(self, source: Link, target: Port) -> tuple[float, float]:
        items = self._editing.scene.nodes
        start = items[source.node].output_point(source.output)
        end = items[target.node].input_point(target.input)
        middle = (start + end) / 2 - QPointF(15 * GRID, 4 * GRID)
        x, y = round(middle.x() / GRID) * GRID, round(middle.y() / GRID) * GRID
        return x, y

    def disconnect(self, links: Collection[tuple[Link, Port]]) -> None:
        """Remove links, as one step."""
        scope = self._scope

        def edit(workflow: Workflow) -> Workflow:
            for source, target in links:
                link = edits.find_link(workflow, real_source(source), real_target(target), at=scope)
                workflow = edits.disconnect(workflow, link, at=scope)
            return workflow

        self._editing.apply(self._tr("Remove links"), edit)

    def can_insert(self, node: str, source: Link, target: Port) -> bool:
        """Whether a node could go in between the ends of a link."""
        if is_border(node):
            return False
        try:
            link = edits.find_link(self._workflow, real_source(source), real_target(target), at=self._scope)
            edits.insert_on_link(self._workflow, self._editing.desk.specs, node, link, at=self._scope)
        except edits.EditRefused:
            return False
        return True

    def insert_on_link(self, node: str, position: QPointF, source: Link, target: Port) -> None:
        """Move a node to a place and put it in between the ends of a link, which make room, as one step."""
        scope, specs, sizes = self._scope, self._editing.desk.specs, self._sizes()

        def edit(workflow: Workflow) -> Workflow:
            link = edits.find_link(workflow, real_source(source), real_target(target), at=scope)
            changed = edits.insert_on_link(workflow, specs, node, link, at=scope)
            placed = edits.place_nodes(self._placed(changed), {node: position.toTuple()}, at=scope)
            return edits.make_room(placed, node, sizes, at=scope)

        self._editing.apply(self._tr("Insert node"), edit)

    def insert_reroute(self, source: Link, target: Port, position: QPointF) -> None:
        """Put a bend into a link."""
        scope = self._scope
        name = edits.name_for(self._workflow, REROUTE, at=scope)

        def edit(workflow: Workflow) -> Workflow:
            link = edits.find_link(workflow, real_source(source), real_target(target), at=scope)
            return edits.insert_reroute(workflow, link, position.toTuple(), at=scope)

        if self._editing.apply(self._tr("Add reroute"), edit):
            self._editing.scene.select({name})

    def set_wireless(self, source: Link, name: str | None) -> None:
        """Show a name in place of an output's wires; None shows the wires again."""
        scope = self._scope
        label = self._tr("Show wires") if name is None else self._tr("Hide wires")
        self._editing.apply(label, lambda w: edits.set_wireless(w, source, name, at=scope))

    def use_wireless(self, source: Link, target: Port, home: Scope | None = None) -> None:
        """Link a wireless output, of this graph or of one around it, to an input."""
        scope = self._scope
        if home is None or home == scope:
            self.connect(source, target)
        else:
            self._editing.apply(
                self._tr("Connect"),
                lambda w: edits.use_wireless(w, source, real_target(target), home=home, at=scope),
            )

    def wireless_for(self, target: Port, socket: Socket) -> Iterator[Wireless]:
        """The wireless outputs that an input could take: of its graph, and of those around that."""
        scope, holder = self._scope, target.node
        while True:
            sockets = Sockets(self._workflow, self._editing.desk.specs, scope)
            for source, name in edits.wireless_outputs(self._workflow, at=scope).items():
                given = sockets.of_source(source)
                if source.node != holder and fits(given, socket):
                    yield Wireless(source, name, given, scope)
            if not scope.path or is_border(target.node):
                return
            scope, holder = scope.outer, scope.path[-1]

    def wireless(self) -> dict[Link, str]:
        """The outputs of the graph that are shown by a name in place of wires."""
        return dict(self._editing.graph.wireless)
