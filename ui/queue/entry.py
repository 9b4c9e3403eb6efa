"""One job of the queue: what is to be run, how it stands, and what came of it. Free of Qt."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodeflow.document.values import JSONValue
    from nodeflow.execution.job import Job

LONGEST = 300
"""Letters of a prompt that tell it from others."""


class State(StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Work:
    """A workflow as it was when it was asked for, and how to run it. Jobs of one batch share it.

    Args:
        content: The job as JSON text.

    Attributes:
        digest: Tells it from others.
    """

    def __init__(self, content: str) -> None:
        self.content = content
        self.digest = hashlib.blake2b(content.encode(), digest_size=16).hexdigest()

    @classmethod
    def of(cls, job: Job) -> Work:
        """What a job is to do."""
        from nodeflow.worker.messages import pack_job

        made = cls(json.dumps(pack_job(job)))
        made.__dict__["job"] = job
        return made

    @cached_property
    def job(self) -> Job:
        """The job, without what is changed for one entry.

        Raises:
            NodeflowError: If it cannot be read.
        """
        from nodeflow.errors import UsageError
        from nodeflow.worker.messages import unpack_job

        try:
            return unpack_job(json.loads(self.content))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError("another version of nodeflow wrote this job", advice="Run it there") from error


@dataclass(frozen=True, eq=False)
class Entry:
    """One job of the queue.

    Attributes:
        work: What it shares with others of its batch.
        changes: What it does differently: values by `node.input`.
        id: Its name.
        title: What its workflow is called.
        note: What tells it from others: `seed 7 · a red apple`.
        batch: What the jobs of one batch have in common; empty: it stands alone.
        part: Which one of its batch it is, from 1.
        parts: How many there are.
        state: How it stands.
        asked: When it was asked for, in seconds since 1970.
        ended: When it was over; 0: it is not.
        seconds: How long it took.
        message: What went wrong.
        files: What it saved.
        attempts: How often it was begun without coming to an end.
    """

    work: Work
    changes: Mapping[str, JSONValue] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    title: str = ""
    note: str = ""
    batch: str = ""
    part: int = 1
    parts: int = 1
    state: State = State.WAITING
    asked: float = field(default_factory=time.time)
    ended: float = 0.0
    seconds: float = 0.0
    message: str = ""
    files: tuple[Path, ...] = ()
    attempts: int = 0

    @classmethod
    def of(cls, job: Job) -> Entry:
        """A job that stands alone."""
        return cls(Work.of(job), title=job.workflow.title, note=told(job))

    @property
    def over(self) -> bool:
        """Whether it has come to an end."""
        return self.state not in (State.WAITING, State.RUNNING)

    def job(self) -> Job:
        """The job as it is to be run.

        Raises:
            NodeflowError: If its workflow cannot be read.
        """
        job = self.work.job
        if not self.changes:
            return job
        from nodeflow.document.edit import with_input

        workflow = job.workflow
        for place, value in self.changes.items():
            workflow = with_input(workflow, place, value, final=True)
        return replace(job, workflow=workflow)

    def dump(self) -> str:
        """All but the work, as JSON text."""
        content = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "work"}
        content["files"] = [str(path) for path in self.files]
        return json.dumps(content)

    @classmethod
    def load(cls, text: str, work: Work) -> Entry:
        """The job that `dump` wrote.

        Raises:
            ValueError: If the text is something else.
        """
        try:
            content: dict[str, Any] = json.loads(text)
            known = {item.name for item in fields(cls)}
            values = {name: value for name, value in content.items() if name in known}
            values["state"] = State(values["state"])
            values["files"] = tuple(map(Path, values["files"]))
            return cls(work, **values)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a job of the queue") from error


def told(job: Job) -> str:
    """What tells a workflow from others in one line: its first seed and prompt."""
    from ui.document.delta import whole
    from ui.pictures.facts import facts_in

    facts = facts_in(whole(job.workflow))
    seed = facts.first("seed")
    return _line([f"seed {seed}" if seed else "", *facts.prompts[:1]])


def differing(changes: Mapping[str, JSONValue]) -> str:
    """What a job of a batch does differently, in one line."""
    parts = []
    for place, value in changes.items():
        name = place.rpartition(".")[2]
        text = Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value
        parts.append(text if isinstance(text, str) else f"{name} {text}")
    return _line(dict.fromkeys(parts))


def _line(parts: Iterable[str]) -> str:
    return " · ".join(part for part in (" ".join(part.split())[:LONGEST] for part in parts) if part)
