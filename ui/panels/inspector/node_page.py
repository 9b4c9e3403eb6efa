"""The inspector's page for one or several nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from nodeflow.errors import Problem
from nodeflow.node.spec import InputSpec, NodeSpec
from ui.canvas.geometry_cache import seldom_inputs
from ui.document.problems import Fault
from ui.document.sockets import MISSING
from ui.panels.binding import Binding
from ui.panels.form import Form
from ui.panels.inspector.documentation import Documentation
from ui.panels.inspector.header import NodeHeader
from ui.panels.inspector.outputs import Outputs
from ui.panels.inspector.presets import Presets
from ui.panels.inspector.run_section import RunSection
from ui.panels.mending import Mending
from ui.widgets.parts import Words
from ui.widgets.section import Scroller, Section

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class NodePage(Scroller):
    """Everything about the selected nodes; of several, what they share.

    Attributes:
        header: Names, modes, colour, comment.
        form: The inputs.
        seldom: The inputs that are seldom used.
        presets: Offers sets of values.
        mending: What is wrong with a node as a whole, and ways to mend it.
        run: Why a node runs or not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._editing: Editing | None = None
        self.header, self.form, self.seldom = NodeHeader(), Form(), Form()
        self.outputs, self.documentation = Outputs(), Documentation()
        self.mending, self.run = Mending(), RunSection()
        self._nothing = Words(self.tr("These nodes have no inputs in common."))
        self._inputs = Section(self.tr("Inputs"))
        self.presets = Presets()
        self._inputs.head.addWidget(self.presets)
        self._seldom = Section(self.tr("Seldom used"), opened=False)
        self._outputs = Section(self.tr("Outputs"))
        self._inputs.body.addWidget(self._nothing)
        self._inputs.body.addWidget(self.form)
        self._seldom.body.addWidget(self.seldom)
        self._outputs.body.addWidget(self.outputs)
        column: list[QWidget] = [self.header, self.mending, self._inputs, self._seldom]
        for widget in (*column, self._outputs, self.run, self.documentation):
            self.column.addWidget(widget)
        for form in (self.form, self.seldom, self.outputs):
            form.shown.connect(self._show)
        self._shown: object = None

    def show_nodes(self, editing: Editing, names: tuple[str, ...]) -> None:
        """Show these nodes of the graph on the canvas."""
        self._editing = editing
        self.header.show_nodes(editing, names)
        self.presets.show_nodes(editing, names)
        one = len(names) == 1
        seldom = _seldom(editing.spec(names[0])) if one else frozenset[str]()
        bindings = [Binding(editing, editing.scope, names, spec) for spec in _shared(editing, names)]
        bindings = [b for b in bindings if b.counts() or b.is_set() or b.linked() or b.faults()]
        self.form.show_inputs([b for b in bindings if b.spec.name not in seldom])
        rare = [b for b in bindings if b.spec.name in seldom]
        self.seldom.show_inputs(rare)
        self._fold(editing, names, rare)
        self._nothing.setVisible(not bindings and not one)
        self._inputs.setVisible(bool(bindings) or not one)
        self._outputs.setVisible(one and bool(editing.spec(names[0]).outputs))
        self.documentation.setVisible(one and editing.spec(names[0]).category != MISSING)
        if one:
            self.outputs.show_node(editing, names[0])
            self.documentation.show_spec(editing.spec(names[0]))
        self._show_trouble(editing, names)
        self.show_run(editing, names)

    def show_run(self, editing: Editing, names: tuple[str, ...]) -> None:
        """Show why a node runs or not; of several nothing is said."""
        if len(names) == 1:
            self.run.show_node(editing, names[0])
        else:
            self.run.hide()

    def _fold(self, editing: Editing, names: tuple[str, ...], rare: Sequence[Binding]) -> None:
        """For other nodes: seldom used inputs are unfolded if they say something."""
        self._seldom.setVisible(bool(rare))
        self._seldom.title.setText(self.tr("Seldom used ({0})").format(len(rare)))
        shown = (id(editing), editing.scope, names)
        if shown != self._shown:
            self._shown = shown
            self._seldom.unfold(any(b.is_set() or b.linked() or b.faults() for b in rare))
            self.verticalScrollBar().setValue(0)

    def _show_trouble(self, editing: Editing, names: tuple[str, ...]) -> None:
        """What is wrong with a node as a whole, and ways to mend it."""
        known = {row.binding.spec.name for row in (*self.form.rows, *self.seldom.rows)}
        path = editing.node_path(names[0]) if len(names) == 1 else ""
        faults = [
            fault
            for fault in editing.faults.all
            if "/".join((*fault.scope.path, fault.node)) == path and fault.problem.input not in known
        ]
        if path and not faults and editing.spec(names[0]).category == MISSING:  # muted: nobody complains
            text = self.tr("The package that has this node is not installed here")
            faults = [Fault(editing.scope, names[0], Problem(text, names[0]))]
        self.mending.show_faults(editing, faults)

    def _show(self, name: str) -> None:
        """Bring another node into view and show it here."""
        if self._editing is not None:
            self._editing.show_problem(self._editing.node_path(name), None)


def _seldom(spec: NodeSpec) -> frozenset[str]:
    """The seldom used inputs; not those that a choice brings with it."""
    return frozenset(entry.name for entry in spec.inputs if entry.only_for is None) & seldom_inputs(spec)


def _shared(editing: Editing, names: tuple[str, ...]) -> list[InputSpec]:
    """The inputs that all nodes have, by name and type."""
    first, *others = (editing.spec(name) for name in names)
    found = []
    for spec in first.inputs:
        same = [other.input(spec.name) for other in others]
        if all(item is not None and item.socket == spec.socket for item in same):
            found.append(spec)
    return found
