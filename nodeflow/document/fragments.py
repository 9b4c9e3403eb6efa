"""Fragments: a few nodes as a workflow of their own, and putting such a workflow into a graph.

Copying, duplicating and inserting a reusable subgraph are all made of these two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from nodeflow.document.appearance import Position, tidy
from nodeflow.document.links import DROP, Source, with_links
from nodeflow.document.marks import WIRELESS, mark, read_place, with_mark, write_place
from nodeflow.document.model import GraphBody, Node, Subgraph, Workflow
from nodeflow.document.renaming import (
    free_name,
    rename_place,
    renamed_keys,
    renamed_parts,
    with_definition_names,
)
from nodeflow.document.scope import TOP, EditRefused, Scope, node_in, with_fields
from nodeflow.document.values import GraphInput, Link
from nodeflow.document.wholes import needed, uses


def extract(workflow: Workflow, names: Collection[str], *, at: Scope = TOP) -> Workflow:
    """Make a workflow of some nodes, with their layout, seeds, whole frames and the subgraphs they use.

    Links to nodes that are not among them stay written, so that putting them back can follow them.
    """
    body = at.body(workflow)
    for name in names:
        node_in(body, name)
    chosen = set(names)
    definitions = needed(workflow, uses(body) & {node_in(body, n).subgraph for n in chosen} - {None})
    here = at.definition(workflow)
    fragment: Workflow = with_fields(
        Workflow(nodes={}),
        nodes={name: node for name, node in body.nodes.items() if name in chosen},
        subgraphs={name: sub for name, sub in workflow.subgraphs.items() if name in definitions},
        seeds={place: mode for place, mode in body.seeds.items() if place.rpartition(".")[0] in chosen},
        layout={name: layout for name, layout in body.layout.items() if name in chosen},
        frames=tuple(frame for frame in body.frames if frame.nodes and chosen.issuperset(frame.nodes)),
    )
    wireless = {text: name for text, name in mark(workflow, WIRELESS, dict).items() if isinstance(text, str)}
    kept = {}
    for text, name in wireless.items():
        place = read_place(text)
        if place and place[0] == here and place[1] in chosen:
            kept[write_place((None, *place[1:]))] = name
        elif place and place[0] in definitions:
            kept[text] = name
    return with_mark(fragment, WIRELESS, kept)


def insert(
    workflow: Workflow,
    fragment: Workflow,
    offset: Position = (0, 0),
    *,
    incoming: bool = False,
    at: Scope = TOP,
) -> Workflow:
    """Put a fragment's nodes, frames and notes into a graph, under free names.

    Args:
        workflow: The document.
        fragment: What to put into it.
        offset: How far its nodes move, in canvas units.
        incoming: Keep links from nodes outside the fragment, where the graph has them.
        at: The graph.

    Raises:
        EditRefused: If a subgraph would come to contain itself.
    """
    workflow, fragment = _with_definitions(workflow, fragment)
    around = at.definitions(workflow)
    if around & needed(workflow, uses(fragment)):
        raise EditRefused("A subgraph cannot contain itself.")
    body = at.body(workflow)
    names = names_for(fragment.nodes, body.nodes)
    follow = _follow(names, body if incoming else None)
    nodes = with_links(fragment, follow).get("nodes", fragment.nodes)
    moved = {**{"layout": fragment.layout, "frames": fragment.frames}, **renamed_parts(fragment, names)}
    parts: dict[str, Any] = {
        "nodes": {**body.nodes, **renamed_keys(nodes, names)},
        "layout": {**body.layout, **{name: _shifted(item, offset) for name, item in moved["layout"].items()}},
        "frames": (*body.frames, *(_shifted(frame, offset) for frame in moved["frames"])),
        "notes": (*body.notes, *(_shifted(note, offset) for note in fragment.notes)),
        "seeds": {**body.seeds, **{rename_place(p, names): mode for p, mode in fragment.seeds.items()}},
    }
    changed = at.put(workflow, **{key: value for key, value in parts.items() if value})
    return _with_marks(changed, fragment, names, at.definition(workflow))


def names_for(nodes: dict[str, Node], taken: Collection[str]) -> dict[str, str]:
    """A free name for each node, its own where that is free."""
    result: dict[str, str] = {}
    used = set(taken)
    for name in nodes:
        result[name] = free_name(name, used | (nodes.keys() - {name} if name in used else set()))
        used.add(result[name])
    return result


def _follow(names: dict[str, str], around: GraphBody | None) -> Callable[[Source], Any]:
    def follow(source: Source) -> Any:
        if isinstance(source, Link) and source.node in names:
            return Link(names[source.node], source.output)
        if around is None:
            return DROP
        if isinstance(source, GraphInput):
            return source if isinstance(around, Subgraph) and source.name in around.inputs else DROP
        return source if source.node in around.nodes else DROP

    return follow


def _with_definitions(workflow: Workflow, fragment: Workflow) -> tuple[Workflow, Workflow]:
    """Bring the fragment's subgraphs in: equal ones are shared, others of the same name get a new one."""
    while names := _clashing(workflow, fragment):  # a definition that uses a renamed one differs from then on
        fragment = with_definition_names(fragment, names)
        wireless = mark(fragment, WIRELESS, dict)
        fragment = with_fields(fragment, subgraphs=renamed_keys(fragment.subgraphs, names))
        fragment = with_mark(fragment, WIRELESS, {_renamed_place(t, names): n for t, n in wireless.items()})
    new = {name: body for name, body in fragment.subgraphs.items() if name not in workflow.subgraphs}
    return with_fields(workflow, subgraphs={**workflow.subgraphs, **new}) if new else workflow, fragment


def _clashing(workflow: Workflow, fragment: Workflow) -> dict[str, str]:
    """New names for the fragment's definitions that differ from the workflow's of the same name."""
    names: dict[str, str] = {}
    for name, body in fragment.subgraphs.items():
        if name in workflow.subgraphs and workflow.subgraphs[name] != body:
            names[name] = free_name(name, {*workflow.subgraphs, *fragment.subgraphs, *names.values()})
    return names


def _renamed_place(text: str, names: dict[str, str]) -> str:
    place = read_place(text)
    return text if place is None or place[0] not in names else write_place((names[place[0]], *place[1:]))


def _with_marks(workflow: Workflow, fragment: Workflow, names: dict[str, str], here: str | None) -> Workflow:
    wireless = dict(mark(workflow, WIRELESS, dict))
    used = set(wireless.values())
    for text, name in mark(fragment, WIRELESS, dict).items():
        place = read_place(text)
        if place and place[0] is None and place[1] in names:
            text = write_place((here, names[place[1]], place[2]))  # noqa: PLW2901 - the same, as it reads here
        if text not in wireless and isinstance(name, str):
            wireless[text] = free_name(name, used)
            used.add(wireless[text])
    return with_mark(workflow, WIRELESS, wireless) if wireless else workflow


def _shifted(item: Any, offset: Position) -> Any:
    if item.position is None or offset == (0, 0):
        return item
    x, y = item.position
    return with_fields(item, position=tidy((x + offset[0], y + offset[1])))
