"""Names of nodes and subgraphs: free ones, and renaming with everything that refers to the name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from nodeflow.document.links import with_links
from nodeflow.document.marks import move_marks
from nodeflow.document.model import Workflow
from nodeflow.document.names import NAME_RULE, Name
from nodeflow.document.scope import TOP, EditRefused, Scope, node_in, with_fields
from nodeflow.document.values import Link

T = TypeVar("T")
MAX_LENGTH = 100


def free_name(wish: str, taken: Collection[str]) -> str:
    """`wish`, or `wish_2`, `wish_3` … if it is taken; a number at its end is counted on from."""
    if wish not in taken:
        return wish
    stem = re.sub(r"_\d+$", "", wish)[: MAX_LENGTH - 8]
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def checked_name(name: str, taken: Collection[str]) -> str:
    """The name, if it may be given.

    Raises:
        EditRefused: If it is taken or cannot stand in a file.
    """
    if name in taken:
        raise EditRefused(f"The name {name!r} is taken.")
    try:
        _NAME.validate_python(name)
    except ValidationError:
        raise EditRefused(f"{name!r:.60} cannot be a name: {NAME_RULE}.") from None
    return name


_NAME: TypeAdapter[str] = TypeAdapter(Name)


def renamed_keys(old: Mapping[str, T], names: Mapping[str, str]) -> dict[str, T]:
    """The same entries in the same order, some under another name."""
    return {names.get(name, name): value for name, value in old.items()}


def spliced(old: Mapping[str, T], gone: Collection[str], new: Mapping[str, T]) -> dict[str, T]:
    """The same entries in the same order, with new ones in the place of the first that is gone."""
    result: dict[str, T] = {}
    for name, value in old.items():
        result.update(new if name in gone else {name: value})
    return {**result, **new}


def rename_node(workflow: Workflow, old: str, new: str, *, at: Scope = TOP) -> Workflow:
    """Rename a node; links, seeds, layout, frames and panel follow.

    Raises:
        EditRefused: If there is no such node, or the new name is taken or cannot be one.
    """
    body = at.body(workflow)
    node_in(body, old)
    if old == new:
        return workflow
    names = {old: checked_name(new, body.nodes)}
    parts = with_links(body, lambda s: Link(new, s.output) if isinstance(s, Link) and s.node == old else s)
    parts["nodes"] = renamed_keys(parts.get("nodes", body.nodes), names)
    parts.update(renamed_parts(body, names))
    definition = at.definition(workflow)
    return move_marks(
        at.put(workflow, **parts), lambda p: (p[0], new, p[2]) if p[:2] == (definition, old) else p
    )


def renamed_parts(body: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Seeds, layout and frames of a graph whose nodes get other names, as far as they differ."""
    parts: dict[str, Any] = {}
    seeds = {rename_place(place, names): mode for place, mode in body.seeds.items()}
    if seeds != body.seeds:
        parts["seeds"] = seeds
    if names.keys() & body.layout.keys():
        parts["layout"] = renamed_keys(body.layout, names)
    if any(names.keys() & set(frame.nodes) for frame in body.frames):
        parts["frames"] = tuple(
            with_fields(frame, nodes=tuple(names.get(name, name) for name in frame.nodes))
            for frame in body.frames
        )
    return parts


def rename_place(place: str, names: Mapping[str, str]) -> str:
    """`sampler.seed` with the node's new name."""
    node, _, name = place.rpartition(".")
    return f"{names.get(node, node)}.{name}"


def rename_subgraph(workflow: Workflow, old: str, new: str) -> Workflow:
    """Rename a subgraph's definition, wherever it is used.

    Raises:
        EditRefused: If there is no such subgraph, or the new name is taken or cannot be one.
    """
    if old not in workflow.subgraphs:
        raise EditRefused(f"There is no subgraph {old!r} any more.")
    if old == new:
        return workflow
    names = {old: checked_name(new, workflow.subgraphs)}
    workflow = with_definition_names(workflow, names)
    workflow = with_fields(workflow, subgraphs=renamed_keys(workflow.subgraphs, names))
    return move_marks(workflow, lambda p: (new, *p[1:]) if p[0] == old else p)


def with_definition_names(workflow: Workflow, names: Mapping[str, str]) -> Workflow:
    """Let all subgraph nodes use definitions under their new names."""

    def renamed(body: Any) -> Any:
        nodes = {
            name: with_fields(node, subgraph=names[node.subgraph]) if node.subgraph in names else node
            for name, node in body.nodes.items()
        }
        return with_fields(body, nodes=nodes)

    subgraphs = {name: renamed(body) for name, body in workflow.subgraphs.items()}
    changed: Workflow = with_fields(renamed(workflow), subgraphs=subgraphs)
    return changed
