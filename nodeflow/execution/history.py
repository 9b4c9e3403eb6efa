"""What a run leaves in the history, and what the history says about a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nodeflow.cache.history import History, PastNode
from nodeflow.document.model import Workflow
from nodeflow.execution.performer import Performer
from nodeflow.execution.plan import Plan
from nodeflow.graph import BoundNode
from nodeflow.graph.source import Bundle, Constant, Source, Wire
from nodeflow.keys.shapes import shapes


class WorkflowHistory:
    """The history of one workflow.

    Args:
        history: The history of all.
        workflow: The workflow; its file identifies it, or its title where it was never saved.
    """

    def __init__(self, history: History, workflow: Workflow) -> None:
        self._history = history
        self._name = str(workflow.path.resolve()) if workflow.path else workflow.title

    def past(self) -> dict[str, PastNode]:
        """What the workflow's nodes did in its last run."""
        return self._history.past(self._name)

    def predicted_seconds(self, plan: Plan) -> dict[str, float]:
        """How long the nodes of a plan will take that will be computed, where that is known."""
        found = _shapes(plan)
        wanted = {name: found[name] for name in plan.runs if name in found}
        seconds = self._history.seconds(set(wanted.values()))
        return {name: seconds[shape] for name, shape in wanted.items() if shape in seconds}

    def record(self, plan: Plan, performer: Performer) -> None:
        """Remember a run. Plans without keys leave nothing: there is nothing to compare."""
        if plan.keyer is None:
            return
        found = _shapes(plan)
        times = [
            (found[name], done.seconds)
            for name, done in performer.done.items()
            if done.how == "computed" and name in found
        ]
        self._history.record(self._name, _nodes(plan, performer), times)


def _shapes(plan: Plan) -> dict[str, str]:
    if plan.keyer is None:
        return {}
    nodes = (plan.graph.nodes[name] for name in plan.graph.order(plan.targets))
    return shapes(nodes, plan.keyer.recipes)


def _nodes(plan: Plan, performer: Performer) -> Iterator[PastNode]:
    planned = set(plan.order)
    recipes = plan.keyer.recipes if plan.keyer else {}
    for name in plan.graph.order(plan.targets):
        said = statement(plan.graph.nodes[name])
        done = performer.done.get(name)
        if done is None:
            how = "light" if name in plan.known else "unfinished" if name in planned else "unneeded"
        else:
            how = done.how
        recipe = performer.keys.recipe(name) if name in recipes else None
        seconds = done.seconds if done is not None else 0.0
        yield PastNode(name, how, said, performer.keys.key(name), recipe, seconds)


def statement(bound: BoundNode) -> dict[str, Any]:
    """What a workflow says about a node: type, revision, and the literal or link of each input.

    Of one whose frozen result is at hand, nothing else counts than which that is.
    """
    spec = bound.node.spec
    inputs = {i.name: _said(bound.inputs.get(i.name, Constant(i.default))) for i in spec.inputs}
    said = {"type": spec.type, "revision": spec.revision, "inputs": inputs}
    return {**said, "frozen": bound.frozen} if bound.held else said


def _said(source: Source) -> Mapping[str, Any]:
    match source:
        case Constant(value):
            return {"value": value}
        case Wire(node, output):
            return {"from": f"{node}.{output}"}
        case Bundle(items):
            return {"list": [_said(item) for item in items]}
    return {"value": None}
