"""Which subgraph definitions a workflow uses, and dropping those that an edit left without a use."""

from __future__ import annotations

from collections.abc import Iterable

from nodeflow.document.marks import move_marks
from nodeflow.document.model import GraphBody, Workflow
from nodeflow.document.scope import with_fields


def uses(body: GraphBody) -> set[str]:
    """The definitions that a graph's own nodes use."""
    return {node.subgraph for node in body.nodes.values() if node.subgraph}


def needed(workflow: Workflow, starts: Iterable[str]) -> set[str]:
    """Those definitions and all that they use in turn, as far as the workflow has them."""
    found: set[str] = set()
    pending = list(starts)
    while pending:
        name = pending.pop()
        if name in workflow.subgraphs and name not in found:
            found.add(name)
            pending.extend(uses(workflow.subgraphs[name]))
    return found


def without_orphans(before: Workflow, after: Workflow) -> Workflow:
    """Drop the definitions that were used before an edit and are not any more; others stay as they are."""
    if not after.subgraphs:
        return after
    used = needed(before, uses(before))
    gone = used - needed(after, uses(after)) - needed(after, after.subgraphs.keys() - used)
    if not gone:
        return after
    kept = {name: body for name, body in after.subgraphs.items() if name not in gone}
    changed: Workflow = with_fields(after, subgraphs=kept)
    return move_marks(changed, lambda place: None if place[0] in gone else place)
