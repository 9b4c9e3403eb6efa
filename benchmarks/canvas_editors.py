"""The two editors that `benchmarks.canvas` compares, each showing the same graph and moved alike."""

from __future__ import annotations

import random
from functools import cached_property
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QGraphicsView

from nodeflow.document.model import Node, NodeLayout, Workflow
from nodeflow.document.structural import STRUCTURAL
from nodeflow.document.values import Link
from nodeflow.node.registry import Registry
from nodeflow.node.spec import NodeSpec
from ui.bare_canvas.local_actions import LocalActions
from ui.canvas.canvas import Canvas
from ui.canvas.scene import CanvasScene
from ui.theme import theme_for

VIEW = (1280, 800)
CELL = (320.0, 340.0)
NEIGHBOURS = 12
"""A node is linked to one of this many before it, as wires in real graphs are mostly short."""
GRIP = QPointF(60, 16)
"""Where a node is held while it is dragged, from its corner: in the header of both editors."""


class Editor(Protocol):
    """An editor showing one graph, and how to move about in it."""

    view: QGraphicsView

    def show(self) -> None:
        """Make the graph's items and show them."""

    def look_at(self, center: QPointF, zoom: float) -> None:
        """Show a place at a zoom."""

    def fit(self) -> None:
        """Show everything."""

    def pan(self, pixels: QPoint) -> None:
        """Move the view."""

    def zoom_by(self, factor: float) -> None:
        """Zoom to the middle."""

    def corners(self) -> list[QPointF]:
        """The upper left corners of all nodes, in the scene."""

    def redraw(self) -> None:
        """Have everything drawn anew."""

    def close(self) -> None:
        """Go away."""


def known_specs() -> dict[str, NodeSpec]:
    """The built-in node types."""
    return {node.spec.type: node.spec for node in Registry.installed()}


def make_workflow(count: int, specs: dict[str, NodeSpec]) -> Workflow:
    """A grid of the built-in nodes in the shape of the view, linked to neighbours wherever types fit.

    Reroutes and switches are left out: other editors have none.
    """
    chance = random.Random(0)  # noqa: S311 - no secret
    types = sorted(specs.keys() - set(STRUCTURAL))
    columns = max(round((count * VIEW[0] / VIEW[1] * CELL[1] / CELL[0]) ** 0.5), 1)
    nodes: dict[str, Node] = {}
    layout: dict[str, NodeLayout] = {}
    recent: list[tuple[str, NodeSpec]] = []
    for index in range(count):
        spec = specs[types[index % len(types)]]
        inputs: dict[str, Any] = {}
        for entry in spec.inputs:
            fitting = [
                Link(name, output.name)
                for name, other in recent[-NEIGHBOURS:]
                for output in other.outputs
                if output.socket.type is entry.socket.type
            ]
            if fitting and entry.socket.literal is None:
                inputs[entry.name] = chance.choice(fitting)
            elif entry.name == "text":
                inputs[entry.name] = f"a red apple on a wooden table, number {index}, soft light, detailed"
        name = f"node {index}"
        nodes[name] = Node(type=spec.type, inputs=inputs)
        layout[name] = NodeLayout(position=(index % columns * CELL[0], index // columns * CELL[1]))
        recent.append((name, spec))
    return Workflow(nodes=nodes, layout=layout)


class Own:
    """Our canvas."""

    def __init__(self, count: int) -> None:
        specs = known_specs()
        self._workflow = make_workflow(count, specs)
        self._scene = CanvasScene(specs, theme_for(dark=True))
        self._canvas = Canvas(self._scene, LocalActions(self._scene))
        self.view: QGraphicsView = self._canvas
        self.view.resize(*VIEW)

    def show(self) -> None:  # noqa: D102 - see `Editor`
        self._scene.show(self._workflow)
        self._canvas.show()

    def look_at(self, center: QPointF, zoom: float) -> None:  # noqa: D102
        self._canvas.look_at(center, zoom)

    def fit(self) -> None:  # noqa: D102
        self._canvas.fit_all()

    def pan(self, pixels: QPoint) -> None:  # noqa: D102
        self._canvas.pan(pixels)

    def zoom_by(self, factor: float) -> None:  # noqa: D102
        self._canvas.set_zoom(self._canvas.zoom * factor)

    def corners(self) -> list[QPointF]:  # noqa: D102
        return [item.pos() for item in self._scene.nodes.values()]

    def redraw(self) -> None:  # noqa: D102
        self._canvas.redraw()

    def close(self) -> None:  # noqa: D102
        self._canvas.close()


class Peer:
    """NodeGraphQt with as many nodes, sockets and links, but without any field."""

    def __init__(self, count: int) -> None:
        from NodeGraphQt import BaseNode, NodeGraph  # type: ignore[import-not-found]  # only to compare

        specs = known_specs()
        self._workflow = make_workflow(count, specs)
        self._graph = NodeGraph()
        self._classes = {name: _peer_class(BaseNode, spec) for name, spec in specs.items()}
        self._graph.register_nodes(list(self._classes.values()))
        self._viewer = self._graph.viewer()
        self.view: QGraphicsView = self._viewer
        self.view.resize(*VIEW)
        self._made: dict[str, Any] = {}

    def show(self) -> None:  # noqa: D102
        for name, node in self._workflow.nodes.items():
            position = list(self._workflow.layout[name].position)
            kind = self._classes[node.type]
            self._made[name] = self._graph.create_node(
                f"{kind.__identifier__}.{kind.__name__}", pos=position, push_undo=False
            )
        for name, node in self._workflow.nodes.items():
            for key, value in node.inputs.items():
                if isinstance(value, Link):
                    source = self._made[value.node].get_output(value.output)
                    source.connect_to(self._made[name].get_input(key), push_undo=False)
        self._viewer.show()

    def look_at(self, center: QPointF, zoom: float) -> None:  # noqa: D102
        self._viewer.reset_zoom(center)
        self.zoom_by(zoom)

    def fit(self) -> None:  # noqa: D102
        # Its own way to fit puts all nodes into a group and out of it again, which takes seconds.
        corners = self.corners()
        across, down = [point.x() for point in corners], [point.y() for point in corners]
        wide, high = max(across) - min(across) + CELL[0], max(down) - min(down) + CELL[1]
        center = QPointF(min(across) + wide / 2, min(down) + high / 2)
        self.look_at(center, min(VIEW[0] / wide, VIEW[1] / high))

    def pan(self, pixels: QPoint) -> None:  # noqa: D102
        zoom = self._viewer.transform().m11()
        self._viewer._set_viewer_pan(pixels.x() / zoom, pixels.y() / zoom)

    def zoom_by(self, factor: float) -> None:  # noqa: D102
        self._viewer.scale(factor, factor)

    def corners(self) -> list[QPointF]:  # noqa: D102
        return [node.view.scenePos() for node in self._made.values()]

    def redraw(self) -> None:  # noqa: D102
        self._viewer.viewport().update()

    def close(self) -> None:  # noqa: D102
        self._viewer.close()


def _peer_class(base: Any, spec: NodeSpec) -> Any:
    def build(self: Any) -> None:
        base.__init__(self)
        for entry in spec.inputs:
            self.add_input(entry.name, multi_input=entry.many)
        for output in spec.outputs:
            self.add_output(output.name)

    fields = {"__identifier__": "bench", "NODE_NAME": spec.type, "__init__": build}
    return type(spec.type, (base,), fields)


class Drag:
    """Holds the node nearest to the middle of the view with the mouse, from the first `move` on."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    @cached_property
    def _held(self) -> QPoint:
        view = self._editor.view
        middle = view.mapToScene(view.viewport().rect().center())
        seen = view.mapToScene(view.viewport().rect()).boundingRect().adjusted(0, 0, -CELL[0], -CELL[1])
        places = [place for place in self._editor.corners() if seen.contains(place)]
        nearest = min(places, key=lambda place: (place - middle).manhattanLength())
        pixel = view.mapFromScene(nearest + GRIP)
        self._send(QEvent.Type.MouseButtonPress, pixel)
        self._send(QEvent.Type.MouseMove, pixel + QPoint(30, 30))
        if nearest in self._editor.corners():
            raise RuntimeError("the mouse took hold of no node")
        return pixel

    def move(self, pixels: QPoint) -> None:
        """Move the node to so far from where it was."""
        self._send(QEvent.Type.MouseMove, self._held + pixels)

    def end(self) -> None:
        """Put it back and let go."""
        self._send(QEvent.Type.MouseMove, self._held)
        self._send(QEvent.Type.MouseButtonRelease, self._held)

    def _send(self, kind: QEvent.Type, pixel: QPoint) -> None:
        viewport, left, none = (
            self._editor.view.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.NoButton,
        )
        held = none if kind is QEvent.Type.MouseButtonRelease else left
        event = QMouseEvent(
            kind,
            QPointF(pixel),
            viewport.mapToGlobal(QPointF(pixel)),
            none if kind is QEvent.Type.MouseMove else left,
            held,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, event)
