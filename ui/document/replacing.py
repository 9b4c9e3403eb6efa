"""Removing and replacing nodes so that what they linked stays linked where the types fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nodeflow.document.links import DROP, Source, with_links
from nodeflow.document.model import Node, Workflow
from nodeflow.document.scope import TOP, Scope, with_fields
from nodeflow.document.structure import drop_nodes
from nodeflow.document.values import GraphInput, InputValue, Link, is_linked
from nodeflow.node.spec import NodeSpec
from ui.document.sockets import ANY, Sockets
from ui.document.validity import fits, output_for

Specs = Mapping[str, NodeSpec]


def remove_nodes(
    workflow: Workflow,
    names: Collection[str],
    *,
    reconnect: bool = False,
    specs: Specs | None = None,
    at: Scope = TOP,
) -> Workflow:
    """Remove nodes.

    Args:
        workflow: The document.
        names: The nodes.
        reconnect: Link what they fed to what fed them, where the types fit, as bypassing does.
        specs: The node types there are; needed for `reconnect`.
        at: The graph.
    """
    if not reconnect:
        return drop_nodes(workflow, names, at=at)
    gone, body = set(names), at.body(workflow)
    for name in names:
        at.node(workflow, name)
    sockets = Sockets(workflow, specs or {}, at)

    def through(source: Source) -> InputValue:
        seen: set[Source] = set()
        while isinstance(source, Link) and source.node in gone:
            if source in seen:
                return DROP
            seen.add(source)
            found = passed_on(body.nodes[source.node], sockets.spec(source.node), source.output, sockets)
            if found is None:
                return DROP
            source = found
        return source

    return drop_nodes(at.put(workflow, **with_links(body, through)), names, at=at)


def passed_on(node: Node, spec: NodeSpec, output: str, sockets: Sockets) -> Source | None:
    """The link that a node would pass on in place of an output, chosen as when it is bypassed."""
    given = spec.output(output)
    place = spec.outputs.index(given) if given else -1
    wanted = given.socket if given else ANY
    ranked = []
    for index, item in enumerate(spec.inputs):
        value = node.inputs.get(item.name)
        if isinstance(value, Link | GraphInput):
            type_ = item.socket if item.socket != ANY else sockets.of_source(value)
            if fits(type_, wanted):
                ranked.append((index != place, type_ != wanted, index, value))
    return min(ranked, key=lambda found: found[:3])[3] if ranked else None


def replace_node(
    workflow: Workflow, specs: Specs, name: str, new_type: NodeSpec, *, at: Scope = TOP
) -> Workflow:
    """Give a node another type; links and values stay where a socket of the same name or type takes them."""
    body, node = at.body(workflow), at.node(workflow, name)
    sockets = Sockets(workflow, specs, at)
    old = sockets.spec(name)
    inputs: dict[str, InputValue] = {}
    waiting = []
    for item in old.inputs:
        value = node.inputs.get(item.name)
        new = new_type.input(item.name)
        if item.name in node.inputs and new is not None and fits(item.socket, new.socket):
            inputs[new.name] = value
        elif is_linked(value):
            waiting.append((item, value))
    for item, value in waiting:
        free = [other for other in new_type.inputs if other.name not in inputs]
        fitting = [other for other in free if fits(item.socket, other.socket) and other.socket != ANY]
        if fitting:
            inputs[min(fitting, key=lambda other: not other.required).name] = value

    def follow(source: Source) -> InputValue:
        if not isinstance(source, Link) or source.node != name:
            return source
        same, given = new_type.output(source.output), old.output(source.output)
        if same and given and fits(same.socket, given.socket):
            return source
        found = output_for(new_type, given.socket) if given else None
        return Link(name, found) if found else DROP

    parts = with_links(body, follow)
    changed = with_fields(
        node, type=new_type.type, version=new_type.version, subgraph=None, frozen=None, inputs=inputs
    )
    parts["nodes"] = {**parts.get("nodes", body.nodes), name: changed}
    seeds = {
        p: m for p, m in body.seeds.items() if p.rpartition(".")[0] != name or p.rpartition(".")[2] in inputs
    }
    return at.put(workflow, **parts, **({"seeds": seeds} if seeds != body.seeds else {}))
