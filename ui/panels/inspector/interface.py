"""The inspector's page for the inside of a subgraph: what it shows to the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu, QWidget

from nodeflow.document.interface import subgraph
from nodeflow.document.model import GraphBody, Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import GraphInput, Link, is_linked
from nodeflow.node.sockets import Socket
from ui.canvas.fields import label_text
from ui.document import edits
from ui.panels.entries import Entries, Line
from ui.panels.name_edit import NameEdit
from ui.panels.outline.model import SHAPES
from ui.panels.text_edit import TextEdit
from ui.theme.socket_style import socket_style
from ui.theme.theme import theme_of
from ui.widgets.parts import IconButton, Words
from ui.widgets.section import Scroller, Section

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Interface(Scroller):
    """The name, the description, the inputs and the outputs of the subgraph one is in.

    Attributes:
        inputs: A line for each input.
        outputs: A line for each output.
        add_input: Offers the inputs inside that could be shown.
        add_output: Offers the outputs inside that could be shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self._editing: Editing | None = None
        self.name, self.description = NameEdit(self.tr("Subgraph name")), TextEdit(self.tr("Description"))
        self._uses = Words()
        for widget in (self.name, self._uses, self.description):
            self.column.addWidget(widget)
        self.inputs, self.outputs = (
            Entries(self.tr("Hide from outside")),
            Entries(self.tr("Hide from outside")),
        )
        self.add_input = IconButton("plus", self.tr("Show an input to the outside"))
        self.add_output = IconButton("plus", self.tr("Show an output to the outside"))
        self.add_input.clicked.connect(lambda: self._offer(self.add_input, self._free_inputs()))
        self.add_output.clicked.connect(lambda: self._offer(self.add_output, self._free_outputs()))
        self._place(self.tr("Inputs"), self.inputs, self.add_input)
        self._place(self.tr("Outputs"), self.outputs, self.add_output)
        self.column.addWidget(
            Words(self.tr("A socket of a node, dragged to the border, is shown outside, too."))
        )
        self._connect(self.inputs, edits.rename_input, edits.hide_input, edits.move_input)
        self._connect(self.outputs, edits.rename_output, edits.hide_output, edits.move_output)
        self.name.renamed.connect(self._rename)
        self.description.kept.connect(
            lambda text: self._apply(self.tr("Describe subgraph"), _described, text)
        )

    def _place(self, title: str, entries: Entries, add: QWidget) -> None:
        section = Section(title)
        section.body.addWidget(entries)
        section.head.addWidget(add)
        self.column.addWidget(section)

    def _connect(
        self,
        entries: Entries,
        rename: Callable[..., Workflow],
        hide: Callable[..., Workflow],
        move: Callable[..., Workflow],
    ) -> None:
        entries.renamed.connect(partial(self._apply, self.tr("Rename socket"), rename))
        entries.removed.connect(partial(self._apply, self.tr("Hide socket"), hide))
        entries.moved.connect(partial(self._apply, self.tr("Move socket"), move))

    def show_scope(self, editing: Editing) -> None:
        """Show the subgraph that the canvas shows."""
        self._editing = editing
        workflow, scope = editing.document.workflow, editing.scope
        body = subgraph(workflow, scope)
        definition = scope.definition(workflow) or ""
        self.name.show_name(definition)
        self.description.show_text(body.description)
        bodies: Iterable[GraphBody] = (workflow, *workflow.subgraphs.values())
        uses = sum(node.subgraph == definition for graph in bodies for node in graph.nodes.values())
        self._uses.say(self.tr("Subgraph, used {0} times").format(uses) if uses != 1 else self.tr("Subgraph"))
        sockets, spec = editing.graph.sockets, editing.graph.spec("/outputs")
        self.inputs.show_lines([self._line(n, sockets.of_source(GraphInput(n))) for n in body.inputs])
        taken = {item.name: item.socket for item in spec.inputs}
        self.outputs.show_lines([self._line(name, taken[name]) for name in body.outputs if name in taken])

    def _line(self, name: str, socket: Socket) -> Line:
        color = QColor(theme_of(self).socket_color(socket)).name()
        return Line(name, name, socket.name, (SHAPES[socket_style(socket).shape], color))

    def _free_inputs(self) -> dict[str, Callable[[], None]]:
        """The inputs inside that nothing feeds, and what shows each outside."""
        editing = self._editing
        if editing is None:
            return {}
        nodes = editing.scope.body(editing.document.workflow).nodes
        free = [
            f"{name}.{entry.name}"
            for name, node in nodes.items()
            for entry in editing.spec(name).inputs
            if not is_linked(node.inputs.get(entry.name))
        ]
        return {place: partial(self._apply, self.tr("Show input"), edits.show_input, place) for place in free}

    def _free_outputs(self) -> dict[str, Callable[[], None]]:
        """The outputs inside that are not shown yet, and what shows each outside."""
        editing = self._editing
        if editing is None:
            return {}
        body = subgraph(editing.document.workflow, editing.scope)
        shown = [value for value in body.outputs.values() if isinstance(value, Link)]
        links = [Link(name, entry.name) for name in body.nodes for entry in editing.spec(name).outputs]
        label = self.tr("Show output")
        return {
            str(link): partial(self._apply, label, edits.show_output, link)
            for link in links
            if link not in shown
        }

    def _offer(self, button: QWidget, offers: dict[str, Callable[[], None]]) -> None:
        """A menu of sockets, by node where there are many."""
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        inner: dict[str, QMenu] = {}
        for place, do in offers.items():
            node, _, name = place.rpartition(".")
            if node not in inner:
                inner[node] = menu.addMenu(node)
            inner[node].addAction(label_text(name), do)
        if not offers:
            menu.addAction(self.tr("Nothing is left to show")).setEnabled(False)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _apply(self, label: str, edit: Callable[..., Workflow], *arguments: object) -> None:
        if self._editing is not None:
            editing, scope = self._editing, self._editing.scope
            editing.apply(label, lambda w: edit(w, *arguments, at=scope))
            if scope.path:
                self.show_scope(editing)  # a line that was dragged goes back if it was refused

    def _rename(self, name: str) -> None:
        if self._editing is not None:
            old = self._editing.scope.definition(self._editing.document.workflow) or ""
            self._editing.apply(self.tr("Rename subgraph"), lambda w: edits.rename_subgraph(w, old, name))


def _described(workflow: Workflow, text: str, *, at: Scope) -> Workflow:
    return at.put(workflow, description=text.strip())
