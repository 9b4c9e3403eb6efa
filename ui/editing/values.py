"""Values of inputs: reading them, and setting those of many nodes at once."""

from __future__ import annotations

from collections.abc import Sequence

from nodeflow.document.links import value_at
from nodeflow.document.model import SeedMode, Workflow
from nodeflow.document.values import JSONValue, is_linked, literal
from ui.canvas.actions import Port
from ui.canvas.graph import real_target
from ui.document import edits
from ui.editing.part import Part


class Values(Part):
    """Commands on the values of inputs."""

    def value(self, port: Port) -> object:
        """What an input holds: a literal, its default, or what it is linked to."""
        target = real_target(port)
        content = value_at(self._body, target)
        if is_linked(content):
            return content
        node = self._body.nodes.get(port.node)
        if node is not None and port.input in node.inputs:
            return literal(content)
        return self._editing.graph.sockets.of_target(target).default

    def set_values(self, ports: Sequence[Port], value: JSONValue, merge: str | None = None) -> None:
        """Give inputs a value, as one step; steps in a row with the same `merge` are one."""
        scope = self._scope

        def edit(workflow: Workflow) -> Workflow:
            for port in ports:
                workflow = edits.set_input(workflow, real_target(port), value, at=scope)
            return workflow

        self._editing.apply(self._tr("Set {0}").format(self._names(ports)), edit, merge)

    def reset_values(self, ports: Sequence[Port]) -> None:
        """Let inputs have their defaults again."""
        scope = self._scope

        def edit(workflow: Workflow) -> Workflow:
            for port in ports:
                workflow = edits.reset_input(workflow, real_target(port), at=scope)
            return workflow

        self._editing.apply(self._tr("Reset {0}").format(self._names(ports)), edit)

    @staticmethod
    def _names(ports: Sequence[Port]) -> str:
        return ", ".join(dict.fromkeys(port.input.replace("_", " ") for port in ports))

    def choices(self, port: Port) -> Sequence[str]:
        """What an input may be set to."""
        entry = self._editing.spec(port.node).input(port.input)
        return self._editing.desk.choices(entry) if entry is not None else []

    def set_seed_mode(self, port: Port, mode: SeedMode | None) -> None:
        """Say what happens to a seed before each run."""
        scope = self._scope
        self._editing.apply(
            self._tr("Set seed mode"),
            lambda w: edits.set_seed_mode(w, port.node, port.input, mode, at=scope),
        )

    def seed_mode(self, port: Port) -> SeedMode:
        """What happens to a seed before each run."""
        return self._body.seeds.get(f"{port.node}.{port.input}", SeedMode.FIXED)

    def cycle_seed_mode(self, port: Port) -> None:
        """Go on to the next of fixed, increment and randomize."""
        modes = list(SeedMode)
        now = modes.index(self.seed_mode(port))
        self.set_seed_mode(port, modes[(now + 1) % len(modes)])
