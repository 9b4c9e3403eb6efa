"""Linking without a mouse: choose a socket of the selected node, then one that fits, then Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QKeyEvent

from nodeflow.document.values import Link
from nodeflow.node.sockets import Socket
from ui.canvas.actions import OpenEnd, Port
from ui.canvas.curves import curve
from ui.canvas.fields import label_text
from ui.canvas.node_item import NodeItem
from ui.theme.metrics import GRID

if TYPE_CHECKING:
    from ui.canvas.view import CanvasView

End = Link | Port
"""A socket: an output or an input."""

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
GAP = 20.0 * GRID
ROOM = QSizeF(32 * GRID, 20 * GRID)
"""What a new node needs at least."""
_KEYS = {*_STEPS, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape}


class Wiring:
    """A link that is being made by keys.

    Args:
        view: Where.

    Attributes:
        active: Whether one is.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self.active = False
        self._held: End | None = None
        self._choices: list[End] = []
        self._at = 0

    @property
    def chosen(self) -> End | None:
        """The socket that the arrows are at."""
        return self._choices[self._at] if self.active and self._choices else None

    def start(self, node: NodeItem) -> None:
        """Begin at a node: its sockets are the first choice."""
        look = node.look
        outputs: list[End] = [Link(look.name, name) for name in look.geometry.outputs]
        self._held, self._at = None, 0
        self._choices = [*outputs, *(Port(look.name, name) for name in look.geometry.inputs)]
        self.active = bool(self._choices)
        if self.active:
            self._show()
        else:
            self._view.say(self._view.tr("This node has no sockets"))

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key means something here, whatever it means elsewhere."""
        return self.active and not event.modifiers() and Qt.Key(event.key()) in _KEYS

    def press(self, key: Qt.Key) -> None:
        """Arrows choose, Enter goes on, Tab searches for a new node, Escape gives up."""
        if key in _STEPS:
            self._at = (self._at + _STEPS[key]) % len(self._choices)
            self._show()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_on()
        elif key == Qt.Key.Key_Tab:
            self._search()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
            self._view.say(self._view.tr("Not connected"))

    def cancel(self) -> None:
        """Give up."""
        if self.active:
            self.active = False
            self._view.overlay.clear()

    def _go_on(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        if self._held is None:
            self._hold(chosen)
            return
        source, target = self._pair(self._held, chosen)
        self.cancel()
        self._view.intents.connect(source, target)
        self._view.say(self._view.tr("Connected {0} to {1}").format(_words(source), _words(target)))

    def _hold(self, end: End) -> None:
        """Take a socket in hand: from now on the arrows choose among those that fit."""
        place = self._point(end)
        fitting = [other for other in self._others(end) if self._fits(end, other)]
        if not fitting:
            self._view.say(
                self._view.tr("Nothing more here fits {0}. Tab searches for a node").format(_words(end)),
                place,
            )
            self._held, self._choices, self._at = end, [end], 0
            return
        self._held, self._at = end, 0
        self._choices = sorted(fitting, key=lambda other: (self._point(other) - place).manhattanLength())
        self._show()

    def _others(self, end: End) -> list[End]:
        found: list[End] = []
        for name, item in self._view.canvas.nodes.items():
            if name != end.node:
                geometry = item.look.geometry
                found += (
                    [Port(name, key) for key in geometry.inputs]
                    if isinstance(end, Link)
                    else [Link(name, key) for key in geometry.outputs]
                )
        return found

    def _fits(self, one: End, other: End) -> bool:
        return self._view.intents.can_connect(*self._pair(one, other)).ok

    @staticmethod
    def _pair(one: End, other: End) -> tuple[Link, Port]:
        if isinstance(one, Link):
            assert isinstance(other, Port)  # noqa: S101 - `_others` gives the other kind
            return one, other
        assert isinstance(other, Link)  # noqa: S101 - the same
        return other, one

    def _search(self) -> None:
        held = self._held or self.chosen
        self.cancel()
        if held is None:
            return
        source, target = (held, None) if isinstance(held, Link) else (None, held)
        end = OpenEnd(self._socket(held), source, target)
        self._view.intents.drop_link_on_empty(self._free(self._point(held), rightwards=bool(source)), end)

    def _free(self, point: QPointF, *, rightwards: bool) -> QPointF:
        """The end of a link to a new node that hides no other: beside a socket, or further down."""
        x = point.x() + (GAP if rightwards else -GAP)
        box = QRectF(x, point.y(), ROOM.width(), ROOM.height())
        if not rightwards:
            box.moveRight(x)
        bodies = [item.body for item in self._view.canvas.nodes.values()]
        while hidden := [body for body in bodies if body.intersects(box)]:
            box.moveTop(max(body.bottom() for body in hidden) + 2 * GRID)
        return QPointF(x, box.top())

    def _socket(self, end: End) -> Socket:
        geometry = self._view.canvas.nodes[end.node].look.geometry
        if isinstance(end, Link):
            return geometry.output_specs[end.output].socket
        return geometry.input_specs[end.input].socket

    def _point(self, end: End) -> QPointF:
        item = self._view.canvas.nodes[end.node]
        return item.output_point(end.output) if isinstance(end, Link) else item.input_point(end.input)

    def _show(self) -> None:
        """Draw the link as it would be, and say so."""
        chosen = self.chosen
        if chosen is None:
            return
        place, view = self._point(chosen), self._view
        view.reveal(chosen.node)
        view.overlay.ring = place
        if self._held is None:
            text = view.tr("Connect {0}? Enter takes it, arrows choose")
            view.say(text.format(_words(chosen)), place, good=True)
            return
        ends = (self._point(self._held), place)
        start, stop = ends if isinstance(self._held, Link) else ends[::-1]
        pen = view.canvas.stage.brush.paints.link(self._socket(self._held), strong=True)
        view.overlay.wire = (curve(start, stop), pen)
        view.say(view.tr("Connect to {0}?").format(_words(chosen)), place, good=True)


def _words(end: End) -> str:
    """`Sampler: latent`."""
    name = end.output if isinstance(end, Link) else end.input
    return f"{label_text(end.node)}: {label_text(name)}"
