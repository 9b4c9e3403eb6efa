"""Adding and copying nodes, under readable names."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nodeflow.document.appearance import Position, tidy
from nodeflow.document.fragments import extract, insert
from nodeflow.document.model import Node, NodeLayout, Workflow
from nodeflow.document.renaming import free_name
from nodeflow.document.scope import TOP, Scope, with_fields
from nodeflow.document.structure import put_node
from nodeflow.document.values import JSONValue, parse_input
from nodeflow.node.sockets import snake_case
from nodeflow.node.spec import NodeSpec


def name_for(workflow: Workflow, type_id: str, *, at: Scope = TOP) -> str:
    """A free name for a new node of a type: `sampler`, or `sampler_2` if that is taken."""
    wish = "".join(c for c in snake_case(type_id.replace("LoRA", "Lora")) if c.isalnum() or c in "_- ")
    return free_name(wish.strip()[:90] or "node", at.body(workflow).nodes)


def add_node(
    workflow: Workflow,
    node_type: NodeSpec | str,
    position: Position,
    inputs: Mapping[str, JSONValue] | None = None,
    *,
    name: str | None = None,
    at: Scope = TOP,
) -> Workflow:
    """Add a node.

    Args:
        workflow: The document.
        node_type: Its spec; a plain name for a type that has no versions, such as a reroute.
        position: Of its top left corner, in canvas units.
        inputs: Values it begins with, written as in the file.
        name: Its name; None: a readable one that is free (`name_for`).
        at: The graph.

    Raises:
        EditRefused: If the name is taken or cannot be one.
    """
    type_id, version = (node_type, 1) if isinstance(node_type, str) else (node_type.type, node_type.version)
    node = Node(type=type_id, version=version)
    if inputs:
        node = with_fields(node, inputs={key: parse_input(value) for key, value in inputs.items()})
    layout = NodeLayout(position=tidy(position))
    return put_node(workflow, name or name_for(workflow, type_id, at=at), node, layout, at=at)


def duplicate(
    workflow: Workflow,
    names: Collection[str],
    offset: Position = (40, 40),
    *,
    incoming: bool = False,
    at: Scope = TOP,
) -> Workflow:
    """Copy nodes with the links among them; with `incoming` also those that come from other nodes."""
    return insert(workflow, extract(workflow, names, at=at), offset, incoming=incoming, at=at)
