"""Frozen nodes: they give the result that the file names, or fail; never silently another one."""

from __future__ import annotations

from nodeflow.errors import NodeFailed
from nodeflow.execution.call import Outputs, fits
from nodeflow.execution.plan import Plan
from nodeflow.graph import BoundNode

LOST = "its frozen result is not at hand, and what feeds it has changed since it was frozen"


def lost(node: str) -> NodeFailed:
    """The error of a frozen node that cannot give its result."""
    advice = "Thaw the node to compute it anew, or open the workflow where the result was kept"
    return NodeFailed(LOST, node=node, advice=advice)


def is_lost(plan: Plan, name: str) -> bool:
    """Whether it is known before a run that a frozen node cannot give its result."""
    bound = plan.graph.nodes[name]
    if bound.frozen is None or bound.held:
        return False
    unread = plan.keyer is not None and plan.keyer.unread and plan.key(name) is None
    return plan.key(name) != bound.frozen and not unread


def check_computed(bound: BoundNode, key: str | None) -> None:
    """Let a frozen node be computed only where that gives the very result it keeps.

    Args:
        bound: The node.
        key: The key of what it would give, or has given.

    Raises:
        NodeFailed: If it would be another result.
    """
    if bound.frozen is not None and (bound.held or key != bound.frozen):
        raise lost(bound.name)


def check_fetched(bound: BoundNode, outputs: Outputs) -> None:
    """See to it that a frozen node's result is one of its type's: the key comes from a file.

    Raises:
        NodeFailed: If it is not.
    """
    if bound.held and not all(
        spec.name in outputs and fits(outputs[spec.name], spec) for spec in bound.node.spec.outputs
    ):
        text = f"is frozen with a result that is none of {bound.node.spec.type}"
        raise NodeFailed(text, node=bound.name, advice="Thaw the node to compute it anew")
