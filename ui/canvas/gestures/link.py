"""Dragging a link from a socket: what fits glows, what does not says why."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from nodeflow.document.values import Link
from nodeflow.node.sockets import Socket
from ui.canvas.actions import OpenEnd, Port, Verdict, VerdictLike
from ui.canvas.curves import curve
from ui.canvas.gestures.gesture import Gesture, Modifiers
from ui.canvas.hit import Hit, Part, hit_at
from ui.canvas.link_item import LinkItem
from ui.canvas.look import Glow, spaced
from ui.canvas.node_item import NodeItem
from ui.canvas.view import CanvasView


class LinkDrag(Gesture):
    """Draws a new link, or moves the end of one that an input already has.

    Args:
        view: Where it takes place.
        origin: Where the button went down.
        hit: The socket that was pressed.
    """

    def __init__(self, view: CanvasView, origin: QPointF, hit: Hit) -> None:
        super().__init__(view, origin)
        assert hit.node is not None  # noqa: S101 - sockets belong to nodes
        self.picked = self._existing(hit)
        if self.picked is not None:
            self.source: Link | None = self.picked.link
            self.target: Port | None = None
            self.picked.picked = True
            self.picked.update()
            self._fixed = self.picked.start
            self._socket = self.picked.socket
        else:
            self.source, self.target = hit.output, hit.port
            self._fixed, self._socket = _end(hit.node, hit)
        self._glowing: set[str] = set()

    @staticmethod
    def _existing(hit: Hit) -> LinkItem | None:
        """The link to take hold of; an input of several values gets another one instead."""
        assert hit.node is not None  # noqa: S101 - sockets belong to nodes
        if hit.port is None:
            return None
        spec = hit.node.look.geometry.input_specs.get(hit.port.input)
        links = [link for link in hit.node.ends.incoming if link.key.input == hit.port.input]
        return links[-1] if links and not (spec and spec.many) else None

    def move(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Draw the link to the pointer, and judge the socket under it."""
        self._light_up()
        hit = hit_at(self.view.canvas, point, self.view.zoom)
        end, bubble = point, None
        pair = self._pair(hit)
        if pair is not None and hit.node is not None:
            source, target = pair
            output = self.source is None
            end = hit.node.output_point(source.output) if output else hit.node.input_point(target.input)
            bubble = self._words(self._verdict(*pair), pair)
        start, stop = (self._fixed, end) if self.source is not None else (end, self._fixed)
        pen = self.view.canvas.stage.brush.paints.link(self._socket, strong=True)
        self.view.overlay.wire = (curve(start, stop), pen)
        if bubble is not None:
            self.view.say(bubble[0], point, good=bubble[1])
        else:
            self.view.overlay.bubble = None
            self.view.overlay.changed()

    def _words(self, verdict: VerdictLike, pair: tuple[Link, Port]) -> tuple[str, bool]:
        if verdict.ok:
            return self.view.tr("Connect to {0}").format(pair[1].input.replace("_", " ")), True
        if verdict.converters:
            offer = self.view.tr("Let go to put {0} in between.").format(spaced(verdict.converters[0]))
            return f"{verdict.reason} {offer}", True
        return verdict.reason, False

    def _pair(self, hit: Hit) -> tuple[Link, Port] | None:
        """The link that letting go would make: at a socket, or at the best fitting one of a node."""
        if hit.part is not Part.SOCKET:
            return self._fitting(hit.node) if hit.node is not None else None
        if self.source is not None and hit.port is not None:
            return self.source, hit.port
        if self.target is not None and hit.output is not None:
            return hit.output, self.target
        return None

    def _fitting(self, node: NodeItem) -> tuple[Link, Port] | None:
        """The link to the socket of a node that fits best: a free one, the topmost first."""
        look = node.look
        if self.source is not None:
            ports = (
                Port(look.name, key) for key in sorted(look.geometry.inputs, key=look.linked.__contains__)
            )
            pairs = [(self.source, port) for port in ports]
        elif self.target is not None:
            pairs = [(Link(look.name, key), self.target) for key in look.geometry.outputs]
        else:
            return None
        return next((pair for pair in pairs if self._verdict(*pair).ok), None)

    def _verdict(self, source: Link, target: Port) -> VerdictLike:
        if source.node == target.node:
            return Verdict(False, self.view.tr("A node cannot feed itself"))
        return self.view.intents.can_connect(source, target)

    def _light_up(self) -> None:
        """Say of every socket in view whether it fits."""
        for item in self.view.canvas.items(self.view.visible_rect()):
            if not isinstance(item, NodeItem) or item.look.name in self._glowing:
                continue
            self._glowing.add(item.look.name)
            geometry, name = item.look.geometry, item.look.name
            glow: dict[tuple[str, bool], Glow] = {}
            if self.source is not None:
                for key in geometry.inputs:
                    fits = self._verdict(self.source, Port(name, key)).ok
                    glow[key, False] = Glow.FITS if fits else Glow.DIM
                if self.source.node == name:
                    glow[self.source.output, True] = Glow.PLAIN
            elif self.target is not None:
                for key in geometry.outputs:
                    fits = self._verdict(Link(name, key), self.target).ok
                    glow[key, True] = Glow.FITS if fits else Glow.DIM
                if self.target.node == name:
                    glow[self.target.input, False] = Glow.PLAIN
            item.look.glow = glow
            item.update()

    def finish(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Connect, offer what fits, or take the link away."""
        picked, moved = self.picked, self.view.overlay.wire is not None
        hit = hit_at(self.view.canvas, point, self.view.zoom)
        pair = self._pair(hit) if moved else None
        self.cancel()
        if pair is not None:
            self._connect(*pair, picked)
        elif picked is not None and moved:
            self.view.intents.disconnect([(picked.link, picked.port)])
        elif moved and hit.part in (Part.NOTHING, Part.AREA, Part.LINK):
            end = OpenEnd(self._socket, self.source, self.target)
            self.view.intents.drop_link_on_empty(point, end)

    def _connect(self, source: Link, target: Port, picked: LinkItem | None) -> None:
        if picked is not None and picked.port == target:
            return
        verdict = self._verdict(source, target)
        if verdict.ok and picked is not None:
            self.view.intents.reconnect(source, picked.port, target)
        elif verdict.ok:
            self.view.intents.connect(source, target)
        elif verdict.converters:
            self.view.intents.connect_through(source, target, verdict.converters[0])
        else:
            self.view.statusMessage.emit(verdict.reason)

    def cancel(self) -> None:
        """Take everything back."""
        self.view.overlay.clear()
        if self.picked is not None:
            self.picked.picked = False
            self.picked.update()
        for name in self._glowing & self.view.canvas.nodes.keys():
            item = self.view.canvas.nodes[name]
            item.look.glow = None
            item.update()
        self._glowing.clear()


def _end(node: NodeItem, hit: Hit) -> tuple[QPointF, Socket]:
    if hit.output is not None:
        spec = node.look.geometry.output_specs[hit.output.output]
        return node.output_point(spec.name), spec.socket
    assert hit.port is not None  # noqa: S101 - a socket is one of the two
    return node.input_point(hit.port.input), node.look.geometry.input_specs[hit.port.input].socket
