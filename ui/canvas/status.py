"""What is known about a node besides the document: how its run goes and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtGui import QImage


class Phase(StrEnum):
    """Where a node stands in a run."""

    IDLE = "idle"
    WILL_RUN = "will run"
    CACHED = "cached"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class NodeStatus:
    """What a node shows besides its inputs.

    Attributes:
        phase: Where it stands.
        progress: 0 to 1 while it runs; None when it cannot tell.
        detail: A few words beside the progress, such as `12/25  4 s`.
        seconds: How long it took.
        error: What went wrong as a whole.
        problems: What is wrong with single inputs, by their name.
        preview: A picture, already scaled for the canvas.
        why: Why it runs or not, in one line.
    """

    phase: Phase = Phase.IDLE
    progress: float | None = None
    detail: str = ""
    seconds: float | None = None
    error: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    preview: QImage | None = None
    why: str = ""

    @property
    def faulty(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.error or self.problems) or self.phase is Phase.FAILED


IDLE = NodeStatus()
