"""Copying nodes as text and pasting them, in this window or another. The text is a small workflow file."""

from __future__ import annotations

from collections.abc import Collection

from nodeflow.document.appearance import Position
from nodeflow.document.files import dump_workflow, parse_workflow
from nodeflow.document.fragments import extract, insert
from nodeflow.document.grouping import corner_of
from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope
from nodeflow.errors import InvalidWorkflow

OFFSET: Position = (40, 40)
"""How far a paste lies from what was copied, so that both can be seen."""


def copy_nodes(workflow: Workflow, names: Collection[str], *, at: Scope = TOP) -> str:
    """Return nodes, with the links among them and the subgraphs they use, as text for the clipboard.

    Raises:
        EditRefused: If there are none, or one is not there.
    """
    if not names:
        raise EditRefused("Select the nodes to copy first.")
    return dump_workflow(extract(workflow, names, at=at))


def holds_nodes(text: str) -> bool:
    """Whether a text could be pasted; a glance, for greying out a menu."""
    return text.lstrip().startswith("{") and '"nodes"' in text


def paste_nodes(
    workflow: Workflow,
    text: str,
    position: Position | None = None,
    *,
    incoming: bool = False,
    at: Scope = TOP,
) -> Workflow:
    """Put the nodes that a text holds into a graph.

    Args:
        workflow: The document.
        text: What the clipboard holds.
        position: Where the top left corner of the nodes goes; None: a little off where they were.
        incoming: Keep links from nodes that were not copied, where the graph has them.
        at: The graph.

    Raises:
        EditRefused: If the text holds no nodes.
    """
    if not holds_nodes(text):
        raise EditRefused("The clipboard holds no nodeflow nodes.")
    try:
        fragment = parse_workflow(text)
    except InvalidWorkflow as error:
        raise EditRefused(
            f"The clipboard holds no nodes that can be read: {error.problems[0].message}."
        ) from None
    if not fragment.nodes:
        raise EditRefused("The clipboard holds a workflow without nodes.")
    corner = corner_of(fragment.layout.values())
    offset = OFFSET
    if position is not None:
        offset = (position[0] - corner[0], position[1] - corner[1]) if corner else position
    return insert(workflow, fragment, offset, incoming=incoming, at=at)
