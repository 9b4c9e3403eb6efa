"""Reusable subgraphs: one definition as a workflow file of its own, and such a file put into a graph."""

from __future__ import annotations

from nodeflow.document.appearance import Position
from nodeflow.document.fragments import insert
from nodeflow.document.model import SUBGRAPH, Node, NodeLayout, Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope, with_fields
from nodeflow.document.wholes import needed


def subgraph_file(workflow: Workflow, definition: str) -> Workflow:
    """A workflow that holds one subgraph, those it uses, and a single node that uses it.

    Raises:
        EditRefused: If there is no such subgraph.
    """
    if definition not in workflow.subgraphs:
        raise EditRefused(f"There is no subgraph {definition!r} any more.")
    names = needed(workflow, [definition])
    kept = {name: body for name, body in workflow.subgraphs.items() if name in names}
    made: Workflow = with_fields(
        Workflow(nodes={definition: Node(type=SUBGRAPH, subgraph=definition)}),
        name=definition,
        description=workflow.subgraphs[definition].description or None,
        subgraphs=kept,
        layout={definition: NodeLayout(position=(0, 0))},
    )
    return made


def insert_subgraph(workflow: Workflow, source: Workflow, position: Position, *, at: Scope = TOP) -> Workflow:
    """Put the subgraph of a file made by `subgraph_file` into a graph, as one node.

    Args:
        workflow: The document.
        source: The file's workflow.
        position: Where the node goes, in canvas units.
        at: The graph.

    Raises:
        EditRefused: If the file holds no single subgraph, or it would come to contain itself.
    """
    found = [name for name, node in source.nodes.items() if node.subgraph in source.subgraphs]
    if len(source.nodes) != 1 or not found:
        raise EditRefused("This file holds no reusable subgraph: open it instead.")
    fragment = with_fields(source, layout={found[0]: NodeLayout(position=(0, 0))}, frames=(), notes=())
    return insert(workflow, fragment, position, at=at)
