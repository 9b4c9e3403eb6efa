"""What of a workflow a run depends on."""

from __future__ import annotations

from typing import Any

from nodeflow.document.model import Workflow
from ui.document.problems import Fault


def work_of(workflow: Workflow) -> Any:
    """All of a workflow that a run's results may depend on; where nodes lie is not part of it."""
    inner = workflow.subgraphs.values()
    bodies = [(body.nodes, body.modes(), body.seeds) for body in (workflow, *inner)]
    ends = [(body.inputs, body.outputs) for body in inner]
    return workflow.path, workflow.run, list(workflow.subgraphs), bodies, ends


def node_of(workflow: Workflow, fault: Fault) -> object:
    """What the node of a fault is; None if it is gone."""
    if not fault.scope.exists(workflow):
        return None
    return fault.scope.body(workflow).nodes.get(fault.node)
