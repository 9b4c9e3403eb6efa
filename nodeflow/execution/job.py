"""What is to be run, and the seam through which all is planned and executed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from nodeflow.document.model import Workflow
from nodeflow.execution.forecast import Forecast
from nodeflow.execution.look import Look
from nodeflow.execution.run import Run
from nodeflow.folders import Folders
from nodeflow.hardware import Wishes
from nodeflow.node.registry import NodeTypes


@dataclass(frozen=True)
class Job:
    """A workflow to run.

    Attributes:
        workflow: The document, with its seeds as they are to be used.
        targets: Nodes to run up to; none: all sinks.
        output: Where pictures go: a folder, a picture's file name, or None for the usual folder.
        allowed: Folders to read from besides the usual ones.
        wishes: What is wanted of quality, device and memory, over what the workflow and the settings want.
        interactive: Whether somebody watches the run and answers its questions.
    """

    workflow: Workflow
    targets: tuple[str, ...] = ()
    output: Path | None = None
    allowed: tuple[Path, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)
    interactive: bool = False


class Runner(Protocol):
    """Answers what jobs would do, and executes them, wherever that is. Nothing here waits for work."""

    def start(self, job: Job) -> Run:
        """Begin a job and return its handle. An invalid workflow is told at once or by the run's end."""

    def forecast(self, job: Job) -> Future[Forecast]:
        """Say what a job will do. Questions that wait are cancelled when a newer one comes."""

    def look(self, job: Job, output: str, side: int = 0) -> Future[Look | None]:
        """Show what a job's wire carries, by `node.output`, if it is at hand; else None: run up to it."""

    def freeze(self, job: Job, nodes: Sequence[str]) -> Future[Mapping[str, str]]:
        """Keep the results of nodes for good, as far as they lie on disk; gives the keys of those that do."""

    def node_types(self, *, anew: bool = False) -> Future[NodeTypes]:
        """Say which node types there are; `anew`: also those of packages that were installed meanwhile."""

    def follow(self, folders: Folders) -> Future[None]:
        """Use these folders, and read the user's settings in them anew, from the next job on."""

    def doctor(self) -> Future[dict[str, Any]]:
        """Say what the machine can do and how it would run SDXL, as `nodeflow doctor --json` does."""

    def warm_up(self) -> Future[None]:
        """Load what every job needs but no job brings, while nobody waits for it."""

    def close(self) -> None:
        """Release what is held in memory; a later job loads it again."""
