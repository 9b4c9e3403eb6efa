"""One way to mend a problem, and what all of them are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QAbstractButton, QApplication

from nodeflow.document.links import Target
from nodeflow.document.model import Node, Workflow
from nodeflow.node.spec import InputSpec, NodeSpec
from ui.document.problems import Fault
from ui.document.sockets import Sockets

if TYPE_CHECKING:
    from ui.editing.editing import Editing

Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Fix:
    """One way to mend a problem.

    Attributes:
        text: What a button says.
        do: Does it.
    """

    text: str
    do: Callable[[], object]


class Case:
    """A problem of a node that is there, and the means to mend it.

    Args:
        editing: The document.
        fault: The problem.
        node: The node that has it.
    """

    def __init__(self, editing: Editing, fault: Fault, node: Node) -> None:
        self.editing, self.fault, self.node = editing, fault, node
        self.specs = editing.desk.specs
        self.workflow, self.scope = editing.document.workflow, fault.scope
        self.sockets = Sockets(self.workflow, self.specs, fault.scope)

    @property
    def spec(self) -> NodeSpec:
        """What the node looks like from outside."""
        return self.sockets.spec(self.fault.node)

    def target(self, name: str) -> Target:
        """One of the node's inputs."""
        return Target(self.fault.node, name)

    def fix(
        self,
        text: str,
        label: str,
        edit: Callable[Concatenate[Workflow, Arguments], Workflow],
        *arguments: Arguments.args,
        **options: Arguments.kwargs,
    ) -> Fix:
        """A fix that is one edit; `label` is what undo calls it."""
        return Fix(text, partial(self.editing.apply, label, lambda w: edit(w, *arguments, **options)))

    def choice(self, entry: InputSpec, value: str, done: Callable[[str], object]) -> Fix:
        """A fix that lets somebody pick from a list of what an input may be set to."""
        return Fix(translated("Choose another…"), lambda: _pick(entry, self.editing, value, done))

    def show(self) -> None:
        """Bring the node into view and select it."""
        self.editing.show_problem(str(self.scope.inside(self.fault.node)), self.fault.problem.input)

    def enter(self) -> None:
        """Show the graph that the node lies in."""
        if self.editing.scope != self.scope:
            self.editing.show(self.scope)

    def place(self) -> tuple[float, float]:
        """Where the node lies."""
        layout = self.scope.body(self.workflow).layout
        return layout[self.fault.node].position if self.fault.node in layout else (0.0, 0.0)


def _pick(entry: InputSpec, editing: Editing, value: str, done: Callable[[str], object]) -> None:
    """Open a list below the button that was pressed."""
    from ui.values.choices import choices_for
    from ui.values.chooser import pop_up

    pressed = QApplication.focusWidget()
    by_key = isinstance(pressed, QAbstractButton)
    where = pressed.mapToGlobal(pressed.rect().bottomLeft()) if pressed and by_key else QCursor.pos()
    pop_up(choices_for(entry, editing.desk, editing.document.path), value, where, done)


def translated(text: str) -> str:
    """A text of a fix in the user's language."""
    return QCoreApplication.translate("Fixes", text)
