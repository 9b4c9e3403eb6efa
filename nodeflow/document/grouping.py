"""Grouping: selected nodes become one subgraph node, with an input or output for each link that crosses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from nodeflow.document.fragments import extract
from nodeflow.document.links import Source, connections, feeds, reachable, with_links
from nodeflow.document.marks import move_marks
from nodeflow.document.model import (
    SUBGRAPH,
    Frame,
    GraphBody,
    Mode,
    Node,
    NodeLayout,
    Subgraph,
    SubgraphInput,
    Workflow,
)
from nodeflow.document.renaming import checked_name, free_name, spliced
from nodeflow.document.scope import TOP, EditRefused, Scope, node_in, with_fields
from nodeflow.document.values import GraphInput, Link


@dataclass
class _Boundary:
    """What crosses the border of a selection: a name for each source outside and each output used outside."""

    inputs: dict[Source, str] = field(default_factory=dict)
    outputs: dict[Link, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: GraphBody, chosen: set[str]) -> _Boundary:
        found = cls()
        for link in connections(body):
            inner_source = isinstance(link.source, Link) and link.source.node in chosen
            inner_target = link.target.node in chosen
            if inner_target and not inner_source and link.source not in found.inputs:
                found.inputs[link.source] = free_name(link.target.input, found.inputs.values())
            if inner_source and not inner_target and link.source not in found.outputs:
                assert isinstance(link.source, Link)  # noqa: S101 - narrows the type
                found.outputs[link.source] = free_name(link.source.output, found.outputs.values())
        return found


def group(workflow: Workflow, names: Collection[str], title: str = "group", *, at: Scope = TOP) -> Workflow:
    """Turn nodes into one subgraph node; what is computed stays the same.

    Args:
        workflow: The document.
        names: The nodes.
        title: Wish for the name of both the node and its definition.
        at: The graph they lie in.

    Raises:
        EditRefused: If there are no nodes, or something outside lies between them.
    """
    body = at.body(workflow)
    chosen = set(names)
    _check(body, chosen)
    definition = free_name(checked_name(title, ()), workflow.subgraphs)
    outer = at.definition(workflow)
    border = _Boundary.of(body, chosen)
    inner = _definition(extract(workflow, chosen, at=at), body, border)
    # Named before the others leave, so that taking them apart again gives them their names back.
    name = free_name(title, body.nodes)
    node = Node(type=SUBGRAPH, subgraph=definition)
    node = with_fields(node, inputs={key: source for source, key in border.inputs.items()})

    def follow(source: Source) -> Source:
        return Link(name, border.outputs[source]) if source in border.outputs else source

    parts = with_links(
        with_fields(body, nodes={n: body.nodes[n] for n in body.nodes if n not in chosen}), follow
    )
    kept = {**body.nodes, **parts.get("nodes", {})}
    parts["nodes"] = spliced(kept, chosen, {name: node})
    parts["layout"] = _layout(body, chosen, name)
    parts["seeds"] = {p: mode for p, mode in body.seeds.items() if p.rpartition(".")[0] not in chosen}
    parts["frames"] = _frames(body, chosen, name)
    changed = at.put(workflow, **parts)
    changed = with_fields(changed, subgraphs={**changed.subgraphs, definition: inner})
    return move_marks(changed, lambda p: (definition, *p[1:]) if p[0] == outer and p[1] in chosen else p)


def _check(body: GraphBody, chosen: set[str]) -> None:
    if not chosen:
        raise EditRefused("Select the nodes to group first.")
    for name in chosen:
        node_in(body, name)
    upstream = feeds(body)
    downstream: dict[str, set[str]] = {}
    for name, feeding in upstream.items():
        for feed in feeding:
            downstream.setdefault(feed, set()).add(name)
    between = (reachable(upstream, chosen) & reachable(downstream, chosen)) - chosen
    if between:
        raise EditRefused(f"{min(between)} lies between these nodes: select it too, or fewer of them.")


def _definition(fragment: Workflow, body: GraphBody, border: _Boundary) -> Subgraph:
    """What is inside: the nodes as they were, fed by the subgraph's inputs."""
    parts = with_links(fragment, lambda s: GraphInput(border.inputs[s]) if s in border.inputs else s)
    nodes: dict[str, Node] = parts.get("nodes", fragment.nodes)
    modes = _foreign_modes(body, set(nodes))
    nodes = {n: with_fields(node, mode=modes[n]) if n in modes else node for n, node in nodes.items()}
    fields: dict[str, Any] = {
        "inputs": {key: SubgraphInput() for key in border.inputs.values()},
        "outputs": {key: link for link, key in border.outputs.items()},
        "nodes": nodes,
        "seeds": fragment.seeds,
        "layout": fragment.layout,
        "frames": fragment.frames,
    }
    definition: Subgraph = with_fields(Subgraph(), **{key: value for key, value in fields.items() if value})
    return definition


def _replaces(frame: Frame, chosen: set[str]) -> bool:
    """Whether a frame goes on with the group in place of its nodes.

    Not if it bypasses them: a subgraph is not bypassed like each of its nodes.
    """
    return chosen < set(frame.nodes) and frame.mode is not Mode.BYPASS


def _foreign_modes(body: GraphBody, chosen: set[str]) -> dict[str, Mode]:
    """Modes that nodes have from frames they are about to leave, and would lose."""
    staying = [frame for frame in body.frames if not chosen.issuperset(frame.nodes)]
    return {
        name: frame.mode
        for frame in staying
        if frame.mode and not _replaces(frame, chosen)
        for name in frame.nodes
        if name in chosen and body.nodes[name].mode is None
    }


def _frames(body: GraphBody, chosen: set[str], name: str) -> tuple[Frame, ...]:
    frames = []
    for frame in body.frames:
        if frame.nodes and chosen.issuperset(frame.nodes):
            continue  # it went inside
        if chosen.isdisjoint(frame.nodes):
            frames.append(frame)
            continue
        first = next(n for n in frame.nodes if n in chosen)
        group = {first: (name,)} if _replaces(frame, chosen) else {}
        nodes = (n for old in frame.nodes for n in (group.get(old, ()) if old in chosen else (old,)))
        frames.append(with_fields(frame, nodes=tuple(nodes)))
    return tuple(frames)


def _layout(body: GraphBody, chosen: set[str], name: str) -> dict[str, NodeLayout]:
    """Where the others lie, and the group at the top left corner of its nodes."""
    corner = corner_of(item for n, item in body.layout.items() if n in chosen)
    new = {} if corner is None else {name: NodeLayout(position=corner)}
    return spliced(body.layout, chosen, new)


def corner_of(items: Any) -> tuple[float, float] | None:
    """The top left corner of where nodes lie; None if they lie nowhere."""
    positions = [item.position for item in items]
    if not positions:
        return None
    return min(x for x, _ in positions), min(y for _, y in positions)
