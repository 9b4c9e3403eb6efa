"""Tidying up: nodes in line, evenly spaced, on a grid. All distances are canvas units."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from nodeflow.document.appearance import Position, place_nodes
from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, Scope

Sizes = Mapping[str, Position]
"""Width and height of each node, as drawn."""

USUAL_SIZE: Position = (220, 120)
"""Of a node whose size nobody said."""

GRID = 20.0


class Edge(StrEnum):
    """What is brought into line."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    CENTER = "center"
    """Middles on one vertical line."""
    MIDDLE = "middle"
    """Middles on one horizontal line."""


def boxes(
    workflow: Workflow, names: Collection[str], sizes: Sizes, *, at: Scope = TOP
) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, width and height of nodes."""
    layout = at.body(workflow).layout
    result = {}
    for name in names:
        at.node(workflow, name)
        x, y = layout[name].position if name in layout else (0, 0)
        own = layout[name].size if name in layout else None
        result[name] = (x, y, *(sizes.get(name) or own or USUAL_SIZE))
    return result


def align(
    workflow: Workflow, names: Collection[str], edge: Edge, sizes: Sizes | None = None, *, at: Scope = TOP
) -> Workflow:
    """Bring nodes into line at the outermost edge among them, or at their common middle."""
    found = boxes(workflow, names, sizes or {}, at=at)
    if len(found) < 2:
        return workflow
    axis = 0 if edge in (Edge.LEFT, Edge.RIGHT, Edge.CENTER) else 1
    starts = {name: box[axis] for name, box in found.items()}
    lengths = {name: box[axis + 2] for name, box in found.items()}
    low, high = min(starts.values()), max(starts[name] + lengths[name] for name in found)
    share = {Edge.LEFT: 0.0, Edge.TOP: 0.0, Edge.CENTER: 0.5, Edge.MIDDLE: 0.5}.get(edge, 1.0)
    moved = {name: low + (high - low - lengths[name]) * share for name in found}
    return _place(workflow, found, moved, axis, at)


def distribute(
    workflow: Workflow, names: Collection[str], *, vertical: bool, sizes: Sizes | None = None, at: Scope = TOP
) -> Workflow:
    """Make the gaps between nodes equal; the first and the last stay where they are."""
    found = boxes(workflow, names, sizes or {}, at=at)
    axis = 1 if vertical else 0
    order = sorted(found, key=lambda name: found[name][axis])
    if len(order) < 3:
        return workflow
    start = found[order[0]][axis]
    end = found[order[-1]][axis] + found[order[-1]][axis + 2]
    gap = (end - start - sum(found[name][axis + 2] for name in order)) / (len(order) - 1)
    moved = {}
    for name in order:
        moved[name] = start
        start += found[name][axis + 2] + gap
    return _place(workflow, found, moved, axis, at)


def snap(workflow: Workflow, names: Collection[str], grid: float = GRID, *, at: Scope = TOP) -> Workflow:
    """Move nodes to the nearest points of a grid."""
    found = boxes(workflow, names, {}, at=at)
    to_grid = {n: (round(x / grid) * grid, round(y / grid) * grid) for n, (x, y, *_) in found.items()}
    return place_nodes(workflow, to_grid, at=at)


def _place(
    workflow: Workflow,
    found: Mapping[str, tuple[float, float, float, float]],
    moved: Mapping[str, float],
    axis: int,
    at: Scope,
) -> Workflow:
    places = {n: (moved[n], box[1]) if axis == 0 else (box[0], moved[n]) for n, box in found.items()}
    return place_nodes(workflow, places, at=at)
