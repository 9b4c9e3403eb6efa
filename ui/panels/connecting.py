"""What could be linked with what, for menus: everything that fits, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nodeflow.document.links import Target, feeds, reachable, value_at
from nodeflow.document.model import GraphBody, Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import GraphInput, Link, is_linked
from nodeflow.node.spec import NodeSpec
from ui.document.sockets import Sockets
from ui.document.validity import can_connect, fits

Specs = Mapping[str, NodeSpec]
MOST = 40
"""A longer menu helps nobody."""


def sources_for(workflow: Workflow, specs: Specs, target: Target, scope: Scope) -> list[Link | GraphInput]:
    """Outputs that an input could be linked to."""
    sockets, body = Sockets(workflow, specs, scope), scope.body(workflow)
    taken = sockets.of_target(target).socket
    later = _downstream(body, target.node)
    outer: Iterable[str] = getattr(body, "inputs", {})
    found: list[Link | GraphInput] = [GraphInput(name) for name in outer]
    for name in _near(body, target.node):
        if name not in later:
            found += [Link(name, o.name) for o in sockets.spec(name).outputs if fits(o.socket, taken)]
    checked = (
        item for item in found if can_connect(workflow, specs, item, target, at=scope, sockets=sockets).ok
    )
    return [item for item, _ in zip(checked, range(MOST), strict=False)]


def targets_for(workflow: Workflow, specs: Specs, source: Link, scope: Scope) -> list[Target]:
    """Inputs that an output could be linked to; those that are free come first."""
    sockets, body = Sockets(workflow, specs, scope), scope.body(workflow)
    given = sockets.of_source(source)
    earlier = reachable(feeds(body), [source.node]) | {source.node}
    found = [
        Target(name, entry.name)
        for name in _near(body, source.node)
        if name not in earlier
        for entry in sockets.spec(name).inputs
        if fits(given, entry.socket)
    ]
    found.sort(key=lambda target: is_linked(value_at(body, target)))
    checked = (
        item for item in found if can_connect(workflow, specs, source, item, at=scope, sockets=sockets).ok
    )
    return [item for item, _ in zip(checked, range(MOST), strict=False)]


def _downstream(body: GraphBody, node: str | None) -> set[str]:
    """A node and all that depend on it."""
    if node is None:
        return set()
    forward: dict[str, set[str]] = {}
    for name, sources in feeds(body).items():
        for feed in sources:
            forward.setdefault(feed, set()).add(name)
    return reachable(forward, [node]) | {node}


def _near(body: GraphBody, node: str | None) -> list[str]:
    """All nodes, the nearest on the canvas first."""
    here = body.layout[node].position if node in body.layout else (0, 0)

    def distance(name: str) -> float:
        x, y = body.layout[name].position if name in body.layout else (0, 0)
        return float((x - here[0]) ** 2 + (y - here[1]) ** 2)

    return sorted(body.nodes, key=distance)
