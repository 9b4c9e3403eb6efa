"""The outputs of a node: their types, and what they feed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nodeflow.document.links import connections
from nodeflow.document.values import Link
from nodeflow.node.spec import OutputSpec
from ui.canvas.fields import label_text
from ui.editing.editing import Editing
from ui.panels.outline.model import SHAPES
from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.socket_style import socket_style
from ui.theme.theme import theme_of
from ui.widgets.flow import Flow
from ui.widgets.parts import Elided, Jump, Words, clear


class Outputs(QWidget):
    """One row for each output."""

    shown = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE.half)
        self._state: object = None

    def show_node(self, editing: Editing, name: str) -> None:
        """Show a node's outputs."""
        spec = editing.spec(name)
        body = editing.scope.body(editing.document.workflow)
        fed: dict[str, list[str]] = {item.name: [] for item in spec.outputs}
        for link in connections(body):
            if isinstance(link.source, Link) and link.source.node == name and link.source.output in fed:
                fed[link.source.output].append(str(link.target))
        dark = theme_of(self).colors.dark
        if (spec.outputs, fed, dark) != self._state:
            self._state = (spec.outputs, fed, dark)
            clear(self._layout)
            for item in spec.outputs:
                self._add(item, fed[item.name])

    def _add(self, item: OutputSpec, targets: list[str]) -> None:
        theme = theme_of(self)
        mark = QLabel()
        color = QColor(theme.socket_color(item.socket)).name()
        mark.setPixmap(icon(SHAPES[socket_style(item.socket).shape], color).pixmap(14, 14))
        name = Elided(label_text(item.name), item.description)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE.half)
        line.addWidget(mark)
        line.addWidget(name, 2)
        line.addWidget(Words(item.socket.name), 3)
        self._layout.addWidget(holder)
        if targets:
            self._layout.addWidget(self._jumps(targets))

    def _jumps(self, targets: list[str]) -> QWidget:
        holder = QWidget()
        flow = Flow(holder)
        flow.setContentsMargins(SPACE.two, 0, 0, 0)
        for target in targets[:20]:
            node, dot, _ = target.rpartition(".")
            button = Jump(target, partial(self.shown.emit, node))
            button.setEnabled(bool(dot))
            flow.addWidget(button)
        return holder
