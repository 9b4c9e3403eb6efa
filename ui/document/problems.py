"""What is wrong with a workflow, by node and input, for the badges on the canvas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.errors import MissingFile, NodeflowError, Problem
from nodeflow.graph.graph import BoundNode, Graph
from nodeflow.graph.source import Bundle, Constant, Source
from nodeflow.node.node import Node
from nodeflow.node.registry import AnyNode, Registry
from nodeflow.node.spec import FileFinder, NodeSpec


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem, placed.

    Attributes:
        scope: The graph that the node lies in.
        node: The node; empty if the workflow as a whole is meant.
        problem: What is wrong, and with which input.
    """

    scope: Scope
    node: str
    problem: Problem


def problems(
    workflow: Workflow, specs: Mapping[str, NodeSpec], files: FileFinder | None = None
) -> tuple[Fault, ...]:
    """Everything that keeps a workflow from running, as far as can be told without running it.

    Args:
        workflow: The document.
        specs: The node types there are.
        files: Looks up the files that nodes name; None: they are not looked for.
    """
    graph = flat_graph(workflow, specs)
    found = [*graph.problems, *(_missing_files(graph, files) if files else ())]
    return tuple(placed(problem) for problem in dict.fromkeys(found))


def flat_graph(workflow: Workflow, specs: Mapping[str, NodeSpec]) -> Graph:
    """The graph as it would run, subgraphs taken apart, without the nodes' code.

    Frozen results are taken for being at hand: only a runner knows.
    """
    return Graph.build(workflow, _Specs(specs), workflow.frozen)


def at_nodes(faults: tuple[Fault, ...], scope: Scope = TOP) -> dict[str, list[Problem]]:
    """The problems of each node of one graph; a subgraph node also has those of the nodes inside it."""
    result: dict[str, list[Problem]] = {}
    for fault in faults:
        path = (*fault.scope.path, fault.node)
        depth = len(scope.path)
        if not fault.node or path[:depth] != scope.path or len(path) == depth:
            continue  # also what is wrong with the subgraph node that one is in
        inside = len(path) > depth + 1
        problem = replace(fault.problem, input=None) if inside else fault.problem
        result.setdefault(path[depth], []).append(problem)
    return result


def placed(problem: Problem) -> Fault:
    """A problem with the graph that its node lies in."""
    *outer, node = (problem.node or "").split("/")
    return Fault(Scope(tuple(outer)), node, problem)


def _missing_files(graph: Graph, files: FileFinder) -> Iterator[Problem]:
    for name, bound in graph.nodes.items():
        for spec in bound.node.spec.inputs:
            if not (spec.names_file or spec.template):
                continue
            for value in _literals(bound, spec.name):
                try:
                    spec.read(value, files)
                except MissingFile as error:
                    yield replace(Problem.of(error), node=name, input=spec.name)
                except (ValueError, NodeflowError):
                    continue  # reported by the graph already


def _literals(bound: BoundNode, name: str) -> Iterator[Any]:
    source: Source | None = bound.inputs.get(name)
    sources = source.items if isinstance(source, Bundle) else (source,)
    return (item.value for item in sources if isinstance(item, Constant))


class _Specs(Registry):
    """A registry of node types of which only the specs are here: the window imports no node packages."""

    def __init__(self, specs: Mapping[str, NodeSpec]) -> None:
        super().__init__()
        self._nodes: dict[str, AnyNode] = {name: _Known(spec) for name, spec in specs.items()}


class _Known(Node[..., Any]):
    """Stands for a node type whose code is elsewhere."""

    def __init__(self, spec: NodeSpec) -> None:
        super().__init__(_elsewhere, spec, wants_context=False, gives_tuple=False)

    def migrate(self, inputs: Mapping[str, Any], version: int) -> dict[str, Any]:
        """Keep what the newest version has: the real migration is where the node's code is."""
        del version
        return {name: value for name, value in inputs.items() if self.spec.input(name) is not None}


def _elsewhere() -> None:
    raise NotImplementedError  # pragma: no cover - never called
