"""How far a whole run is, and how long it still takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nodeflow.execution import events
from nodeflow.execution.events import Event

LEAST = 0.05
"""Seconds that every node counts at least, so that each moves the bar."""


@dataclass
class Course:
    """Adds up what a run has done.

    Attributes:
        expected: Seconds that nodes are expected to take, where that is known.
        reading: Share of the files that were read before the first node; None: none are.
        node: What began last.
        step: How far that is, as it says itself.
    """

    expected: Mapping[str, float] = field(default_factory=dict)
    reading: float | None = None
    node: str = ""
    step: str = ""
    _weights: dict[str, float] = field(default_factory=dict)
    _done: dict[str, float] = field(default_factory=dict)
    _left: dict[str, float | None] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Follow the run."""
        match event:
            case events.FilesRead(done, total):
                self.reading = done / total if total else None
            case events.RunStarted(_, nodes):
                self.reading = None
                self._weights = {node: max(self.expected.get(node, 1.0), LEAST) for node in nodes}
            case events.NodeStarted(node, _):
                self.node, self.step = node, ""
            case events.NodeProgress(node, step, steps, left, _):
                self._done[node] = step / steps if steps else 0.0
                self._left[node] = left
                self.node, self.step = node, f"{step}/{steps}" if steps > 1 else ""
            case (
                events.NodeFinished(node, _)
                | events.NodeFailed(node, _)
                | events.NodeSkipped(node, _)
                | events.NodeCached(node, _)
            ):
                self._done[node] = 1.0

    @property
    def share(self) -> float | None:
        """0 to 1; None while nothing can be said."""
        if self.reading is not None:
            return self.reading
        whole = sum(self._weights.values())
        return sum(w * self._done.get(n, 0.0) for n, w in self._weights.items()) / whole if whole else None

    @property
    def seconds_left(self) -> float | None:
        """How long it still takes; None while that is not known of every node."""
        total = 0.0
        for node in self._weights:
            done = self._done.get(node, 0.0)
            if done >= 1:
                continue
            own, expected = self._left.get(node), self.expected.get(node)
            if own is None and expected is None:
                return None
            total += own if own is not None else (expected or 0.0) * (1 - done)
        return total if self._weights else None
