"""One input of one or several nodes, as a form shows it: what it holds, and changing that as one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nodeflow.document.links import Source, Target, sources_in
from nodeflow.document.model import SeedMode, Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import InputValue, JSONValue, Link, is_linked, literal
from nodeflow.node.annotations import Seed
from nodeflow.node.spec import InputSpec
from ui.document import edits
from ui.document.problems import Fault
from ui.document.sockets import Sockets

if TYPE_CHECKING:
    from ui.editing.editing import Editing

_GESTURES = count(1)


@dataclass
class Binding:
    """An input that a row of a form shows.

    Attributes:
        editing: The document.
        scope: The graph its nodes lie in.
        nodes: The nodes; all have this input.
        spec: What it takes.
    """

    editing: Editing
    scope: Scope
    nodes: tuple[str, ...]
    spec: InputSpec
    _gesture: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this row from others; two of the same key can show the same widgets."""
        return (id(self.editing), self.scope, self.nodes, self.spec)

    @property
    def targets(self) -> tuple[Target, ...]:
        """The input of each node."""
        return tuple(Target(node, self.spec.name) for node in self.nodes)

    def exists(self) -> bool:
        """Whether all nodes are still there."""
        workflow = self.editing.document.workflow
        there = self.scope.exists(workflow)
        return there and all(node in self.scope.body(workflow).nodes for node in self.nodes)

    def held(self) -> list[InputValue]:
        """What each node's input holds; its default where it holds nothing."""
        body = self.scope.body(self.editing.document.workflow)
        return [
            body.nodes[node].inputs.get(self.spec.name, self.spec.default)
            for node in self.nodes
            if node in body.nodes
        ]

    def value(self) -> tuple[JSONValue, bool]:
        """The value to show, and whether nodes differ in it."""
        values = [literal(value) for value in self.held() if not is_linked(value)]
        first = values[0] if values else None
        return first, any(_differ(first, other) for other in values[1:])

    def sources(self) -> list[Source]:
        """What the input is linked to, of all nodes."""
        return list(dict.fromkeys(source for value in self.held() for source in sources_in(value)))

    def gives_one(self, source: Link) -> bool:
        """Whether the node of a link has no other output."""
        if source.node not in self.scope.body(self.editing.document.workflow).nodes:
            return False
        sockets = Sockets(self.editing.document.workflow, self.editing.desk.specs, self.scope)
        return len(sockets.spec(source.node).outputs) == 1

    def linked(self) -> int:
        """How many of the nodes have it linked."""
        return sum(is_linked(value) for value in self.held())

    def is_set(self) -> bool:
        """Whether any node holds a value of its own that differs from the default."""
        return any(not is_linked(v) and _differ(literal(v), self.spec.default) for v in self.held())

    def counts(self) -> bool:
        """Whether it matters to any of the nodes, beside what else they hold."""
        nodes = self.scope.body(self.editing.document.workflow).nodes
        return any(
            self.editing.spec(name).counts(self.spec.name, nodes[name].inputs)
            for name in self.nodes
            if name in nodes
        )

    @property
    def is_seed(self) -> bool:
        """Whether it is a seed, which has a mode."""
        return isinstance(self.spec.widget, Seed)

    def seed_mode(self) -> SeedMode:
        """What happens to the seed before each run."""
        body = self.scope.body(self.editing.document.workflow)
        return body.seeds.get(f"{self.nodes[0]}.{self.spec.name}", SeedMode.FIXED)

    def faults(self) -> list[Fault]:
        """What is wrong with it."""
        return [
            fault
            for fault in self.editing.faults.all
            if fault.problem.input == self.spec.name
            and fault.node in self.nodes
            and fault.scope == self.scope
        ]

    def on_panel(self) -> bool:
        """Whether it is on the app panel."""
        workflow = self.editing.document.workflow
        definition = self.scope.definition(workflow)
        shown = {item.place for item in edits.panel_inputs(workflow)}
        return all((definition, node, self.spec.name) in shown for node in self.nodes)

    # Commands

    def set(self, value: JSONValue, going: bool = False) -> None:
        """Set the value in all nodes where it is not linked, as one step together with the drag it ends.

        Args:
            value: The value.
            going: Whether more will follow at once, as while a slider is dragged.
        """
        self._gesture = self._gesture or next(_GESTURES)
        merge = f"form {self._gesture}"
        free = [t for t, held in zip(self.targets, self.held(), strict=True) if not is_linked(held)]
        self._each(_tr("Set {0}"), lambda w, t: edits.set_input(w, t, value, at=self.scope), free, merge)
        if not going:
            self._gesture = 0

    def reset(self) -> None:
        """Let the input have its default again; links stay."""
        free = [t for t, held in zip(self.targets, self.held(), strict=True) if not is_linked(held)]
        self._each(_tr("Reset {0}"), lambda w, t: edits.reset_input(w, t, at=self.scope), free)

    def unlink(self) -> None:
        """Remove the links."""
        self._each(_tr("Unlink {0}"), lambda w, t: edits.disconnect(w, t, at=self.scope))

    def set_seed_mode(self, mode: SeedMode) -> None:
        """Say what happens to the seed before each run."""
        self._each(
            _tr("Set seed mode"),
            lambda w, t: edits.set_seed_mode(w, t.node or "", t.input, mode, at=self.scope),
        )

    def show_on_panel(self, shown: bool) -> None:
        """Put it on the app panel, or take it away."""
        edit = edits.show_on_panel if shown else edits.hide_from_panel
        label = _tr("Show {0} on the app panel") if shown else _tr("Hide {0} from the app panel")
        self._each(label, lambda w, t: edit(w, t, at=self.scope))

    def _each(
        self,
        label: str,
        edit: Callable[[Workflow, Target], Workflow],
        targets: list[Target] | None = None,
        merge: str | None = None,
    ) -> None:
        def all_of_them(workflow: Workflow) -> Workflow:
            for target in self.targets if targets is None else targets:
                workflow = edit(workflow, target)
            return workflow

        name = self.spec.name.replace("_", " ")
        self.editing.apply(label.format(name), all_of_them, merge)


def _differ(one: JSONValue, other: JSONValue) -> bool:
    """Whether values differ; `1` and `true` do, `1` and `1.0` do not."""
    return one != other or isinstance(one, bool) != isinstance(other, bool)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Form", text)
