"""Edits on the nodes and links of one graph: add, remove, connect, set. Sockets are no concern of theirs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from nodeflow.document.links import (
    DROP,
    Connection,
    Source,
    Target,
    changed_value,
    feeds,
    reachable,
    several,
    sources_in,
    to_source,
    to_target,
    value_at,
    with_links,
)
from nodeflow.document.marks import move_marks
from nodeflow.document.model import GraphBody, Node, NodeLayout, Subgraph, Workflow
from nodeflow.document.renaming import checked_name
from nodeflow.document.scope import TOP, EditRefused, Scope, node_in, with_fields
from nodeflow.document.values import (
    GraphInput,
    InputValue,
    JSONValue,
    Link,
    Quoted,
    Several,
    is_linked,
    parse_input,
)
from nodeflow.document.wholes import without_orphans


def put_node(
    workflow: Workflow, name: str, node: Node, layout: NodeLayout | None = None, *, at: Scope = TOP
) -> Workflow:
    """Add a node under a name that is free.

    Raises:
        EditRefused: If the name is taken or cannot be one.
    """
    body = at.body(workflow)
    nodes = {**body.nodes, checked_name(name, body.nodes): node}
    if layout is None:
        return at.put(workflow, nodes=nodes)
    return at.put(workflow, nodes=nodes, layout={**body.layout, name: layout})


def drop_nodes(workflow: Workflow, names: Collection[str], *, at: Scope = TOP) -> Workflow:
    """Remove nodes with their links, and with them the subgraphs that nothing uses any more."""
    body = at.body(workflow)
    for name in names:
        node_in(body, name)
    gone = set(names)
    parts = with_links(body, lambda s: DROP if isinstance(s, Link) and s.node in gone else s)
    nodes = parts.get("nodes", body.nodes)
    parts["nodes"] = {name: node for name, node in nodes.items() if name not in gone}
    if gone & body.layout.keys():
        parts["layout"] = {name: layout for name, layout in body.layout.items() if name not in gone}
    if any(gone.intersection(frame.nodes) for frame in body.frames):
        # A frame without nodes stays where it lies: it may hold notes, or wait for others.
        parts["frames"] = tuple(
            with_fields(frame, nodes=tuple(name for name in frame.nodes if name not in gone))
            for frame in body.frames
        )
    if body.seeds:
        parts["seeds"] = {p: mode for p, mode in body.seeds.items() if p.rpartition(".")[0] not in gone}
    definition = at.definition(workflow)
    changed = move_marks(
        at.put(workflow, **parts), lambda p: None if p[0] == definition and p[1] in gone else p
    )
    return without_orphans(workflow, changed)


def set_input(workflow: Workflow, target: Target | str, value: JSONValue, *, at: Scope = TOP) -> Workflow:
    """Set an input to a literal, in place of whatever it held.

    Raises:
        EditRefused: If there is no such node.
    """
    place = to_target(target)
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        raise EditRefused(f"{place} cannot hold this: it cannot be written in a file.") from None
    try:
        content = parse_input(value)
    except ValueError:
        content = Quoted(value)
    if content is not value:  # it would be read as something else, a link for instance
        content = Quoted(value)
    return _put(workflow, place, content, at)


def reset_input(workflow: Workflow, target: Target | str, *, at: Scope = TOP) -> Workflow:
    """Let an input have its default again: its value or links are removed."""
    return _put(workflow, to_target(target), DROP, at)


def connect(
    workflow: Workflow,
    source: Source | str,
    target: Target | str,
    *,
    append: bool = False,
    at: Scope = TOP,
) -> Workflow:
    """Link an output to an input.

    Args:
        workflow: The document.
        source: An output, `node.output`, or an input of the subgraph around it.
        target: An input, `node.input`, or an output of the subgraph around it.
        append: For inputs that take several: keep what is linked there already.
        at: The graph.

    Raises:
        EditRefused: If one of the two is not there, or the link would make a cycle.
    """
    source, target = to_source(source), to_target(target)
    reason = why_not(workflow, source, target, at=at)
    if reason:
        raise EditRefused(reason)
    content: InputValue = source
    old = value_at(at.body(workflow), target)
    if append and is_linked(old):
        content = several([*(old.items if isinstance(old, Several) else [old]), source])
    return _put(workflow, target, content, at)


def why_not(
    workflow: Workflow,
    source: Source,
    target: Target,
    upstream: dict[str, set[str]] | None = None,
    *,
    at: Scope = TOP,
) -> str | None:
    """Why two places cannot be linked, whatever their types; None if they can.

    Args:
        workflow: The document.
        source: An output.
        target: An input.
        upstream: What `feeds` says of this graph, where it is known already.
        at: The graph.
    """
    body = at.body(workflow)
    missing = _missing(body, source, target)
    if missing or isinstance(source, GraphInput) or target.node is None:
        return missing
    if source.node == target.node:
        return f"{source.node} cannot feed itself."
    if target.node in reachable(feeds(body) if upstream is None else upstream, [source.node]):
        return f"That would make a cycle: {source.node} already depends on {target.node}."
    return None


def _missing(body: GraphBody, source: Source, target: Target) -> str | None:
    inputs, outputs = (body.inputs, body.outputs) if isinstance(body, Subgraph) else ({}, {})
    if isinstance(source, GraphInput) and source.name not in inputs:
        return f"There is no subgraph input {source.name!r} here."
    if target.node is None and target.input not in outputs:
        return f"There is no subgraph output {target.input!r} here."
    names = [source.node] if isinstance(source, Link) else []
    names += [target.node] if target.node is not None else []
    gone = next((name for name in names if name not in body.nodes), None)
    return None if gone is None else f"There is no node {gone!r} any more."


def disconnect(workflow: Workflow, link: Connection | Target | str, *, at: Scope = TOP) -> Workflow:
    """Remove one link, or all that an input has."""
    if not isinstance(link, Connection):
        place = to_target(link)
        linked = is_linked(value_at(at.body(workflow), place))
        return _put(workflow, place, DROP, at) if linked else workflow
    value = value_at(at.body(workflow), link.target)
    sources = list(sources_in(value))
    if link.index >= len(sources) or sources[link.index] != link.source:
        raise EditRefused("That link is not there any more.")
    return replace_link(workflow, link, DROP, at=at)


def replace_link(workflow: Workflow, link: Connection, new: InputValue, *, at: Scope = TOP) -> Workflow:
    """Put something else in the place of one link, its neighbours in a list untouched."""
    counter = iter(range(1_000_000))
    value = changed_value(
        value_at(at.body(workflow), link.target), lambda s: new if next(counter) == link.index else s
    )
    return _put(workflow, link.target, value, at)


def put_inputs(
    workflow: Workflow, name: str, inputs: Mapping[str, InputValue], *, at: Scope = TOP
) -> Workflow:
    """Give a node these inputs and no others."""
    body = at.body(workflow)
    node = with_fields(node_in(body, name), inputs=dict(inputs))
    return at.put(workflow, nodes={**body.nodes, name: node})


def _put(workflow: Workflow, target: Target, content: InputValue, at: Scope) -> Workflow:
    body = at.body(workflow)
    if target.node is None:
        if not isinstance(body, Subgraph) or target.input not in body.outputs:
            raise EditRefused(f"There is no subgraph output {target.input!r} here.")
        value = None if content is DROP else content
        return at.put(workflow, outputs={**body.outputs, target.input: value})
    inputs = dict(node_in(body, target.node).inputs)
    if content is DROP:
        inputs.pop(target.input, None)
    else:
        inputs[target.input] = content
    return put_inputs(workflow, target.node, inputs, at=at)
