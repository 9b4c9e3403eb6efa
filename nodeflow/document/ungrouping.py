"""Ungrouping: a subgraph node is replaced by the nodes inside it; the inverse of grouping."""

from __future__ import annotations

from typing import Any

from nodeflow.document.appearance import tidy
from nodeflow.document.fragments import names_for
from nodeflow.document.grouping import corner_of
from nodeflow.document.links import DROP, Source, changed_value, with_links
from nodeflow.document.marks import Place, move_marks
from nodeflow.document.model import Node, SeedMode, Subgraph, Workflow
from nodeflow.document.renaming import rename_place, renamed_keys, renamed_parts, spliced
from nodeflow.document.scope import TOP, EditRefused, Scope, with_fields
from nodeflow.document.values import GraphInput, InputValue, Link
from nodeflow.document.wholes import uses, without_orphans


def ungroup(workflow: Workflow, name: str, *, at: Scope = TOP) -> Workflow:
    """Replace a subgraph node by what is inside it; what is computed stays the same.

    The definition goes too if nothing else uses it.

    Raises:
        EditRefused: If the node is no subgraph.
    """
    body, node = at.body(workflow), at.node(workflow, name)
    inner = workflow.subgraphs.get(node.subgraph or "")
    if inner is None:
        raise EditRefused(f"{name} is no subgraph: there is nothing to take apart.")
    others = {n: other for n, other in body.nodes.items() if n != name}
    names = names_for(inner.nodes, others)
    nodes = _inner_nodes(inner, node, names, body.modes().get(name))
    outputs = _outputs(inner, node, names)
    parts = with_links(with_fields(body, nodes=others), lambda s: _follow(s, name, outputs))
    parts["nodes"] = spliced({**body.nodes, **parts.get("nodes", {})}, {name}, nodes)
    parts.update(_rest(body, inner, name, names))
    changed = at.put(workflow, **parts)
    return without_orphans(workflow, _with_marks(changed, workflow, at.inside(name), names))


def _inner_nodes(inner: Subgraph, node: Node, names: dict[str, str], mode: Any) -> dict[str, Node]:
    """The nodes under their new names, fed by what fed the subgraph node."""

    def follow(source: Source) -> InputValue:
        if isinstance(source, Link):
            return Link(names.get(source.node, source.node), source.output)
        return _given(inner, node, source)

    nodes = with_links(inner, follow).get("nodes", inner.nodes)
    if mode is not None:
        modes = inner.modes()
        nodes = {n: item if modes.get(n) else with_fields(item, mode=mode) for n, item in nodes.items()}
    return renamed_keys(nodes, names)


def _given(inner: Subgraph, node: Node, source: GraphInput) -> InputValue:
    """What a subgraph's input stands for in one place of its use; DROP if nothing."""
    if source.name in node.inputs:
        return node.inputs[source.name]
    declared = inner.inputs.get(source.name)
    has_default = declared is not None and "default" in declared.model_fields_set
    return declared.default if declared is not None and has_default else DROP


def _outputs(inner: Subgraph, node: Node, names: dict[str, str]) -> dict[str, InputValue]:
    def follow(source: Source) -> InputValue:
        if isinstance(source, Link):
            return Link(names.get(source.node, source.node), source.output)
        return _given(inner, node, source)

    found = {key: changed_value(value, follow) for key, value in inner.outputs.items()}
    return {key: DROP if value is None else value for key, value in found.items()}


def _follow(source: Source, name: str, outputs: dict[str, InputValue]) -> InputValue:
    if isinstance(source, Link) and source.node == name:
        return outputs.get(source.output, DROP)
    return source


def _rest(body: Any, inner: Subgraph, name: str, names: dict[str, str]) -> dict[str, Any]:
    """Layout, frames, notes and seeds of both graphs put together."""
    moved = {
        "layout": inner.layout,
        "frames": inner.frames,
        "seeds": inner.seeds,
        **renamed_parts(inner, names),
    }
    here, corner = body.layout.get(name), corner_of(inner.layout.values())
    offset = (here.position[0] - corner[0], here.position[1] - corner[1]) if here and corner else (0, 0)
    inside = {n: _shifted(item, offset) for n, item in moved["layout"].items()}
    layout = spliced(body.layout, {name}, inside)
    seeds = {p: mode for p, mode in body.seeds.items() if p.rpartition(".")[0] != name}
    seeds.update(moved["seeds"])
    for place, mode in body.seeds.items():
        if place.rpartition(".")[0] == name:
            seeds.update(_seeds_fed(inner, names, place.rpartition(".")[2], mode))
    return {
        "layout": layout,
        "seeds": seeds,
        "frames": (
            *_opened(body.frames, name, names),
            *(_shifted(frame, offset) for frame in moved["frames"]),
        ),
        "notes": (*body.notes, *(_shifted(note, offset) for note in inner.notes)),
    }


def _seeds_fed(inner: Subgraph, names: dict[str, str], key: str, mode: SeedMode) -> dict[str, SeedMode]:
    return {
        rename_place(f"{n}.{i}", names): mode
        for n, item in inner.nodes.items()
        for i, value in item.inputs.items()
        if value == GraphInput(key)
    }


def _opened(frames: Any, name: str, names: dict[str, str]) -> list[Any]:
    """Frames with the inner nodes in place of the subgraph node."""
    return [
        with_fields(
            frame, nodes=tuple(n for old in frame.nodes for n in (names.values() if old == name else (old,)))
        )
        if name in frame.nodes
        else frame
        for frame in frames
    ]


def _shifted(item: Any, offset: tuple[float, float]) -> Any:
    if item.position is None or offset == (0, 0):
        return item
    return with_fields(item, position=tidy((item.position[0] + offset[0], item.position[1] + offset[1])))


def _with_marks(workflow: Workflow, before: Workflow, opened: Scope, names: dict[str, str]) -> Workflow:
    """Marks of the subgraph node and, after its last use, of what was inside."""
    here, definition, name = opened.outer.definition(before), opened.definition(before), opened.path[-1]
    inner = before.subgraphs[definition or ""]
    last = all(definition not in uses(body) for body in (workflow, *workflow.subgraphs.values()))

    def move(place: Place) -> Place | None:
        if place[0] == definition and last:
            return (here, names.get(place[1], place[1]), place[2])
        if place[:2] != (here, name):
            return place
        fed = _seeds_fed(inner, names, place[2], SeedMode.FIXED)
        output = inner.outputs.get(place[2])
        if fed:
            node_name, _, key = next(iter(fed)).rpartition(".")
            return (here, node_name, key)
        return (here, names[output.node], output.output) if isinstance(output, Link) else None

    return move_marks(workflow, move)
