"""What the canvas asks for, handed on to the parts of an `Editing`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF

from nodeflow.document.values import JSONValue, Link
from nodeflow.node.spec import InputSpec
from ui.canvas.actions import Moves, OpenEnd, Port, Spot, VerdictLike
from ui.canvas.graph import is_border
from ui.editing.clipboard import can_paste
from ui.editing.requests import MenuRequest, SearchRequest
from ui.widgets.carrying import type_in

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.values.editor import ValueEditor


class Intents:
    """`CanvasActions` on a document; see there for what each does.

    Args:
        editing: The open document.
    """

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    def select(self, names: Collection[str]) -> None:
        """Nothing to do: the scene tells whoever wants to know."""

    def move(self, moves: Moves, merge: str | None = None) -> None:
        """One command for all with the same `merge`."""
        self._editing.order.move(moves, merge)

    def resize(self, node: str, width: float) -> None:
        """One command."""
        self._editing.order.resize(node, width)

    def resize_frame(self, index: int, rect: QRectF) -> None:
        """One command."""
        self._editing.areas.resize_frame(index, rect)

    def resize_note(self, index: int, rect: QRectF) -> None:
        """One command."""
        self._editing.areas.resize_note(index, rect)

    def duplicate(self, names: Collection[str], offset: QPointF) -> None:
        """One command; the copies are selected."""
        self._editing.nodes.duplicate(names, offset, incoming=True)

    def can_connect(self, source: Link, target: Port) -> VerdictLike:
        """By types, cycles and what is there already."""
        return self._editing.links.verdict(source, target)

    def connect(self, source: Link, target: Port) -> None:
        """One command."""
        self._editing.links.connect(source, target)

    def reconnect(self, source: Link, old: Port, new: Port) -> None:
        """One command."""
        self._editing.links.reconnect(source, old, new)

    def connect_through(self, source: Link, target: Port, converter: str) -> None:
        """One command."""
        self._editing.links.connect_through(source, target, converter)

    def disconnect(self, links: Collection[tuple[Link, Port]]) -> None:
        """One command."""
        self._editing.links.disconnect(links)

    def drop_link_on_empty(self, position: QPointF, end: OpenEnd) -> None:
        """Search for what fits."""
        self._search(SearchRequest(position, self._global(position), end=end))

    def search(self, position: QPointF) -> None:
        """Search for any node."""
        self._search(SearchRequest(position, self._global(position)))

    def _search(self, request: SearchRequest) -> None:
        self._editing.searchWanted.emit(request)

    def can_insert(self, node: str, source: Link, target: Port) -> bool:
        """By types."""
        return self._editing.links.can_insert(node, source, target)

    def insert_on_link(self, node: str, position: QPointF, source: Link, target: Port) -> None:
        """One command."""
        self._editing.links.insert_on_link(node, position, source, target)

    def insert_reroute(self, source: Link, target: Port, position: QPointF) -> None:
        """One command."""
        self._editing.links.insert_reroute(source, target, position)

    def edit_value(self, port: Port, value: JSONValue, merge: str | None = None) -> None:
        """One command for all with the same `merge`."""
        self._editing.set_values([port], value, merge)

    def editor(self, port: Port, spec: InputSpec) -> ValueEditor:
        """The same as in the inspector."""
        from ui.values.editor import make_editor
        from ui.values.seed import SeedEditor
        from ui.values.surroundings import settle_in

        editing = self._editing
        editor = make_editor(spec, editing.desk)
        if not is_border(port.node):
            settle_in(editor, editing, editing.scope, port.node)
        if isinstance(editor, SeedEditor):
            editor.set_seed_mode(editing.values.seed_mode(port))
            editor.seed_mode_changed.connect(lambda mode: editing.set_seed_mode(port, mode))
        return editor

    def cycle_seed_mode(self, port: Port) -> None:
        """One command."""
        self._editing.values.cycle_seed_mode(port)

    def collapse(self, node: str, collapsed: bool) -> None:
        """One command."""
        self._editing.collapse([node], collapsed)

    def rename_frame(self, index: int, title: str) -> None:
        """One command."""
        self._editing.areas.rename_frame(index, title)

    def edit_note(self, index: int, text: str) -> None:
        """One command."""
        self._editing.areas.edit_note(index, text)

    def open_node(self, node: str) -> None:
        """Enter a subgraph; rename anything else."""
        if is_border(node):
            return
        if self._editing.scope.inside(node).exists(self._editing.document.workflow):
            self._editing.enter(node)
        else:
            self._editing.rename_selected()

    def open_picture(self, node: str, place: QPointF) -> None:
        """Show it in the viewer."""
        self._editing.showing.open(node, place)

    def open_socket(self, end: Link | Port) -> None:
        """Rename a socket of the border."""
        if is_border(end.node):
            self._editing.groups.ask_socket_name(end)

    def delete(self) -> None:
        """One command; what was linked through stays linked."""
        self._editing.delete_selection(reconnect=True)

    def context_menu(self, where: QPoint, spot: Spot) -> None:
        """Ask the window for a menu."""
        parts = {item.name: getattr(spot, item.name) for item in fields(spot)}
        self._editing.menuWanted.emit(MenuRequest(where, **parts))

    def can_drop(self, data: QMimeData) -> bool:
        """Files, pictures, nodes as text, and node types from the library."""
        return can_paste(data) or type_in(data) is not None

    def drop(self, spot: Spot, data: QMimeData) -> None:
        """Make of each what it is for."""
        self._editing.dropping.take(data, spot)

    def keep_bookmark(self, name: str) -> None:
        """One command."""
        self._editing.keep_bookmark(name)

    def jump_to_bookmark(self, name: str) -> None:
        """Look there."""
        self._editing.jump_to_bookmark(name)

    def _global(self, position: QPointF) -> QPoint:
        canvas = self._editing.canvas
        return canvas.viewport().mapToGlobal(canvas.mapFromScene(position))
