"""What an executor tells while it works: one stream for the command line, the JSON log and the editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from nodeflow.backends import Preview
from nodeflow.cache import Tier
from nodeflow.errors import NodeflowError
from nodeflow.execution.said import Cause
from nodeflow.node.sockets import snake_case


class Outcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    def to_json(self) -> dict[str, Any]:
        """The event as `--json` prints it; previews and other values stay behind."""
        content = {
            field.name: _plain(getattr(self, field.name)) for field in fields(self) if field.name != "preview"
        }
        return {"event": snake_case(type(self).__name__), **content}


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """A run began. `nodes`: what will run, in order."""

    title: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunExplained(Event):
    """Why the nodes that will run do. `causes`: what changed since the last run, by node."""

    causes: Mapping[str, tuple[Cause, ...]]


@dataclass(frozen=True, slots=True)
class FilesRead(Event):
    """Files that nobody has read before are being digested: `done` of `total` bytes."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class NodeCached(Event):
    """A node's result was at hand, in memory or on disk; it did not run."""

    node: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class NodeStarted(Event):
    """A node began."""

    node: str
    type: str


@dataclass(frozen=True, slots=True)
class NodeResumed(Event):
    """A node goes on where an earlier run was interrupted: `step` of `steps` were done then."""

    node: str
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class NodeProgress(Event):
    """A node did `step` of `steps`. `seconds_left` is None while nothing can be said."""

    node: str
    step: int
    steps: int
    seconds_left: float | None = None
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class ChoiceWanted(Event):
    """A node waits until somebody chooses among `count` pictures; see `Run.answer`."""

    node: str
    count: int
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class NodeWarned(Event):
    """A node has something to say that does not stop it."""

    node: str
    message: str


@dataclass(frozen=True, slots=True)
class FileSaved(Event):
    """A sink delivered a file."""

    node: str
    path: Path


@dataclass(frozen=True, slots=True)
class NodeFinished(Event):
    """A node is done."""

    node: str
    seconds: float


@dataclass(frozen=True, slots=True)
class NodeFailed(Event):
    """A node failed; nodes that need it are skipped, all others go on."""

    node: str
    error: NodeflowError


@dataclass(frozen=True, slots=True)
class NodeSkipped(Event):
    """A node did not run because `because` failed."""

    node: str
    because: str


@dataclass(frozen=True, slots=True)
class RunFailed(Event):
    """A run failed as a whole: its workflow is invalid, or its process ended. Only the end follows."""

    error: NodeflowError


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    """The run is over; nothing follows."""

    outcome: Outcome
    seconds: float


def _plain(value: Any) -> Any:
    if isinstance(value, NodeflowError):
        place = {"node": value.node, "input": value.input}
        return {**place, "message": value.message, "advice": value.advice, "exit_code": int(value.exit_code)}
    if isinstance(value, Mapping):
        return {node: [cause.text for cause in causes] for node, causes in value.items()}
    if isinstance(value, float):
        return round(value, 4)
    return str(value) if isinstance(value, Path) else value
