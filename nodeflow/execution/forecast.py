"""All that can be told of a run before it begins, as plain values: what, why, where, and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nodeflow.cache import Tier
from nodeflow.execution.history import WorkflowHistory
from nodeflow.execution.plan import Plan
from nodeflow.execution.said import Cause
from nodeflow.execution.uses import peaks, uses
from nodeflow.execution.why import Reason, reasons


@dataclass(frozen=True)
class NodeForecast:
    """What will happen to one node.

    Attributes:
        node: Its name.
        type: Its node type.
        action: `run`, `be fetched` or `be shared`.
        causes: Why: short sentences; at least one.
        key: Its content key, if it has one.
        tier: Where its result lies, if it will be fetched.
        seconds: How long it will take; None: nobody knows.
        device: Where it computes; None: it uses no model, or does not run.
        dtype: How precisely.
        bytes: Predicted memory for the weights it uses and the work itself.
    """

    node: str
    type: str
    action: str
    causes: tuple[Cause, ...]
    key: str | None = None
    tier: Tier | None = None
    seconds: float | None = None
    device: str | None = None
    dtype: str | None = None
    bytes: int | None = None

    @property
    def runs(self) -> bool:
        """Whether it will be computed."""
        return self.action == "run"

    @property
    def why(self) -> str:
        """The first cause, and how many more there are."""
        more = len(self.causes) - 1
        return self.causes[0].text + (f" (and {more} more)" if more else "")


@dataclass(frozen=True)
class Forecast:
    """What a run will do.

    Attributes:
        nodes: What will happen to the nodes it needs, in order.
        peaks: Predicted memory by device at the worst moment, in bytes.
        beside: Why it does without the other nodes that lead to what is wanted.
    """

    nodes: tuple[NodeForecast, ...]
    peaks: Mapping[str, int] = field(default_factory=dict)
    beside: Mapping[str, Reason] = field(default_factory=dict)

    @property
    def runs(self) -> tuple[str, ...]:
        """The nodes that will be computed."""
        return tuple(node.node for node in self.nodes if node.runs)

    @property
    def lacking(self) -> frozenset[str]:
        """The nodes that cannot run since their type or a file is missing, and those that depend on them."""
        return frozenset(name for name, why in self.beside.items() if why.action in ("fail", "be left out"))

    @property
    def seconds(self) -> float | None:
        """How long the nodes will take whose time is known; None: none is."""
        known = [node.seconds for node in self.nodes if node.runs and node.seconds is not None]
        return sum(known) if known else None

    @property
    def unknown(self) -> int:
        """How many nodes will run of which nobody knows how long they take."""
        return sum(node.runs and node.seconds is None for node in self.nodes)


def forecast(plan: Plan, history: WorkflowHistory | None = None) -> Forecast:
    """Tell what a plan will do.

    Args:
        plan: The plan.
        history: What earlier runs of the workflow did, to compare with; None: nothing is known.
    """
    why = reasons(plan, history.past() if history else {})
    seconds = history.predicted_seconds(plan) if history else {}
    used = uses(plan)
    nodes = []
    for name in plan.order:
        runs, use = why[name].action == "run", used.get(name)
        nodes.append(
            NodeForecast(
                node=name,
                type=plan.graph.nodes[name].node.spec.type,
                action=why[name].action,
                causes=why[name].causes,
                key=plan.key(name),
                tier=plan.cached.get(name),
                seconds=seconds.get(name) if runs else 0.0,
                device=use.device if use else None,
                dtype=use.dtype if use else None,
                bytes=use.nbytes if use else None,
            )
        )
    planned = set(plan.order)
    beside = {name: reason for name, reason in why.items() if name not in planned}
    return Forecast(tuple(nodes), peaks(plan), beside)
