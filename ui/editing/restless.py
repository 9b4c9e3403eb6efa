"""For tests: somebody who edits at random."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PySide6.QtCore import QPointF, QRectF

from nodeflow.document.model import Mode, SeedMode
from nodeflow.document.values import Link
from ui.canvas.actions import Moves, OpenEnd, Port
from ui.canvas.graph import ADD, INPUTS, is_border
from ui.document import edits
from ui.document.layout import Edge
from ui.editing.editing import Editing

FEW = 12
"""Below this many nodes of a graph some are added."""
MANY = 30
"""Above this many nodes of a graph some are removed."""


class Restless:
    """Edits at random, by the commands that menus, keys and gestures use.

    Args:
        editing: What to edit.
        r: Where chance comes from.
    """

    def __init__(self, editing: Editing, r: Random) -> None:
        self._editing, self._r = editing, r

    def step(self) -> str:
        """Do one thing at random; returns what."""
        name, count = self._r.choice(list(COMMANDS)), len(self._names())
        if count > MANY:
            name = "delete_many"
        elif count < FEW and self._r.random() < 0.5:
            name = self._r.choice(("add", "add_and_connect", "duplicate", "connect", "insert"))
        self.do(name)
        return name

    def do(self, name: str) -> None:
        """Do one of `COMMANDS`."""
        self._choose()
        COMMANDS[name](self)

    def _names(self) -> list[str]:
        return list(self._editing.scope.body(self._editing.document.workflow).nodes)

    def _choose(self, most: int = 3) -> None:
        names = self._names()
        self._editing.scene.select(self._r.sample(names, min(len(names), self._r.randint(0, most))))

    def _one(self) -> str | None:
        names = self._names()
        return self._r.choice(names) if names else None

    def _spot(self) -> QPointF:
        return QPointF(self._r.randint(-500, 1500), self._r.randint(-500, 900))

    def _type(self) -> str:
        return self._r.choice([*self._editing.desk.specs, "Reroute", "FromElsewhere"])

    def _output(self) -> Link | None:
        found = [
            Link(n, key)
            for n, item in self._editing.scene.nodes.items()
            for key in item.look.geometry.outputs
        ]
        return self._r.choice(found) if found else None

    def _port(self) -> Port | None:
        found = [
            Port(n, key) for n, item in self._editing.scene.nodes.items() for key in item.look.geometry.inputs
        ]
        return self._r.choice(found) if found else None

    def _link(self) -> tuple[Link, Port] | None:
        links = list(self._editing.scene.links.values())
        item = self._r.choice(links) if links else None
        return (item.link, item.port) if item else None

    def add(self) -> None:
        """Add a node."""
        self._editing.add_node(self._type(), self._spot() if self._r.random() < 0.8 else None)

    def add_and_connect(self) -> None:
        """Add a node at the open end of a link."""
        output = self._output()
        if output is not None:
            socket = self._editing.scene.nodes[output.node].look.geometry.output_specs[output.output].socket
            self._editing.add_and_connect(self._type(), self._spot(), OpenEnd(socket, source=output), None)

    def connect(self) -> None:
        """Link two sockets, if they fit."""
        for _ in range(4):
            source, target = self._output(), self._port()
            if source is None or target is None:
                return
            verdict = self._editing.links.verdict(source, target)
            if verdict.ok or self._r.random() < 0.1:
                self._editing.links.connect(source, target)
                return
            if verdict.converters:
                self._editing.links.connect_through(source, target, verdict.converters[0])
                return

    def disconnect(self) -> None:
        """Remove a link."""
        if (link := self._link()) is not None:
            self._editing.links.disconnect([link])

    def reconnect(self) -> None:
        """Move the end of a link."""
        link, port = self._link(), self._port()
        if link is not None and port is not None:
            self._editing.links.reconnect(*link, port)

    def bend(self) -> None:
        """Put a bend into a link."""
        if (link := self._link()) is not None:
            self._editing.links.insert_reroute(*link, self._spot())

    def insert(self) -> None:
        """Put a new node into a link."""
        if (link := self._link()) is not None:
            self._editing.insert_type_on_link(self._type(), *link, self._spot())

    def drop_on_link(self) -> None:
        """Put a node that is there into a link."""
        link, name = self._link(), self._one()
        if link is not None and name is not None and self._editing.links.can_insert(name, *link):
            self._editing.links.insert_on_link(name, self._spot(), *link)

    def replace(self) -> None:
        """Give nodes another type."""
        self._editing.replace_selected(self._type())

    def delete(self) -> None:
        """Remove what is selected."""
        self._editing.delete_selection(reconnect=self._r.random() < 0.5)

    def delete_many(self) -> None:
        """Remove a good part."""
        self._choose(MANY)
        self._editing.delete_selection(reconnect=True)

    def duplicate(self) -> None:
        """Copy nodes."""
        self._editing.duplicate_selection()

    def paste(self) -> None:
        """Copy nodes as text and paste them."""
        if self._editing.selection:
            document, chosen = self._editing.document, self._editing.selection
            text = edits.copy_nodes(document.workflow, chosen, at=self._editing.scope)
            self._editing.clipboard.paste_text(text, self._spot())

    def states(self) -> None:
        """Mute, bypass or collapse."""
        editing = self._editing
        self._r.choice([editing.toggle_mute, editing.toggle_bypass, editing.toggle_collapse])()

    def look(self) -> None:
        """Comment and colour."""
        self._editing.comment_selected(self._r.choice(["", "Mind this"]))
        self._editing.color_selected(self._r.choice([None, "#20a0ff"]))

    def rename(self) -> None:
        """Rename a node, or try to."""
        if (name := self._one()) is not None:
            self._editing.rename(name, self._r.choice(["ab", "b c", "größe", "a.b"]))

    def move(self) -> None:
        """Move nodes."""
        self._editing.order.move(Moves({name: self._spot() for name in self._editing.selection}))

    def resize(self) -> None:
        """Widen a node."""
        if (name := self._one()) is not None:
            self._editing.order.resize(name, 8.0 * self._r.randint(20, 50))

    def arrange(self) -> None:
        """Align, distribute, lay out."""
        self._editing.align(self._r.choice(list(Edge)))
        self._editing.distribute(horizontal=self._r.random() < 0.5)
        if self._r.random() < 0.2:
            self._editing.auto_layout()

    def set_value(self) -> None:
        """Set a value, also one that does not fit."""
        port = self._port()
        if port is not None and not is_border(port.node):
            self._editing.set_values([port], self._r.choice([1, 2.5, "text", None, True]))

    def reset_value(self) -> None:
        """Let an input have its default."""
        port = self._port()
        if port is not None and not is_border(port.node):
            self._editing.reset_values([port])

    def seed_mode(self) -> None:
        """Change what happens to a seed."""
        if (name := self._one()) is not None:
            self._editing.set_seed_mode(Port(name, "seed"), self._r.choice([None, *SeedMode]))

    def wireless(self) -> None:
        """Give an output a name, or take it away."""
        output, name = self._output(), self._r.choice([None, "model", "picture"])
        if output is not None and not is_border(output.node):
            self._editing.set_wireless(output, name)

    def frame(self) -> None:
        """Add a frame."""
        self._editing.frame_selection()

    def note(self) -> None:
        """Add a note."""
        self._editing.add_note(self._spot())
        self._editing.canvas.area_editor.cancel()

    def change_frame(self) -> None:
        """Change or remove a frame."""
        areas, count = self._editing.areas, len(self._editing.scene.frames)
        if count:
            index = self._r.randrange(count)
            box = QRectF(self._spot(), self._spot()).normalized().adjusted(0, 0, 80, 80)
            change: list[Callable[[], None]] = [
                lambda: areas.rename_frame(index, "Portrait"),
                lambda: areas.toggle_frame_mode(index, self._r.choice(list(Mode))),
                lambda: areas.resize_frame(index, box),
                lambda: areas.frame_nodes(index),
                lambda: areas.color_frame(index, "#20a0ff"),
                lambda: areas.remove_frame(index),
            ]
            self._r.choice(change)()

    def change_note(self) -> None:
        """Change or remove a note."""
        areas, count = self._editing.areas, len(self._editing.scene.notes)
        if count:
            index = self._r.randrange(count)
            change: list[Callable[[], None]] = [
                lambda: areas.edit_note(index, "Try 30"),
                lambda: areas.remove_note(index),
            ]
            self._r.choice(change)()

    def group(self) -> None:
        """Make a subgraph."""
        if len(self._editing.scope.path) < 3 and self._r.random() < 0.5:
            self._editing.group_selection()

    def ungroup(self) -> None:
        """Take subgraphs apart."""
        self._editing.ungroup_selection()

    def enter(self) -> None:
        """Go into a subgraph."""
        body = self._editing.scope.body(self._editing.document.workflow)
        inside = [name for name, node in body.nodes.items() if node.subgraph is not None]
        if inside:
            self._editing.enter(self._r.choice(inside))

    def leave(self) -> None:
        """Go out of a subgraph."""
        self._editing.leave()

    def border(self) -> None:
        """Rename or remove a subgraph's input."""
        shown = self._editing.scene.nodes.get(INPUTS)
        ends = (
            [] if shown is None else [Link(INPUTS, key) for key in shown.look.geometry.outputs if key != ADD]
        )
        if ends:
            end = self._r.choice(ends)
            if self._r.random() < 0.5:
                self._editing.groups.rename_socket(end, self._r.choice(["depth", "style"]))
            else:
                self._editing.groups.remove_socket(end)

    def bookmark(self) -> None:
        """Keep a place and jump to another."""
        self._editing.keep_bookmark(self._r.choice("123"))
        self._editing.jump_to_bookmark(self._r.choice("123"))

    def undo(self) -> None:
        """Undo."""
        self._editing.undo()

    def redo(self) -> None:
        """Redo."""
        self._editing.redo()


COMMANDS: dict[str, Callable[[Restless], None]] = {
    name: member
    for name, member in vars(Restless).items()
    if callable(member) and not name.startswith("_") and name not in ("step", "do")
}
"""All that it does."""
