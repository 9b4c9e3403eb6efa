"""What a run will do: which nodes, in which order. Made without running or loading anything heavy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from nodeflow.cache import ResultCache, Tier
from nodeflow.errors import InvalidWorkflow, MissingFile, NodeflowError, Problem, UnknownType
from nodeflow.execution.arranging import arithmetic, arrange
from nodeflow.execution.call import Outputs
from nodeflow.execution.checking import check
from nodeflow.graph import Graph
from nodeflow.hardware import Arrangement, HardwareProfile, Wishes
from nodeflow.keys import Keyer
from nodeflow.node.spec import FileFinder

_BEARABLE = MissingFile | UnknownType
"""What keeps a node from running on this machine, though the workflow is right."""


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
        missing: Nodes that cannot run since their type or a file of theirs is not here, and the error.
        blocked: Nodes that depend on one of these, and on which. What only they need is not run either.
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
    missing: Mapping[str, NodeflowError] = field(default_factory=dict)
    blocked: Mapping[str, str] = field(default_factory=dict)

    @property
    def reachable(self) -> tuple[str, ...]:
        """The targets that nothing missing keeps from being reached."""
        return tuple(name for name in self.targets if name not in self.missing and name not in self.blocked)

    @property
    def fault(self) -> InvalidWorkflow | None:
        """What is missing, for those who want all of a workflow or nothing; None: nothing is."""
        return InvalidWorkflow(list(map(Problem.of, self.missing.values()))) if self.missing else None

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
        InvalidWorkflow: If the workflow has problems, a light node fails, or what is missing leaves none.
        UsageError: If a target does not exist, or no device can do what is wanted.
    """
    graph.check()
    chosen = tuple(graph.targets(targets))
    checked = check(graph, chosen, files)
    known, missing = checked.known, checked.errors
    rest = set(graph.order(filter(checked.stands, chosen)))
    if missing and (not rest or not all(isinstance(error, _BEARABLE) for error in missing.values())):
        raise InvalidWorkflow([Problem.of(error) for error in missing.values()])
    pending = [name for name in checked.pending if name in rest]
    nodes = [graph.nodes[name] for name in pending]
    computed = [bound for bound in nodes if not bound.held]
    arrangement = arrange(computed, known, files, *machine) if machine is not None else None
    whole = Plan(
        graph,
        chosen,
        tuple(pending),
        known,
        files,
        keyer,
        arrangement=arrangement,
        missing=missing,
        blocked=checked.blocked,
    )
    if keyer is None:
        return whole
    keyer.arithmetic = partial(arithmetic, arrangement) if arrangement is not None else None
    for bound in nodes:
        keyer.add(bound, known)
    cached, twins = _at_hand(pending, keyer, cache)
    whole = replace(whole, cached=cached, twins=twins)
    needed = _needed(whole)
    order = tuple(name for name in pending if name in needed)
    cached = {name: tier for name, tier in cached.items() if name in needed}
    twins = {name: first for name, first in twins.items() if name in needed}
    return replace(whole, order=order, cached=cached, twins=twins)


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
    pending = [name for name in plan.reachable if name not in plan.known]
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending.extend(feed for feed in plan.needs(name) if feed not in plan.known)
    return needed
