"""Tidying up: aligning, distributing, automatic layout, and what moves along with a drag."""

from __future__ import annotations

from nodeflow.document.model import Workflow
from nodeflow.node.spec import NodeKind, NodeSpec
from ui.canvas.actions import Moves
from ui.canvas.graph import is_border
from ui.document import edits
from ui.document.layout import Edge
from ui.editing.part import Part

PICTURE = "Image"
"""The name of the type of pictures."""


class Arranging(Part):
    """Commands on where things lie."""

    def move(self, moves: Moves, merge: str | None = None) -> None:
        """Put nodes, frames and notes elsewhere, as one step."""
        scope = self._scope
        nodes = {name: place.toTuple() for name, place in moves.nodes.items() if not is_border(name)}
        if not nodes and not moves.frames and not moves.notes:
            return

        def edit(workflow: Workflow) -> Workflow:
            workflow = edits.place_nodes(self._placed(workflow), nodes, at=scope)
            for index, place in moves.frames.items():
                frame = scope.body(workflow).frames[index]
                if frame.size is not None:
                    workflow = edits.resize_frame(workflow, index, place.toTuple(), frame.size, at=scope)
            for index, place in moves.notes.items():
                workflow = edits.place_note(workflow, index, place.toTuple(), at=scope)
            return workflow

        self._editing.apply(self._tr("Move"), edit, merge)

    def align(self, edge: Edge) -> None:
        """Bring the selected nodes into line."""
        scope, chosen, sizes = self._scope, self._chosen, self._sizes()
        if len(chosen) < 2:
            self._say(self._tr("Select two nodes or more to align"))
            return
        self._editing.apply(
            self._tr("Align nodes"), lambda w: edits.align(self._placed(w), chosen, edge, sizes, at=scope)
        )

    def distribute(self, horizontal: bool) -> None:
        """Make the gaps between the selected nodes equal."""
        scope, chosen, sizes = self._scope, self._chosen, self._sizes()
        if len(chosen) < 3:
            self._say(self._tr("Select three nodes or more to distribute"))
            return
        self._editing.apply(
            self._tr("Distribute nodes"),
            lambda w: edits.distribute(
                self._placed(w), chosen, vertical=not horizontal, sizes=sizes, at=scope
            ),
        )

    def auto_layout(self) -> None:
        """Lay the selected nodes out, or all if fewer than two are selected."""
        scope, sizes = self._scope, self._grown()
        chosen = self._chosen if len(self._chosen) > 1 else None
        self._editing.apply(
            self._tr("Lay out nodes"),
            lambda w: edits.auto_layout(self._placed(w), chosen, sizes, at=scope),
        )

    def _grown(self) -> dict[str, tuple[float, float]]:
        """How large each node is, with room for the picture that it will show."""
        sizes = self._sizes()
        for name, (width, height) in sizes.items():
            look = self._editing.scene.nodes[name].look
            if shows_pictures(look.spec) and look.geometry.preview is None and not look.geometry.collapsed:
                sizes[name] = (width, height + width)
        return sizes

    def resize(self, node: str, width: float) -> None:
        """Give a node another width."""
        if is_border(node):
            return
        scope, height = self._scope, self._editing.scene.nodes[node].body.height()
        self._editing.apply(
            self._tr("Resize node"),
            lambda w: edits.resize(self._placed(w), node, (width, height), at=scope),
        )


def shows_pictures(spec: NodeSpec) -> bool:
    """Whether nodes of a type show a picture once they have run."""
    if spec.kind is NodeKind.SINK:
        return any(entry.socket.name == PICTURE for entry in spec.inputs)
    return spec.category == "sampling" or any(output.socket.name == PICTURE for output in spec.outputs)
