"""What a run will do: which nodes, in which order. Made without running or loading anything heavy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nodeflow.errors import InvalidWorkflow, Problem
from nodeflow.execution.call import Outputs, call, node_error, read_arguments
from nodeflow.graph import Graph
from nodeflow.node.context import Context
from nodeflow.node.spec import FileFinder, NodeKind


@dataclass(frozen=True)
class Plan:
    """What the executor performs.

    Attributes:
        graph: The checked graph.
        targets: The nodes the run is for.
        order: The nodes to run, each after what feeds it.
        known: Results of light nodes, evaluated while planning.
        files: Finds files that are named by values only known during the run.
    """

    graph: Graph
    targets: tuple[str, ...]
    order: tuple[str, ...]
    known: Mapping[str, Outputs]
    files: FileFinder | None


def make_plan(graph: Graph, targets: Iterable[str] = (), files: FileFinder | None = None) -> Plan:
    """Plan a run of `targets`; none: of all sinks.

    Raises:
        InvalidWorkflow: If the workflow has problems, files are missing, or a light node fails.
        UsageError: If a target does not exist.
    """
    graph.check()
    chosen = graph.targets(targets)
    known: dict[str, Outputs] = {}
    problems: list[Problem] = []
    pending: list[str] = []
    for name in graph.order(chosen):
        bound = graph.nodes[name]
        ready = all(feed in known for feed in bound.feeds)
        light = ready and bound.node.spec.kind is NodeKind.LIGHT
        try:
            arguments = read_arguments(bound, known if ready else None, files)
            if light:
                known[name] = call(bound, arguments, Context(name))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a light node can fail in any way
            problems.append(Problem.of(node_error(error, name)))
        if not light:
            pending.append(name)
    if problems:
        raise InvalidWorkflow(problems)
    return Plan(graph, tuple(chosen), tuple(pending), known, files)
