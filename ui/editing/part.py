"""What all groups of commands have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeflow.document.model import GraphBody, Workflow
from nodeflow.document.scope import Scope
from ui.canvas.area_item import AreaKind
from ui.canvas.graph import is_border
from ui.document import edits

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.running.engine import Engine


class Part:
    """A group of commands on one `Editing`.

    Args:
        editing: The open document.
    """

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    @property
    def _engine(self) -> Engine:
        """What runs all documents."""
        return self._editing.desk.engine

    @property
    def _workflow(self) -> Workflow:
        return self._editing.document.workflow

    @property
    def _scope(self) -> Scope:
        return self._editing.scope

    @property
    def _body(self) -> GraphBody:
        """The graph that is shown."""
        return self._scope.body(self._workflow)

    @property
    def _chosen(self) -> list[str]:
        """The selected nodes, in the document's order."""
        selected = self._editing.selection
        return [name for name in self._body.nodes if name in selected]

    def _chosen_areas(self, kind: AreaKind) -> list[int]:
        """The indexes of the selected frames or notes, the last first: so each can be removed in turn."""
        found = self._editing.scene.selected_areas
        return sorted((index for other, index in found if other is kind), reverse=True)

    @property
    def _held(self) -> list[str]:
        """The selected nodes and those in selected frames, in the document's order."""
        body, frames = self._body, self._chosen_areas(AreaKind.FRAME)
        inside = {name for index in frames for name in body.frames[index].nodes}
        return [name for name in body.nodes if name in inside or name in self._editing.selection]

    def _sizes(self) -> dict[str, tuple[float, float]]:
        """How large each node is drawn."""
        items = self._editing.scene.nodes.items()
        return {n: (i.body.width(), i.body.height()) for n, i in items if not is_border(n)}

    def _placed(self, workflow: Workflow) -> Workflow:
        """The workflow in which every node of the graph has the place where it is drawn.

        Nodes that a file gives no place are laid out by the canvas; who moves one means to keep the others.
        """
        body = self._scope.body(workflow)
        items = self._editing.scene.nodes
        missing = {n: items[n].pos().toTuple() for n in body.nodes if n not in body.layout and n in items}
        return edits.place_nodes(workflow, missing, at=self._scope) if missing else workflow

    def _say(self, text: str) -> None:
        self._editing.said.emit(text)

    def _tr(self, text: str) -> str:
        return self._editing.tr(text)
