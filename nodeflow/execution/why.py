"""Why a node will run or not: today's recipe against that of the last run, followed to the root causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nodeflow.cache.history import PastNode
from nodeflow.execution.causes import Causes
from nodeflow.execution.frozen import LOST, is_lost
from nodeflow.execution.plan import Plan
from nodeflow.execution.said import Cause
from nodeflow.node.spec import NodeKind

WHERE = {"memory": "in memory", "disk": "on disk"}


@dataclass(frozen=True)
class Reason:
    """What will happen to a node, and why.

    Attributes:
        action: `run`, `be fetched`, `be shared`, `be skipped` (nothing needs it), `be evaluated`, `fail`, or
            `be left out` (it depends on what fails).
        causes: Short sentences, each with the node and input that it is about; at least one.
    """

    action: str
    causes: tuple[Cause, ...]


def reasons(plan: Plan, past: Mapping[str, PastNode]) -> dict[str, Reason]:
    """Explain what a plan does with each node.

    Args:
        plan: The plan.
        past: What the nodes of the workflow did in its last run.
    """
    explainer = _Explainer(plan, past)
    return {name: explainer.reason(name) for name in plan.graph.order(plan.targets)}


class _Explainer:
    """Explains nodes in order: what is said of a node rests on what was said of its feeds."""

    def __init__(self, plan: Plan, past: Mapping[str, PastNode]) -> None:
        self._plan = plan
        self._past = past
        self._planned = frozenset(plan.order)
        self._wanted = frozenset(plan.graph.order(plan.reachable))
        self._causes = Causes(plan, past)
        self._keyless: dict[str, Cause] = {}  # the root of why a node has no key

    def reason(self, name: str) -> Reason:
        """Explain one node; what feeds it was explained before."""
        plan = self._plan
        self._causes.add(name)
        if name in plan.known:
            return _reason(
                "be evaluated", name, "it takes no time, and is evaluated whenever a run is planned"
            )
        if (reason := self._why_left_out(name)) is not None:
            return reason
        lacking = self._why_no_key(name)
        if lacking is not None:
            self._keyless[name] = lacking
        settled = self._without_run(name)
        if settled is not None:
            return settled
        if lacking is None:
            return self._why_run(name)
        if lacking.node != name:
            lacking = replace(lacking, text=f"{lacking.node}: {lacking.text}")
        return Reason("run", (lacking,))

    def _why_left_out(self, name: str) -> Reason | None:
        """Why something missing keeps a node from running; None: nothing does."""
        plan = self._plan
        if (error := plan.missing.get(name)) is not None:
            return Reason("fail", (Cause(name, error.input, error.message),))
        if (because := plan.blocked.get(name)) is not None:
            return _reason("be left out", name, f"it needs {because}, which cannot run")
        if name not in self._wanted:
            return _reason("be left out", name, "what it feeds cannot run")
        return None

    def _without_run(self, name: str) -> Reason | None:
        """Why a node is not computed; None: it is."""
        plan = self._plan
        if is_lost(plan, name):
            return _reason("fail", name, LOST)
        if name in plan.cached:
            what = "it is frozen" if plan.graph.nodes[name].held else "nothing changed"
            return _reason("be fetched", name, f"{what}: its result lies {WHERE[plan.cached[name]]}")
        if name in plan.twins:
            return _reason("be shared", name, f"it gives the same as {plan.twins[name]}")
        if name not in self._planned:
            frozen = "it is frozen, and " if plan.graph.nodes[name].held else ""
            return _reason("be skipped", name, f"{frozen}what it feeds is at hand")
        return None

    def _why_no_key(self, name: str) -> Cause | None:
        """Why a node's result can neither be kept nor found: its own fault, or that of what feeds it."""
        bound, keyer = self._plan.graph.nodes[name], self._plan.keyer
        if bound.node.spec.kind is NodeKind.SINK:
            return Cause(name, None, "it delivers, every time")
        if keyer is None:
            return Cause(name, None, "nothing is kept or fetched in this run")
        if keyer.keys.get(name) is not None:
            return None
        roots = (self._keyless[feed] for feed in bound.feeds if feed in self._keyless)
        return next(roots, Cause(name, None, keyer.reasons.get(name, "its result cannot be kept")))

    def _why_run(self, name: str) -> Reason:
        past, changes = self._past.get(name), self._causes.of(name)
        if past is None:
            return _reason("run", name, "it has not run before in this workflow")
        if changes:
            return Reason("run", changes)
        if past.key != self._plan.key(name):
            unread = past.key is None and past.how != "failed"
            text = "a file was not yet read in the last run" if unread else "it cannot be told what changed"
        else:
            known = {"failed": "it failed in the last run", "unfinished": "the last run ended before it"}
            text = known.get(past.how, "its result is no longer in the cache")
        return _reason("run", name, text)


def _reason(action: str, node: str, text: str) -> Reason:
    return Reason(action, (Cause(node, None, text),))
