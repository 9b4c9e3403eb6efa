"""Laying a whole graph out by itself: in layers from left to right, with few crossings.

The layering is grandalf's (Sugiyama, Tagawa and Toda 1981), which works from top to bottom: it is given nodes
turned on their side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from nodeflow.document.appearance import Position, place_nodes
from nodeflow.document.frames import resize_frame
from nodeflow.document.grouping import corner_of
from nodeflow.document.links import feeds
from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, Scope
from ui.document.layout import Sizes, boxes

GAP: Position = (80, 40)
"""Between layers and between nodes of a layer."""

MARGIN = 40.0
"""Between a frame and its nodes."""


class _View:
    """What grandalf wants to know of a vertex and where it puts the result: the middle."""

    def __init__(self, width: float, height: float) -> None:
        self.w, self.h = height, width  # on its side
        self.xy = (0.0, 0.0)


def auto_layout(
    workflow: Workflow, names: Collection[str] | None = None, sizes: Sizes | None = None, *, at: Scope = TOP
) -> Workflow:
    """Lay nodes out in layers; each stands right of all that feed it.

    The top left corner of all stays where it was. Frames go with their nodes.

    Args:
        workflow: The document.
        names: The nodes; None: all.
        sizes: Their sizes, as drawn.
        at: The graph.
    """
    body = at.body(workflow)
    chosen = [name for name in body.nodes if names is None or name in names]
    if not chosen:
        return workflow
    found = boxes(workflow, chosen, sizes or {}, at=at)
    upstream = feeds(body)
    links = {name: {feed for feed in upstream[name] if feed in found} for name in chosen}
    corner = corner_of(body.layout[name] for name in chosen if name in body.layout) or (0, 0)
    places: dict[str, Position] = {}
    top = corner[1]
    for component in _components(chosen, links):
        laid = _layered(component, links, {name: found[name][2:] for name in component})
        for name, (x, y) in laid.items():
            places[name] = (corner[0] + x, top + y)
        top = max(places[name][1] + found[name][3] for name in component) + 2 * GAP[1]
    moved = place_nodes(workflow, places, at=at)
    return _fit_frames(moved, set(chosen), sizes or {}, at)


def _components(names: list[str], links: dict[str, set[str]]) -> Iterable[list[str]]:
    """Groups of nodes that are linked with each other."""
    both: dict[str, set[str]] = {name: set(links[name]) for name in names}
    for name in names:
        for feed in links[name]:
            both[feed].add(name)
    seen: set[str] = set()
    for name in names:
        if name in seen:
            continue
        group, pending = set[str](), [name]
        while pending:
            current = pending.pop()
            if current not in group:
                group.add(current)
                pending.extend(both[current])
        seen |= group
        yield [member for member in names if member in group]


def _layered(names: list[str], links: dict[str, set[str]], sizes: dict[str, Position]) -> dict[str, Position]:
    """Where one component's nodes go, with its top left corner at 0, 0."""
    if len(names) == 1:
        return {names[0]: (0.0, 0.0)}
    # Imported here, as it brings numpy along, for which opening the window need not wait.
    from grandalf.graphs import Edge, Graph, Vertex  # type: ignore[import-untyped]  # it has no annotations
    from grandalf.layouts import SugiyamaLayout  # type: ignore[import-untyped]  # the same

    vertices = {name: Vertex(name) for name in names}
    for name, vertex in vertices.items():
        vertex.view = _View(*sizes[name])
    edges = [Edge(vertices[feed], vertices[name]) for name in names for feed in sorted(links[name])]
    layout = SugiyamaLayout(Graph(list(vertices.values()), edges).C[0])
    layout.xspace, layout.yspace = GAP[1], GAP[0]
    layout.init_all()
    layout.draw()
    # Layers are spaced by their widest node, so the left edges of a layer's nodes are brought into line.
    lefts: dict[float, float] = {}
    for name, vertex in vertices.items():
        middle = vertex.view.xy[1]
        lefts[middle] = min(lefts.get(middle, middle), middle - sizes[name][0] / 2)
    places = {n: (lefts[v.view.xy[1]], v.view.xy[0] - sizes[n][1] / 2) for n, v in vertices.items()}
    left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
    return {name: (x - left, y - top) for name, (x, y) in places.items()}


def _fit_frames(workflow: Workflow, moved: set[str], sizes: Sizes, at: Scope) -> Workflow:
    """Draw frames with a rectangle of their own around where their nodes lie now."""
    for index, frame in enumerate(at.body(workflow).frames):
        if frame.position is None or frame.size is None or moved.isdisjoint(frame.nodes):
            continue
        inside = boxes(workflow, frame.nodes, sizes, at=at).values()
        left, top = min(x for x, *_ in inside) - MARGIN, min(y for _, y, *_ in inside) - 2 * MARGIN
        right, bottom = max(x + w for x, _, w, _ in inside), max(y + h for _, y, _, h in inside)
        size = (right + MARGIN - left, bottom + MARGIN - top)
        workflow = resize_frame(workflow, index, (left, top), size, at=at)
    return workflow
