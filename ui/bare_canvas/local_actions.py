"""Actions that edit a workflow right here, without undo: for the demo, the benchmark and the tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF

from nodeflow.document.model import NodeLayout, SeedMode, Workflow
from nodeflow.document.values import JSONValue, Link, Several, links_in
from nodeflow.folders import Folders
from nodeflow.node.spec import InputSpec
from ui.canvas.actions import Moves, OpenEnd, Port, Spot, Verdict
from ui.canvas.scene import CanvasScene
from ui.desk import Desk
from ui.shelf import Shelf

if TYPE_CHECKING:
    from ui.values.editor import ValueEditor


class LocalActions:
    """Does what the canvas asks and shows the result. What needs more than a workflow it only remembers.

    Attributes:
        calls: Every call, by name and arguments.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.calls: list[tuple[Any, ...]] = []

    def _edit(self, **fields: Any) -> None:
        self._scene.show(self._scene.workflow.model_copy(update=fields))

    def _set(self, changes: Mapping[Port, Any]) -> None:
        nodes = dict(self._workflow.nodes)
        for port, value in changes.items():
            node = nodes[port.node]
            inputs = {**node.inputs, port.input: value}
            if value is None:
                del inputs[port.input]
            nodes[port.node] = node.model_copy(update={"inputs": inputs})
        self._edit(nodes=nodes)

    @property
    def _workflow(self) -> Workflow:
        return self._scene.workflow

    def _layout(self, name: str, **fields: Any) -> NodeLayout:
        position = self._scene.nodes[name].pos().toTuple()
        known = self._workflow.layout.get(name) or NodeLayout(position=position)
        return known.model_copy(update=fields)

    def _value(self, port: Port) -> Any:
        return self._workflow.nodes[port.node].inputs.get(port.input)

    def select(self, names: Collection[str]) -> None:
        """Remember it."""
        self.calls.append(("select", frozenset(names)))

    def move(self, moves: Moves, merge: str | None = None) -> None:  # noqa: ARG002 - nothing is undone here
        """Change the layout."""
        self.calls.append(("move", moves))
        places = {name: self._layout(name, position=place.toTuple()) for name, place in moves.nodes.items()}
        areas: dict[str, Any] = {}
        for key, chosen in (("frames", moves.frames), ("notes", moves.notes)):
            items = list(getattr(self._workflow, key))
            for index, place in chosen.items():
                items[index] = items[index].model_copy(update={"position": place.toTuple()})
            areas[key] = tuple(items)
        self._edit(layout={**self._workflow.layout, **places}, **areas)

    def resize(self, node: str, width: float) -> None:
        """Change the layout."""
        layout = self._layout(node, size=(width, self._scene.nodes[node].body.height()))
        self._edit(layout={**self._workflow.layout, node: layout})

    def resize_frame(self, index: int, rect: QRectF) -> None:
        """Change the frame."""
        self._area("frames", index, position=rect.topLeft().toTuple(), size=rect.size().toTuple())

    def resize_note(self, index: int, rect: QRectF) -> None:
        """Change the note."""
        self._area("notes", index, position=rect.topLeft().toTuple(), size=rect.size().toTuple())

    def _area(self, key: str, index: int, **fields: Any) -> None:
        items = list(getattr(self._workflow, key))
        items[index] = items[index].model_copy(update=fields)
        self._edit(**{key: tuple(items)})

    def duplicate(self, names: Collection[str], offset: QPointF) -> None:
        """Copy the nodes; links from outside stay."""
        self.calls.append(("duplicate", frozenset(names)))
        fresh = {name: f"{name} {len(self._workflow.nodes)}" for name in names}
        nodes = {fresh[name]: self._workflow.nodes[name].model_copy() for name in names}
        layout = {
            fresh[name]: NodeLayout(position=(self._scene.nodes[name].pos() + offset).toTuple())
            for name in names
        }
        self._edit(nodes={**self._workflow.nodes, **nodes}, layout={**self._workflow.layout, **layout})
        self._scene.select(nodes)

    def can_connect(self, source: Link, target: Port) -> Verdict:
        """Look only at the types."""
        output = self._scene.nodes[source.node].look.spec.output(source.output)
        entry = self._scene.nodes[target.node].look.spec.input(target.input)
        if output is None or entry is None or entry.socket.accepts(output.socket):
            return Verdict(True)
        return Verdict(False, f"{entry.socket.name} cannot come from {output.socket.name}")

    def connect(self, source: Link, target: Port) -> None:
        """Set the link; inputs of several values get one more."""
        self.calls.append(("connect", source, target))
        entry = self._scene.nodes[target.node].look.spec.input(target.input)
        several = (*links_in(self._value(target)), source)
        self._set({target: Several(several) if entry is not None and entry.many else source})

    def reconnect(self, source: Link, old: Port, new: Port) -> None:
        """Move the link."""
        self.calls.append(("reconnect", source, old, new))
        self._set({old: None, new: source})

    def connect_through(self, source: Link, target: Port, converter: str) -> None:
        """Remember it."""
        self.calls.append(("connect_through", source, target, converter))

    def disconnect(self, links: Collection[tuple[Link, Port]]) -> None:
        """Remove the links."""
        self.calls.append(("disconnect", tuple(links)))
        changes: dict[Port, Any] = {}
        for link, port in links:
            value = changes.get(port, self._value(port))
            rest = tuple(other for other in links_in(value) if other != link)
            changes[port] = Several(rest) if rest else None
        self._set(changes)

    def drop_link_on_empty(self, position: QPointF, end: OpenEnd) -> None:
        """Remember it."""
        self.calls.append(("drop_link_on_empty", position, end))

    def can_insert(self, node: str, source: Link, target: Port) -> bool:
        """Whether the node has an input and an output of a fitting type."""
        return self._between(node, source, target) is not None

    def _between(self, node: str, source: Link, target: Port) -> tuple[str, str] | None:
        spec = self._scene.nodes[node].look.spec
        output = self._scene.nodes[source.node].look.spec.output(source.output)
        entry = self._scene.nodes[target.node].look.spec.input(target.input)
        if output is None or entry is None:
            return None
        ins = [item.name for item in spec.inputs if item.socket.accepts(output.socket) and item.required]
        outs = [item.name for item in spec.outputs if entry.socket.accepts(item.socket)]
        return (ins[0], outs[0]) if ins and outs else None

    def insert_on_link(self, node: str, position: QPointF, source: Link, target: Port) -> None:
        """Move and link the node."""
        self.calls.append(("insert_on_link", node, source, target))
        between = self._between(node, source, target)
        if between is not None:
            self.move(Moves({node: position}))
            self._set({Port(node, between[0]): source, target: Link(node, between[1])})

    def edit_value(self, port: Port, value: JSONValue, merge: str | None = None) -> None:
        """Set the literal."""
        self.calls.append(("edit_value", port, value, merge))
        self._set({port: value})

    def editor(self, port: Port, spec: InputSpec) -> ValueEditor:  # noqa: ARG002 - the same for all nodes
        """An editor that knows the user's folders."""
        from ui.values.editor import make_editor

        return make_editor(spec, cast("Desk", _Folders()))

    def cycle_seed_mode(self, port: Port) -> None:
        """Set the next mode."""
        place, modes = f"{port.node}.{port.input}", list(SeedMode)
        now = self._workflow.seeds.get(place, SeedMode.FIXED)
        self._edit(seeds={**self._workflow.seeds, place: modes[(modes.index(now) + 1) % len(modes)]})

    def collapse(self, node: str, collapsed: bool) -> None:
        """Change the layout."""
        layout = self._layout(node, collapsed=collapsed)
        self._edit(layout={**self._workflow.layout, node: layout})

    def rename_frame(self, index: int, title: str) -> None:
        """Change the frame."""
        self._area("frames", index, title=title)

    def edit_note(self, index: int, text: str) -> None:
        """Change the note."""
        self._area("notes", index, text=text)

    def open_node(self, node: str) -> None:
        """Remember it."""
        self.calls.append(("open_node", node))

    def open_picture(self, node: str, place: QPointF) -> None:
        """Remember it."""
        self.calls.append(("open_picture", node, place))

    def open_socket(self, end: Link | Port) -> None:
        """Remember it."""
        self.calls.append(("open_socket", end))

    def delete(self) -> None:
        """Remember it."""
        self.calls.append(("delete",))

    def context_menu(self, where: QPoint, spot: Spot) -> None:
        """Remember it."""
        self.calls.append(("context_menu", where, spot))

    def search(self, position: QPointF) -> None:
        """Remember it."""
        self.calls.append(("search", position))

    def can_drop(self, data: QMimeData) -> bool:
        """Files will do."""
        return data.hasUrls()

    def drop(self, spot: Spot, data: QMimeData) -> None:
        """Remember it."""
        self.calls.append(("drop", spot, data.text()))

    def keep_bookmark(self, name: str) -> None:
        """Remember it."""
        self.calls.append(("keep_bookmark", name))

    def jump_to_bookmark(self, name: str) -> None:
        """Remember it."""
        self.calls.append(("jump_to_bookmark", name))

    def insert_reroute(self, source: Link, target: Port, position: QPointF) -> None:
        """Remember it."""
        self.calls.append(("insert_reroute", source, target, position))


class _Folders:
    """What editors ask of a desk; this one has neither settings nor a theme."""

    def __init__(self) -> None:
        self.folders = Folders.from_environment()
        self.shelf = Shelf(self.folders)

    choices, model, finder = Desk.choices, Desk.model, Desk.finder
