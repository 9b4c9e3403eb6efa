"""Putting something into a link: a node, a bend, a converter."""

from __future__ import annotations

from collections.abc import Mapping

from nodeflow.document.appearance import Position
from nodeflow.document.links import Connection, Source, Target, connections, to_source
from nodeflow.document.model import REROUTE, Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope
from nodeflow.document.structure import connect, disconnect, replace_link
from nodeflow.document.values import JSONValue, Link
from nodeflow.node.spec import NodeSpec
from ui.document.nodes import add_node, name_for
from ui.document.sockets import ANY, Sockets
from ui.document.validity import can_connect, input_for, output_for

Specs = Mapping[str, NodeSpec]


def find_link(workflow: Workflow, source: Source | str, target: Target, *, at: Scope = TOP) -> Connection:
    """The link between two places.

    Raises:
        EditRefused: If there is none.
    """
    wanted = to_source(source)
    for link in connections(at.body(workflow)):
        if link.source == wanted and link.target == target:
            return link
    raise EditRefused("That link is not there any more.")


def insert_on_link(
    workflow: Workflow, specs: Specs, name: str, link: Connection, *, at: Scope = TOP
) -> Workflow:
    """Put a node that is there into a link: fed by its source, feeding its target.

    Raises:
        EditRefused: If it does not fit there.
    """
    sockets = Sockets(workflow, specs, at)
    spec = sockets.spec(name) if name in at.body(workflow).nodes else None
    if spec is None:
        raise EditRefused(f"There is no node {name!r} any more.")
    entry = input_for(spec, sockets.of_source(link.source))
    wanted = sockets.of_target(link.target).socket
    leaving = output_for(spec, sockets.of_source(link.source) if wanted == ANY else wanted)
    if entry is None or leaving is None or name == link.target.node:
        raise EditRefused(f"{name} does not fit between {_shown(link.source)} and {link.target}.")
    without = disconnect(workflow, link, at=at)
    entered = connect(without, link.source, Target(name, entry), at=at)
    verdict = can_connect(entered, specs, Link(name, leaving), link.target, at=at)
    if not verdict.ok:
        raise EditRefused(verdict.reason)
    back = replace_link(workflow, link, Link(name, leaving), at=at)  # at its old place in a list
    return connect(back, link.source, Target(name, entry), at=at)


def insert_node(
    workflow: Workflow,
    specs: Specs,
    node_type: NodeSpec,
    link: Connection,
    position: Position,
    *,
    inputs: Mapping[str, JSONValue] | None = None,
    at: Scope = TOP,
) -> Workflow:
    """Add a node in the middle of a link; `inputs` are the values it begins with."""
    name = name_for(workflow, node_type.type, at=at)
    added = add_node(workflow, node_type, position, inputs, name=name, at=at)
    return insert_on_link(added, specs, name, link, at=at)


def insert_reroute(workflow: Workflow, link: Connection, position: Position, *, at: Scope = TOP) -> Workflow:
    """Put a bend into a link."""
    name = name_for(workflow, REROUTE, at=at)
    added = add_node(workflow, REROUTE, position, name=name, at=at)
    disconnect(workflow, link, at=at)  # refuses a link that is gone
    bent = replace_link(added, link, Link(name, "value"), at=at)
    return connect(bent, link.source, Target(name, "value"), at=at)


def connect_through(
    workflow: Workflow,
    specs: Specs,
    source: Source | str,
    target: Target,
    converter: str,
    *,
    position: Position,
    at: Scope = TOP,
) -> Workflow:
    """Link an output to an input that does not take it, with a node in between that turns one into the other.

    What else it needs, such as the model, is linked as it is at one of the two ends.

    Raises:
        EditRefused: If that is no converter between them.
    """
    if converter not in specs:
        raise EditRefused(f"There is no node type {converter!r}.")
    spec, origin, sockets = specs[converter], to_source(source), Sockets(workflow, specs, at)
    entry = input_for(spec, sockets.of_source(origin))
    leaving = output_for(spec, sockets.of_target(target).socket)
    if entry is None or leaving is None:
        raise EditRefused(f"{converter} does not turn {_shown(origin)} into what {target} takes.")
    name = name_for(workflow, converter, at=at)
    changed = add_node(workflow, spec, position, name=name, at=at)
    changed = connect(changed, origin, Target(name, entry), at=at)
    ends = (origin.node if isinstance(origin, Link) else None, target.node)
    near = [at.body(workflow).nodes[end] for end in ends if end in at.body(workflow).nodes]
    for item in (item for item in spec.inputs if item.required and item.name != entry):
        place = Target(name, item.name)
        links = [node.inputs.get(item.name) for node in near]
        usable = [
            link
            for link in links
            if isinstance(link, Link) and can_connect(changed, specs, link, place, at=at).ok
        ]
        changed = connect(changed, usable[0], place, at=at) if usable else changed
    append = can_connect(changed, specs, Link(name, leaving), target, at=at).append
    return connect(changed, Link(name, leaving), target, append=append, at=at)


def _shown(source: Source) -> str:
    return str(source) if isinstance(source, Link) else source.name
