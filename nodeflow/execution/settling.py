"""Deciding switches whose choice comes through a link: the light nodes behind it are evaluated first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nodeflow.errors import InvalidWorkflow, Problem
from nodeflow.execution.call import Outputs, node_error
from nodeflow.execution.checking import evaluate
from nodeflow.graph import Graph
from nodeflow.graph.source import Constant, Wire
from nodeflow.graph.switches import CHOICE
from nodeflow.node.spec import FileFinder
from nodeflow.node.structural import switch

Choices = Mapping[str, Any]
"""What each undecided switch was told to choose, by its name."""


def settle(build: Callable[[Choices], Graph], files: FileFinder | None) -> tuple[Graph, Choices]:
    """Decide all switches of a workflow, those first that decide on others.

    Args:
        build: Makes the workflow's graph with these choices.
        files: Finds the files that the workflow names.

    Returns:
        The graph without undecided switches, unless something is wrong with it, and what was chosen.

    Raises:
        InvalidWorkflow: If a light node fails.
    """
    choices: dict[str, Any] = {}
    graph = build(choices)
    while graph.undecided and not graph.broken:
        choices.update(_decisions(graph, files))
        graph = build(choices)
    return graph, choices


def _decisions(graph: Graph, files: FileFinder | None) -> Choices:
    """The choices that need no other switch to be decided first; without cycles there is at least one."""
    known: dict[str, Outputs] = {}
    found = {}
    for name in sorted(graph.undecided):
        upstream = graph.order(graph.choosers(name))
        if graph.undecided.isdisjoint(upstream):
            for feed in upstream:
                _evaluate(graph, feed, known, files)
            found[name] = _choice(graph, name, known)
    return found


def _evaluate(graph: Graph, name: str, known: dict[str, Outputs], files: FileFinder | None) -> None:
    if name in known:
        return
    try:
        evaluate(graph.nodes[name], known, files)
    except (Exception, SystemExit) as error:
        raise InvalidWorkflow([Problem.of(node_error(error, name))]) from error


def _choice(graph: Graph, name: str, known: Mapping[str, Outputs]) -> Any:
    match graph.nodes[name].inputs.get(CHOICE):
        case Wire(node, output):
            return known[node][output]
        case Constant(value):
            return value
    return switch.spec.inputs[0].default  # what was linked is left out
