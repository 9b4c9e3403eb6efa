"""What the nodes of a run gave, for as long as somebody needs it. Several threads use it at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from nodeflow.execution.call import Outputs
from nodeflow.execution.plan import Plan


class Results:
    """Results by node, counted by who still needs them, and which nodes gave none.

    Args:
        plan: Says who needs what.
    """

    def __init__(self, plan: Plan) -> None:
        self._known = plan.known  # light nodes: the plan holds them anyway
        self._outputs: dict[str, Outputs] = dict(plan.known)
        self._lost: dict[str, str | None] = {}
        self._uses = Counter(feed for name in plan.order for feed in plan.needs(name))
        self._uses.update(plan.targets)
        self._lock = threading.Lock()

    @property
    def outputs(self) -> Mapping[str, Outputs]:
        """What is at hand, by node."""
        return self._outputs

    def settled(self, name: str) -> bool:
        """Whether a node has a result, or is known to give none."""
        return name in self._outputs or name in self._lost

    def give(self, name: str, outputs: Outputs, *, needed: bool = False) -> None:
        """Keep a result if somebody needs it.

        Args:
            name: The node.
            outputs: Its result.
            needed: Somebody needs it who was not counted; it stays to the end.
        """
        with self._lock:
            if needed:
                self._uses[name] += 1
            if self._uses[name]:
                self._outputs[name] = outputs

    def lose(self, name: str, culprit: str | None) -> None:
        """Note that a node gives nothing.

        Args:
            name: The node.
            culprit: The node at fault; None: the run was cancelled.
        """
        self._lost[name] = culprit

    def lacking(self, feeds: Iterable[str]) -> str | None:
        """The first of these nodes that gives nothing."""
        return next((feed for feed in feeds if feed in self._lost), None)

    def culprit(self, name: str) -> str | None:
        """The node at whose fault `name` gives nothing; None: the run was cancelled."""
        return self._lost[name]

    def release(self, names: Iterable[str]) -> None:
        """Forget results once nobody needs them any more; `names` were needed by one node that is over."""
        with self._lock:
            for name in names:
                self._uses[name] -= 1
                if not self._uses[name] and name not in self._known:
                    self._outputs.pop(name, None)
