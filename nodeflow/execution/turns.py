"""Whose turn it is: the plan's order, but nothing holds up others by waiting for a person's answer."""

from __future__ import annotations

from collections.abc import Iterator

from nodeflow.execution.lanes import Lanes
from nodeflow.execution.plan import Plan
from nodeflow.node.spec import NodeKind


class Turns:
    """Gives the places in the plan's order, one after the other, each once.

    What depends on a question that is not answered comes later, in the same order among itself.

    Args:
        plan: What is performed.
        lanes: Where it is performed; they know which questions are answered.
    """

    def __init__(self, plan: Plan, lanes: Lanes) -> None:
        self._plan = plan
        self._lanes = lanes
        self._open: set[str] = set()  # questions, and what comes later for their sake
        self._later: list[int] = []

    def __iter__(self) -> Iterator[int]:
        for place in range(len(self._plan.order)):
            if self._waits(place):
                self._later.append(place)
            else:
                yield place
                self._note(place)
            if self._later:
                yield from self._freed()
        while self._later:
            self._lanes.wait_for_any([name for name in self._open if self._asks(name)])
            yield from self._freed()

    def _waits(self, place: int) -> bool:
        """Whether a node depends on a question that is open; if so, what depends on it does too."""
        name = self._plan.order[place]
        waits = bool(self._open) and not self._open.isdisjoint(self._plan.needs(name))
        if waits:
            self._open.add(name)
        return waits

    def _note(self, place: int) -> None:
        name = self._plan.order[place]
        self._open.discard(name)
        if self._asks(name) and not self._lanes.over(name):
            self._open.add(name)

    def _asks(self, name: str) -> bool:
        return self._plan.graph.nodes[name].node.spec.kind is NodeKind.QUESTION

    def _freed(self) -> Iterator[int]:
        """What has waited for questions that are answered now."""
        self._open -= {name for name in self._open if self._lanes.over(name)}
        waiting, self._later = self._later, []
        for place in waiting:
            if self._open.isdisjoint(self._plan.needs(self._plan.order[place])):
                yield place
                self._note(place)
            else:
                self._later.append(place)
