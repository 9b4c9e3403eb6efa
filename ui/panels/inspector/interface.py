"""The inspector's page for the inside of a subgraph: what it shows to the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nodeflow.document.interface import subgraph
from nodeflow.document.model import GraphBody, Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import GraphInput
from nodeflow.node.sockets import Socket
from ui.document import edits
from ui.panels.name_edit import NameEdit
from ui.panels.outline.model import SHAPES
from ui.panels.panel import theme_of
from ui.panels.parts import IconButton, Scroller, Section, Words, clear
from ui.panels.text_edit import TextEdit
from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.socket_style import socket_style

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Port(QWidget):
    """One input or output of a subgraph: its name, and buttons to move and to hide it."""

    renamed = Signal(str)
    moved = Signal(int)
    hidden = Signal()

    def __init__(self, name: str, socket: Socket) -> None:
        super().__init__()
        self.name = NameEdit(self.tr("Name"))
        self.name.show_name(name)
        self._mark, self._socket = QLabel(), socket
        self._mark.setToolTip(socket.name)
        self.up = IconButton("arrow-up", self.tr("Move up"), partial(self.moved.emit, -1))
        self.down = IconButton("arrow-down", self.tr("Move down"), partial(self.moved.emit, 1))
        self.hide_button = IconButton("eye-slash", self.tr("Hide from outside"), self.hidden.emit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.half)
        layout.addWidget(self._mark)
        layout.addWidget(self.name, 1)
        for button in (self.up, self.down, self.hide_button):
            layout.addWidget(button)
        self.name.renamed.connect(self.renamed)
        color = QColor(theme_of(self).socket_color(socket)).name()
        self._mark.setPixmap(icon(SHAPES[socket_style(socket).shape], color).pixmap(14, 14))


class Interface(Scroller):
    """The name, the description, the inputs and the outputs of the subgraph one is in.

    Attributes:
        inputs: A row for each input.
        outputs: A row for each output.
    """

    def __init__(self) -> None:
        super().__init__()
        self._editing: Editing | None = None
        self.name, self.description = NameEdit(self.tr("Subgraph name")), TextEdit(self.tr("Description"))
        self.inputs: list[Port] = []
        self.outputs: list[Port] = []
        self._none = Words(self.tr("Drag from the border's empty socket to an input to show it outside."))
        self._uses = Words()
        self._boxes = QVBoxLayout(), QVBoxLayout()
        for widget in (self.name, self._uses, self.description):
            self.column.addWidget(widget)
        for title, box in zip((self.tr("Inputs"), self.tr("Outputs")), self._boxes, strict=True):
            section = Section(title)
            box.setSpacing(SPACE.hair)
            section.body.addLayout(box)
            self.column.addWidget(section)
        self.column.addWidget(self._none)
        self.name.renamed.connect(self._rename)
        self.description.kept.connect(self._describe)
        self._state: object = None

    def show_scope(self, editing: Editing) -> None:
        """Show the subgraph that the canvas shows."""
        self._editing = editing
        workflow, scope = editing.document.workflow, editing.scope
        body = subgraph(workflow, scope)
        definition = scope.definition(workflow) or ""
        self.name.show_name(definition)
        self.description.show_text(body.description)
        uses = sum(
            node.subgraph == definition for graph in _bodies(workflow) for node in graph.nodes.values()
        )
        self._uses.say(self.tr("Subgraph, used {0} times").format(uses) if uses != 1 else self.tr("Subgraph"))
        sockets = editing.scene.graph.sockets
        given = [(name, sockets.of_source(GraphInput(name))) for name in body.inputs]
        spec = editing.scene.graph.spec("/outputs")
        taken = [(item.name, item.socket) for item in spec.inputs if item.name in body.outputs]
        state = (given, taken, theme_of(self).colors.dark)
        if state != self._state:
            self._state = state
            self.inputs = self._fill(self._boxes[0], given, edits.rename_input, edits.hide_input, "inputs")
            self.outputs = self._fill(
                self._boxes[1], taken, edits.rename_output, edits.hide_output, "outputs"
            )
        self._none.setVisible(not given and not taken)

    def _fill(
        self,
        box: QVBoxLayout,
        ports: Iterable[tuple[str, Socket]],
        rename: Callable[..., Workflow],
        hide: Callable[..., Workflow],
        kind: str,
    ) -> list[Port]:
        clear(box)
        rows = []
        for name, socket in ports:
            row = Port(name, socket)
            row.renamed.connect(partial(self._apply, self.tr("Rename socket"), rename, name))
            row.hidden.connect(partial(self._apply, self.tr("Hide socket"), hide, name))
            row.moved.connect(partial(self._apply, self.tr("Move socket"), _moved, kind, name))
            box.addWidget(row)
            rows.append(row)
        for row in rows:
            row.up.setEnabled(row is not rows[0])
            row.down.setEnabled(row is not rows[-1])
        return rows

    def _apply(self, label: str, edit: Callable[..., Workflow], *arguments: object) -> None:
        if self._editing is not None:
            scope = self._editing.scope
            self._editing.apply(label, lambda w: edit(w, *arguments, at=scope))

    def _rename(self, name: str) -> None:
        if self._editing is not None:
            old = self._editing.scope.definition(self._editing.document.workflow) or ""
            self._editing.apply(self.tr("Rename subgraph"), lambda w: edits.rename_subgraph(w, old, name))

    def _describe(self, text: str) -> None:
        self._apply(self.tr("Describe subgraph"), _described, text.strip())


def _described(workflow: Workflow, text: str, *, at: Scope) -> Workflow:
    return at.put(workflow, description=text)


def _moved(workflow: Workflow, kind: str, name: str, step: int, *, at: Scope) -> Workflow:
    """Put an input or output a place up (-1) or down (1)."""
    ports = getattr(subgraph(workflow, at), kind)
    names = list(ports)
    place = names.index(name)
    other = min(max(place + step, 0), len(names) - 1)
    names.insert(other, names.pop(place))
    return at.put(workflow, **{kind: {key: ports[key] for key in names}})


def _bodies(workflow: Workflow) -> Iterable[GraphBody]:
    return (workflow, *workflow.subgraphs.values())
