"""Subgraphs: making them of nodes, taking them apart, going into them, and keeping them as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPointF

from nodeflow.document.files import load_workflow, save_workflow
from nodeflow.document.model import Workflow
from nodeflow.document.scope import EditRefused, Scope
from nodeflow.document.values import Link
from nodeflow.errors import NodeflowError
from ui.canvas.actions import Port
from ui.canvas.graph import ADD
from ui.document import edits
from ui.editing.part import Part
from ui.editing.requests import TextRequest
from ui.node_memory import REUSABLE


class Groups(Part):
    """Commands on subgraphs."""

    def group_selection(self) -> None:
        """Turn the selected nodes into one subgraph node."""
        scope, chosen, title = self._scope, self._chosen, self._tr("group")
        self._with_new(
            self._tr("Group nodes"), lambda w: edits.group(self._placed(w), chosen, title, at=scope)
        )

    def ungroup_selection(self) -> None:
        """Replace the selected subgraph nodes by what is inside them."""
        scope = self._scope
        chosen = [name for name in self._chosen if self._body.nodes[name].subgraph is not None]
        if not chosen:
            self._say(self._tr("Select a subgraph to ungroup"))
            return

        def edit(workflow: Workflow) -> Workflow:
            for name in chosen:
                workflow = edits.ungroup(workflow, name, at=scope)
            return workflow

        self._with_new(self._tr("Ungroup"), edit)

    def enter(self, name: str) -> None:
        """Show what is inside a subgraph node."""
        inside = self._scope.inside(name)
        if inside.exists(self._workflow):
            self.show_scope(inside)
        else:
            self._say(self._tr("{0} is no subgraph").format(name))

    def leave(self) -> None:
        """Show the graph around this one, with the subgraph selected that was left."""
        if not self._scope.path:
            return
        left = self._scope.path[-1]
        self.show_scope(self._scope.outer)
        self._editing.scene.select({left})

    def show_scope(self, scope: Scope) -> None:
        """Show a graph of the document."""
        self._editing.show(scope)

    def save_subgraph(self, name: str, path: Path) -> None:
        """Save the subgraph that a node uses as a file, to be used again in other workflows."""
        node = self._body.nodes.get(name)
        try:
            if node is None or node.subgraph is None:
                raise EditRefused(self._tr("{0} is no subgraph").format(name))
            save_workflow(edits.subgraph_file(self._workflow, node.subgraph), path)
        except NodeflowError as error:
            self._say(str(error))
        else:
            self._say(self._tr("Saved as {0}").format(path.name))

    def insert_subgraph(self, source: Path | Workflow, position: QPointF | None = None) -> None:
        """Put a subgraph that was saved into the graph, as one node."""
        scope = self._scope
        place = self._editing.nodes.free_place() if position is None else position
        try:
            found = load_workflow(source) if isinstance(source, Path) else source
        except NodeflowError as error:
            self._say(str(error))
            return
        done = self._editing.nodes.insert(
            self._tr("Insert subgraph"),
            lambda w: edits.insert_subgraph(w, found, place.toTuple(), at=scope),
        )
        if done and isinstance(source, Path):
            self._editing.desk.node_memory.note_use(REUSABLE + source.stem)

    def rename_socket(self, end: Link | Port, name: str) -> None:
        """Rename an input or output of the subgraph one is in; `end` as the border shows it."""
        scope = self._scope
        if isinstance(end, Link):
            self._editing.apply(
                self._tr("Rename input"),
                lambda w: edits.rename_input(w, end.output, name.strip(), at=scope),
            )
        else:
            self._editing.apply(
                self._tr("Rename output"),
                lambda w: edits.rename_output(w, end.input, name.strip(), at=scope),
            )

    def ask_socket_name(self, end: Link | Port) -> None:
        """Ask for another name for an input or output of the subgraph one is in."""
        name = end.output if isinstance(end, Link) else end.input
        if name != ADD:
            title = self._tr("Rename input") if isinstance(end, Link) else self._tr("Rename output")
            request = TextRequest(title, name, lambda text: self.rename_socket(end, text))
            self._editing.textWanted.emit(request)

    def remove_socket(self, end: Link | Port) -> None:
        """Take an input or output away from the subgraph one is in, with all links to it."""
        scope = self._scope
        if isinstance(end, Link):
            self._editing.apply(self._tr("Remove input"), lambda w: edits.hide_input(w, end.output, at=scope))
        else:
            self._editing.apply(
                self._tr("Remove output"), lambda w: edits.hide_output(w, end.input, at=scope)
            )

    def _with_new(self, label: str, edit: Callable[[Workflow], Workflow]) -> None:
        self._editing.nodes.insert(label, edit)
