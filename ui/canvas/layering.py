"""Places for nodes that have none in the document: columns by how far they are from the sources."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSizeF

from nodeflow.document.model import GraphBody
from nodeflow.document.values import links_in
from ui.canvas.graph import INPUTS, OUTPUTS
from ui.theme.metrics import GRID

GAP_X = 8.0 * GRID
GAP_Y = 4.0 * GRID


def depths(body: GraphBody) -> dict[str, int]:
    """How many links lie between each node and the farthest source; circles are cut where they close."""
    depth: dict[str, int] = {}
    for root in body.nodes:
        stack = [root]
        open_nodes: set[str] = set()
        while stack:
            name = stack[-1]
            if name in depth:
                stack.pop()
                continue
            before = [
                link.node
                for value in body.nodes[name].inputs.values()
                for link in links_in(value)
                if link.node in body.nodes
            ]
            waiting = [other for other in before if other not in depth and other not in open_nodes]
            open_nodes.add(name)
            if waiting:
                stack.extend(waiting)
                continue
            depth[name] = max((depth[other] + 1 for other in before if other in depth), default=0)
            stack.pop()
    return depth


def place_missing(body: GraphBody, sizes: Mapping[str, QSizeF]) -> dict[str, QPointF]:
    """Positions for the nodes without a layout, below everything that has one.

    Args:
        body: The graph.
        sizes: How large each node is.
    """
    missing = [name for name in body.nodes if name not in body.layout]
    if not missing:
        return {}
    placed = [body.layout[name].position[1] + sizes[name].height() for name in body.layout if name in sizes]
    top = max(placed, default=-2 * GAP_Y) + 2 * GAP_Y
    depth = depths(body)
    columns: dict[int, list[str]] = {}
    for name in missing:
        columns.setdefault(depth[name], []).append(name)
    result: dict[str, QPointF] = {}
    x = 0.0
    for column in sorted(columns):
        y = top
        for name in columns[column]:
            result[name] = QPointF(x, y)
            y += _up(sizes[name].height() + GAP_Y)
        x += _up(max(sizes[name].width() for name in columns[column]) + GAP_X)
    return result


def border_places(around: QRectF, width: float) -> dict[str, QPointF]:
    """Positions for the border of a subgraph.

    Args:
        around: The box around its nodes.
        width: Of a node of the border.
    """
    return {
        INPUTS: QPointF(around.left() - GAP_X - width, around.top()),
        OUTPUTS: QPointF(around.right() + GAP_X, around.top()),
    }


def _up(value: float) -> float:
    return float(-(-value // GRID) * GRID)
