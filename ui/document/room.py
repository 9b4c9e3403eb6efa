"""Room for a node that was put into a link: what follows it makes way. All distances are canvas units."""

from __future__ import annotations

from nodeflow.document.appearance import move_nodes, place_nodes
from nodeflow.document.links import feeds, reachable
from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, Scope
from ui.document.layout import GRID, Sizes, boxes

GAP = 2 * GRID
"""Between the node and those that it would lie on."""

Box = tuple[float, float, float, float]


def make_room(workflow: Workflow, name: str, sizes: Sizes | None = None, *, at: Scope = TOP) -> Workflow:
    """Keep a node from lying on those that it is linked with.

    It goes right of those that feed it; those that it feeds go right with all that follows them. Nothing
    moves where nothing is covered.

    Args:
        workflow: The document.
        name: The node.
        sizes: The sizes of nodes, as drawn.
        at: The graph.
    """
    upstream = feeds(at.body(workflow))
    found = boxes(workflow, upstream.keys(), sizes or {}, at=at)
    x, y, width, height = found[name]
    covered = [found[other] for other in upstream[name] if _touch(found[name], found[other])]
    right = max([x, *(other[0] + other[2] + GAP for other in covered)])
    downstream = {
        name: {other for other, sources in upstream.items() if name in sources} for name in upstream
    }
    in_the_way = [
        found[other][0]
        for other in downstream[name]
        if _touch((right, y, width, height), found[other]) and found[other][0] + found[other][2] / 2 > x
    ]
    moved = place_nodes(workflow, {name: (right, y)}, at=at) if right > x else workflow
    if not in_the_way:
        return moved
    following = reachable(downstream, [name])
    return move_nodes(moved, sorted(following), right + width + GAP - min(in_the_way), 0, at=at)


def _touch(one: Box, other: Box) -> bool:
    across = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    return across and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
