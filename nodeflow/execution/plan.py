"""What a run will do: which nodes, in which order. Made without running or loading anything heavy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from nodeflow.cache import ResultCache, Tier
from nodeflow.errors import InvalidWorkflow, Problem
from nodeflow.execution.arranging import arithmetic, arrange
from nodeflow.execution.call import Outputs, call, node_error, read_arguments
from nodeflow.graph import BoundNode, Graph
from nodeflow.hardware import Arrangement, HardwareProfile, Wishes
from nodeflow.keys import Keyer
from nodeflow.node.context import Context
from nodeflow.node.spec import FileFinder, NodeKind


@dataclass(frozen=True)
class Plan:
    """What the executor performs.

    Attributes:
        graph: The checked graph.
        targets: The nodes the run is for.
        order: The nodes to run or to fetch, each after what it needs.
        known: Results of light nodes, evaluated while planning.
        files: Finds files that are named by values only known during the run.
        keyer: Content keys, recipes, and why a node has none; None: nothing is kept or reused.
        cached: Nodes whose results are at hand, and where.
        twins: Nodes that would give the same as another one in `order`, which they take it from.
        arrangement: Where and how the models compute; None: the backend decides.
    """

    graph: Graph
    targets: tuple[str, ...]
    order: tuple[str, ...]
    known: Mapping[str, Outputs]
    files: FileFinder | None
    keyer: Keyer | None = None
    cached: Mapping[str, Tier] = field(default_factory=dict)
    twins: Mapping[str, str] = field(default_factory=dict)
    arrangement: Arrangement | None = None

    @property
    def runs(self) -> tuple[str, ...]:
        """The nodes that will be computed."""
        return tuple(name for name in self.order if name not in self.cached and name not in self.twins)

    def key(self, name: str) -> str | None:
        """A node's content key, if it has one."""
        return self.keyer.keys.get(name) if self.keyer else None

    def needs(self, name: str) -> tuple[str, ...]:
        """The nodes whose results a node takes in this run."""
        if name in self.cached:
            return ()
        return (self.twins[name],) if name in self.twins else self.graph.nodes[name].feeds


class Machine(NamedTuple):
    """What a run has at its disposal."""

    profile: HardwareProfile
    wishes: Wishes


def make_plan(
    graph: Graph,
    targets: Iterable[str] = (),
    files: FileFinder | None = None,
    keyer: Keyer | None = None,
    cache: ResultCache | None = None,
    *,
    machine: Machine | None = None,
) -> Plan:
    """Plan a run of `targets`; none: of all sinks.

    Args:
        graph: The workflow.
        targets: Nodes to run up to.
        files: Finds the files that the workflow names.
        keyer: Makes the keys by which results are kept.
        cache: What is at hand already.
        machine: What it runs on, and what the user wants of it; None: the backend decides.

    Raises:
        InvalidWorkflow: If the workflow has problems, files are missing, or a light node fails.
        UsageError: If a target does not exist, or no device can do what is wanted.
    """
    graph.check()
    chosen = tuple(graph.targets(targets))
    known: dict[str, Outputs] = {}
    problems: list[Problem] = []
    pending: list[str] = []
    for name in graph.order(chosen):
        bound = graph.nodes[name]
        try:
            light = evaluate(bound, known, files)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a light node can fail in any way
            problems.append(Problem.of(node_error(error, name)))
            continue
        if not light:
            pending.append(name)
    if problems:
        raise InvalidWorkflow(problems)
    nodes = [graph.nodes[name] for name in pending]
    computed = [bound for bound in nodes if not bound.held]
    arrangement = arrange(computed, known, files, *machine) if machine is not None else None
    if keyer is None:
        return Plan(graph, chosen, tuple(pending), known, files, arrangement=arrangement)
    keyer.arithmetic = partial(arithmetic, arrangement) if arrangement is not None else None
    for bound in nodes:
        keyer.add(bound, known)
    cached, twins = _at_hand(pending, keyer, cache)
    whole = Plan(graph, chosen, tuple(pending), known, files, keyer, cached, twins, arrangement)
    needed = _needed(whole)
    order = tuple(name for name in pending if name in needed)
    cached = {name: tier for name, tier in cached.items() if name in needed}
    twins = {name: first for name, first in twins.items() if name in needed}
    return replace(whole, order=order, cached=cached, twins=twins)


def evaluate(bound: BoundNode, known: dict[str, Outputs], files: FileFinder | None) -> bool:
    """Check what a file says about a node and, if it is light and ready, add its results to `known`.

    Args:
        bound: The node.
        known: Results of light nodes.
        files: Finds the files that it names.

    Returns:
        Whether its results were added.

    Raises:
        NodeflowError: Naming node and input, if a value does not fit or a file is missing; the node may
            raise anything else.
    """
    ready = all(feed in known for feed in bound.feeds)
    arguments = read_arguments(bound, known if ready else None, files)
    if not ready or bound.node.spec.kind is not NodeKind.LIGHT:
        return False
    known[bound.name] = call(bound, arguments, Context(bound.name))
    return True


def _at_hand(
    names: list[str], keyer: Keyer, cache: ResultCache | None
) -> tuple[dict[str, Tier], dict[str, str]]:
    """Which results lie in the cache, and which of the others will be the same as an earlier one."""
    keys = {name: key for name in names if (key := keyer.keys.get(name)) is not None}
    found = cache.where_many(list(keys.values())) if cache is not None else {}
    cached = {name: found[key] for name, key in keys.items() if key in found}
    first: dict[str, str] = {}
    twins = {
        name: first[key]
        for name, key in keys.items()
        if name not in cached and first.setdefault(key, name) != name
    }
    return cached, twins


def _needed(plan: Plan) -> set[str]:
    """The nodes to run or fetch: from the targets upstream, but not beyond what is at hand."""
    needed: set[str] = set()
    pending = [name for name in plan.targets if name not in plan.known]
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending.extend(feed for feed in plan.needs(name) if feed not in plan.known)
    return needed
