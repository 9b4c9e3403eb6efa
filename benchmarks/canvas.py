"""Time the canvas with real paint events, offscreen: `python -m benchmarks.canvas`.

Prints the median processor time a frame. Where NodeGraphQt is installed, it does the same in the
same process, with sockets only.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nodeflow.document.model import Node, NodeLayout, Workflow
from nodeflow.document.structural import STRUCTURAL
from nodeflow.document.values import Link
from nodeflow.node.registry import Registry
from nodeflow.node.spec import NodeSpec

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SIZES = (200, 1000, 3000)
VIEW = (1280, 800)
CELL = (320.0, 340.0)
WARM_UP = 5
"""Nodes of a first graph that is shown and closed again, to import modules and load fonts."""
BUDGET = 16.0
"""Milliseconds a frame at 60 frames a second."""
FRAMES = 40
NEIGHBOURS = 12
"""A node is linked to one of this many before it, as wires in real graphs are mostly short."""


@dataclass
class Case:
    """One editor showing one graph, and how to move about in it."""

    show: Callable[[], None]
    near: Callable[[], None]
    middle: Callable[[], None]
    far: Callable[[], None]
    pan: Callable[[int], None]
    zoom: Callable[[int], None]
    drag: Callable[[int], None]
    rest: Callable[[int], None]
    close: Callable[[], object]


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


def own_case(count: int) -> tuple[Case, int, int]:
    """Our canvas."""
    from PySide6.QtCore import QPoint, QPointF

    from ui.canvas.canvas import Canvas
    from ui.canvas.local_actions import LocalActions
    from ui.canvas.scene import CanvasScene
    from ui.theme import theme_for

    specs = {node.spec.type: node.spec for node in Registry.installed()}
    workflow = make_workflow(count, specs)
    scene = CanvasScene(specs, theme_for(dark=True))
    canvas = Canvas(scene, LocalActions(scene))
    canvas.resize(*VIEW)

    def show() -> None:
        scene.show(workflow)
        canvas.show()

    def near() -> None:
        canvas.set_zoom(1.0)
        canvas.centerOn(QPointF(1200, 1000))

    def middle() -> None:
        canvas.set_zoom(0.4)
        canvas.centerOn(QPointF(2400, 2000))

    def zoom(frame: int) -> None:
        canvas.set_zoom(canvas.zoom * (1.03 if frame % 20 < 10 else 1 / 1.03))

    dragged = scene

    def drag(frame: int) -> None:
        middle = canvas.visible_rect().center()
        item = _nearest(dragged, middle)
        item.place(item.pos() + QPointF(8 if frame % 2 else -8, 4))

    case = Case(
        show,
        near,
        middle,
        canvas.fit_all,
        lambda frame: canvas.pan(QPoint(9 if frame % 20 < 10 else -9, 5)),
        zoom,
        drag,
        lambda _: canvas.redraw(),
        canvas.close,
    )
    return case, len(workflow.nodes), sum(len(node.inputs) for node in workflow.nodes.values())


def _nearest(scene: Any, point: Any) -> Any:
    """The item that is dragged: one in the middle of the view."""
    if not hasattr(scene, "dragged"):
        scene.dragged = min(
            scene.nodes.values(), key=lambda item: (item.body.center() - point).manhattanLength()
        )
    return scene.dragged


def peer_case(count: int) -> tuple[Case, int, int]:
    """NodeGraphQt with as many nodes, sockets and links, but without any field."""
    from NodeGraphQt import BaseNode, NodeGraph  # type: ignore[import-not-found]  # only for comparison
    from PySide6.QtCore import QPointF

    specs = {node.spec.type: node.spec for node in Registry.installed()}
    workflow = make_workflow(count, specs)
    graph = NodeGraph()
    classes = {name: _peer_class(BaseNode, spec) for name, spec in specs.items()}
    graph.register_nodes(list(classes.values()))
    viewer = graph.viewer()
    viewer.resize(*VIEW)
    made: dict[str, Any] = {}

    def show() -> None:
        for name, node in workflow.nodes.items():
            position = list(workflow.layout[name].position)
            kind = classes[node.type]
            made[name] = graph.create_node(
                f"{kind.__identifier__}.{kind.__name__}", pos=position, push_undo=False
            )
        for name, node in workflow.nodes.items():
            for key, value in node.inputs.items():
                if isinstance(value, Link):
                    source = made[value.node].get_output(value.output)
                    source.connect_to(made[name].get_input(key), push_undo=False)
        viewer.show()

    def near() -> None:
        viewer.reset_zoom(QPointF(1200, 1000))

    def middle() -> None:
        viewer.reset_zoom(QPointF(2400, 2000))
        viewer._set_viewer_zoom(-6.0, 0.0)

    def drag(frame: int) -> None:
        view = made[f"node {count // 2}"].view
        view.setPos(view.pos() + QPointF(8 if frame % 2 else -8, 4))

    def fit() -> None:
        viewer.zoom_to_nodes([node.view for node in made.values()])

    case = Case(
        show,
        near,
        middle,
        fit,
        lambda frame: viewer._set_viewer_pan(9 if frame % 20 < 10 else -9, 5),
        lambda frame: viewer._set_viewer_zoom(0.3 if frame % 20 < 10 else -0.3, 0.0),
        drag,
        lambda _: viewer.viewport().update(),
        viewer.close,
    )
    return case, count, 0


def _peer_class(base: Any, spec: NodeSpec) -> Any:
    def build(self: Any) -> None:
        base.__init__(self)
        for entry in spec.inputs:
            self.add_input(entry.name, multi_input=entry.many)
        for output in spec.outputs:
            self.add_output(output.name)

    fields = {"__identifier__": "bench", "NODE_NAME": spec.type, "__init__": build}
    return type(spec.type, (base,), fields)


def main() -> None:
    """Print the tables."""
    from PySide6.QtWidgets import QApplication

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--frames", type=int, default=FRAMES)
    options = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    makers: dict[str, Callable[[int], tuple[Case, int, int]]] = {"nodeflow": own_case}
    if importlib.util.find_spec("NodeGraphQt"):
        makers["NodeGraphQt"] = peer_case
    for maker in makers.values():
        case, _, _ = maker(WARM_UP)
        case.show()
        app.processEvents()
        case.close()
    results = {
        (editor, count): _measure(app, maker, count, options.frames)
        for count in options.sizes
        for editor, maker in makers.items()
    }
    _print(results)


def _measure(app: Any, maker: Any, count: int, frames: int) -> dict[str, float]:
    gc.collect()  # what the case before has left behind
    case, _, _ = maker(count)
    began = time.process_time()
    case.show()
    app.processEvents()
    result = {"build + show, s": time.process_time() - began}
    for place, go in (("100 %", case.near), ("40 %", case.middle), ("all visible", case.far)):
        for name in ("pan", "zoom", "drag"):
            go()
            app.processEvents()
            result[f"{name}, {place}"] = _frames(app, getattr(case, name), frames)
    result["redraw at rest"] = _frames(app, case.rest, frames)
    case.close()
    app.processEvents()
    return result


def _frames(app: Any, act: Callable[[int], None], frames: int) -> float:
    """Median processor milliseconds of acting and painting what follows from it."""
    times = []
    for frame in range(frames):
        began = time.process_time()
        act(frame)
        app.processEvents()
        times.append(1e3 * (time.process_time() - began))
    return statistics.median(times[2:])


def _print(results: dict[tuple[str, int], dict[str, float]]) -> None:
    print(f"{'CPU ms a frame':18}" + "".join(f"{editor} {count}".rjust(18) for editor, count in results))
    for row in next(iter(results.values())):
        print(f"{row:18}" + "".join(f"{figures[row]:18.2f}" for figures in results.values()))
    own = {count: figures for (editor, count), figures in results.items() if editor == "nodeflow"}
    for (editor, count), figures in results.items():
        if editor != "nodeflow":
            ratios = ", ".join(f"{row} {figures[row] / own[count][row]:.1f}x" for row in figures)
            print(f"{editor} / nodeflow, {count} nodes: {ratios}")
    # Build and show is no frame; the redraw at rest comes once, when nothing moves any more.
    motions = [value for figures in own.values() for row, value in figures.items() if ", " in row[:6]]
    verdict = "within" if max(motions) < BUDGET else "OVER"
    print(f"slowest motion of nodeflow: {max(motions):.1f} ms a frame, {verdict} {BUDGET:g} ms")


if __name__ == "__main__":
    main()
