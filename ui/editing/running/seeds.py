"""The seeds that a run uses, brought back into the document so that they can be seen."""

from __future__ import annotations

from collections.abc import Collection

from nodeflow.document.edit import with_next_seeds
from nodeflow.document.model import SeedMode, Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import InputValue

Used = dict[tuple[str, str], InputValue]


def counted(workflow: Workflow) -> Used:
    """The seeds that count up, by subgraph and place."""
    found: Used = {}
    for name, body in (("", workflow), *workflow.subgraphs.items()):
        for place, mode in body.seeds.items():
            node, _, entry = place.rpartition(".")
            if mode is SeedMode.INCREMENT and node in body.nodes:
                found[name, place] = body.nodes[node].inputs.get(entry)
    return found


def next_seeds(workflow: Workflow, used: Used | None) -> Workflow:
    """The workflow as it runs next.

    Args:
        workflow: The document.
        used: What `counted` gave for the run before; a seed that was changed since is used as it is.
    """
    return with_next_seeds(workflow, first=used is None or counted(workflow) != used)


def with_seeds_of(workflow: Workflow, following: Workflow, scope: Scope, chosen: Collection[str]) -> Workflow:
    """The workflow in which only some nodes have the seeds that come next.

    Args:
        workflow: The document.
        following: What `next_seeds` gave.
        scope: The graph that the nodes lie in.
        chosen: The nodes.
    """
    nodes, later = scope.body(workflow).nodes, scope.body(following).nodes
    return scope.put(workflow, nodes={**nodes, **{name: later[name] for name in chosen}})
