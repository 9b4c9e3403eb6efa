"""What the canvas asks for, and what it needs to know.

An adapter maps these calls to edits of the document; the canvas then hears of the new workflow through
`CanvasScene.show` and never changes one itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF

from nodeflow.document.values import JSONValue, Link
from nodeflow.node.sockets import Socket
from nodeflow.node.spec import InputSpec

if TYPE_CHECKING:
    from ui.values.editor import ValueEditor


class Port(NamedTuple):
    """An input of a node."""

    node: str
    input: str


@dataclass(frozen=True)
class Verdict:
    """Whether a link is possible.

    Attributes:
        ok: Whether it is.
        reason: If not, why, in a few words.
        converters: Node types that would make it possible in between.
    """

    ok: bool
    reason: str = ""
    converters: tuple[str, ...] = ()


class VerdictLike(Protocol):
    """Any verdict with the same attributes will do."""

    @property
    def ok(self) -> bool:
        """Whether the link is possible."""

    @property
    def reason(self) -> str:
        """If not, why."""

    @property
    def converters(self) -> Sequence[str]:
        """Node types that would help."""


@dataclass(frozen=True)
class OpenEnd:
    """The end of a link that was let go over empty canvas.

    Attributes:
        socket: The type of the end that is held.
        source: That end, if it is an output.
        target: That end, if it is an input.
    """

    socket: Socket
    source: Link | None = None
    target: Port | None = None


@dataclass(frozen=True)
class Moves:
    """New positions, of everything that a drag moved together."""

    nodes: Mapping[str, QPointF] = field(default_factory=dict)
    frames: Mapping[int, QPointF] = field(default_factory=dict)
    notes: Mapping[int, QPointF] = field(default_factory=dict)


@dataclass(frozen=True)
class Spot:
    """What lies at a place of the canvas, by its names in the document.

    Attributes:
        position: The place, in scene coordinates.
        node: The node there.
        port: The input there.
        output: The output there.
        link: The link there.
        frame: The index of the frame there.
        note: The index of the note there.
    """

    position: QPointF
    node: str | None = None
    port: Port | None = None
    output: Link | None = None
    link: tuple[Link, Port] | None = None
    frame: int | None = None
    note: int | None = None


class CanvasActions(Protocol):
    """The seam between gestures and the document. Positions are in scene coordinates."""

    def select(self, names: Collection[str]) -> None:
        """The selection has become these nodes."""

    def move(self, moves: Moves, merge: str | None = None) -> None:
        """Put nodes, frames and notes elsewhere, as one step; calls with the same `merge` are one."""

    def resize(self, node: str, width: float) -> None:
        """Give a node another width."""

    def resize_frame(self, index: int, rect: QRectF) -> None:
        """Give a frame another rectangle."""

    def resize_note(self, index: int, rect: QRectF) -> None:
        """Give a note another rectangle."""

    def duplicate(self, names: Collection[str], offset: QPointF) -> None:
        """Copy nodes with the links among them, moved by `offset`."""

    def can_connect(self, source: Link, target: Port) -> VerdictLike:
        """Whether an output may be linked to an input; asked often, must be quick."""

    def connect(self, source: Link, target: Port) -> None:
        """Link an output to an input."""

    def reconnect(self, source: Link, old: Port, new: Port) -> None:
        """Move the end of a link from one input to another, as one step."""

    def connect_through(self, source: Link, target: Port, converter: str) -> None:
        """Link them with a new node of type `converter` in between."""

    def disconnect(self, links: Collection[tuple[Link, Port]]) -> None:
        """Remove links, as one step."""

    def drop_link_on_empty(self, position: QPointF, end: OpenEnd) -> None:
        """A link was let go over empty canvas: offer nodes that fit."""

    def can_insert(self, node: str, source: Link, target: Port) -> bool:
        """Whether a node could go in between the ends of a link."""

    def insert_on_link(self, node: str, position: QPointF, source: Link, target: Port) -> None:
        """Move a node to `position` and put it in between the ends of a link, as one step."""

    def insert_reroute(self, source: Link, target: Port, position: QPointF) -> None:
        """Put a bend into a link."""

    def edit_value(self, port: Port, value: JSONValue, merge: str | None = None) -> None:
        """Set an input's literal; calls in a row with the same `merge` are one step."""

    def editor(self, port: Port, spec: InputSpec) -> ValueEditor:
        """An editor for the value of an input."""

    def cycle_seed_mode(self, port: Port) -> None:
        """Go on to the next of fixed, increment and randomize."""

    def collapse(self, node: str, collapsed: bool) -> None:
        """Fold a node to its header, or unfold it."""

    def rename_frame(self, index: int, title: str) -> None:
        """Give a frame another title."""

    def edit_note(self, index: int, text: str) -> None:
        """Give a note another text."""

    def open_node(self, node: str) -> None:
        """A node's header was double-clicked: rename it, or enter a subgraph."""

    def open_picture(self, node: str, place: QPointF) -> None:
        """The picture on a node was double-clicked, at a place 0…1 from its upper left: show it large."""

    def open_socket(self, end: Link | Port) -> None:
        """A socket was double-clicked: rename it, if it is a subgraph's own."""

    def delete(self) -> None:
        """Remove what is selected."""

    def context_menu(self, where: QPoint, spot: Spot) -> None:
        """Show a menu at a place on the screen, for what lies there."""

    def search(self, position: QPointF) -> None:
        """Offer all nodes, to add one at a place."""

    def can_drop(self, data: QMimeData) -> bool:
        """Whether anything of what is dragged over the canvas is of use here."""

    def drop(self, spot: Spot, data: QMimeData) -> None:
        """Something was dropped on the canvas."""

    def keep_bookmark(self, name: str) -> None:
        """Keep what the view shows now."""

    def jump_to_bookmark(self, name: str) -> None:
        """Show what was kept."""
