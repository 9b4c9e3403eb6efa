"""What is known of nodes before a run: light nodes are evaluated, literals are read, files are looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from nodeflow.errors import NodeflowError, UnknownType
from nodeflow.execution.arranging import check_exported
from nodeflow.execution.call import Outputs, call, node_error, read_arguments
from nodeflow.graph import BoundNode, Graph
from nodeflow.node.context import Context
from nodeflow.node.spec import FileFinder, NodeKind


@dataclass
class Checked:
    """What is known.

    Attributes:
        known: Results of light nodes.
        pending: The other nodes that can run, each after what feeds it.
        errors: What is wrong, by node.
        blocked: Nodes that depend on one of these, and on which.
    """

    known: dict[str, Outputs] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    errors: dict[str, NodeflowError] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)

    def stands(self, name: str) -> bool:
        """Whether neither a node nor what it depends on is known to fail."""
        return name not in self.errors and name not in self.blocked


def check(graph: Graph, targets: Iterable[str], files: FileFinder | None) -> Checked:
    """Look at the nodes that some targets need.

    Args:
        graph: The workflow.
        targets: The targets.
        files: Finds the files that the workflow names.
    """
    result = Checked()
    for name in graph.order(targets):
        bound = graph.nodes[name]
        try:
            light = evaluate(bound, result.known, files)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a light node can fail in any way
            result.errors[name] = node_error(error, name)
            continue
        broken = next((feed for feed in bound.feeds if not result.stands(feed)), None)
        if broken is not None:
            result.blocked[name] = result.blocked.get(broken, broken)
        elif not light:
            result.pending.append(name)
    return result


def evaluate(bound: BoundNode, known: dict[str, Outputs], files: FileFinder | None) -> bool:
    """Check what a file says about a node and, if it is light and ready, add its results to `known`.

    Args:
        bound: The node.
        known: Results of light nodes.
        files: Finds the files that it names.

    Returns:
        Whether its results were added.

    Raises:
        NodeflowError: Naming node and input, if a value does not fit, or a file or the node's type is
            missing; the node may raise anything else.
    """
    if (unknown := bound.unknown) is not None:
        raise UnknownType(unknown.message, node=bound.name, advice=unknown.advice)
    ready = all(feed in known for feed in bound.feeds)
    arguments = read_arguments(bound, known, files)
    if not ready or bound.node.spec.kind is not NodeKind.LIGHT:
        check_exported(bound, known, files)
        if bound.node.looks_ahead and not bound.held:
            bound.node.foresee({**_defaults(bound), **arguments})
        return False
    known[bound.name] = call(bound, arguments, Context(bound.name))
    return True


def _defaults(bound: BoundNode) -> dict[str, Any]:
    """What the inputs of a node hold that nothing is said of."""
    unset = (spec for spec in bound.node.spec.inputs if spec.name not in bound.inputs and not spec.required)
    return {spec.name: None if spec.default is None else spec.read(spec.default) for spec in unset}
