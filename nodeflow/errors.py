"""Every error a user can meet. Each says where (node, input), what is wrong and what to do, in one line."""

# ruff: noqa: N818 - named after what happened, as messages and `except` clauses read them

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line returns."""

    DONE = 0
    NODE_FAILED = 1
    USAGE = 2
    INVALID_WORKFLOW = 3
    MISSING_FILE = 4
    OUT_OF_MEMORY = 5
    CANCELLED = 130


def place(node: str | None, input: str | None) -> str:  # noqa: A002 - "input" is the field's word
    """Name a place in a workflow: `sampler.seed`, `sampler`, or nothing."""
    if node and input:
        return f"{node}.{input}"
    return node or input or ""


def one_line(text: object, limit: int = 300) -> str:
    """Fold a message to one printable line of at most `limit` characters."""
    folded = " ".join(str(text).split())
    folded = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in folded)
    return folded if len(folded) <= limit else folded[: limit - 1] + "…"


class NodeflowError(Exception):
    """Base of all errors that a user can cause or mend.

    Args:
        message: What is wrong, in plain words.
        node: Name of the node concerned, as in the workflow (`portrait/prompt` inside a subgraph).
        input: Name of the input concerned.
        advice: What to do about it.
    """

    exit_code: ExitCode = ExitCode.NODE_FAILED

    def __init__(
        self,
        message: str,
        *,
        node: str | None = None,
        input: str | None = None,  # noqa: A002
        advice: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.input = input
        self.advice = advice

    def at(self, node: str) -> NodeflowError:
        """Return this error, naming `node` unless it names one already."""
        self.node = self.node or node
        return self

    def __str__(self) -> str:
        where = place(self.node, self.input)
        return one_line(f"{where}: {self.without_place}" if where else self.without_place, limit=500)

    @property
    def without_place(self) -> str:
        """What is wrong and what to do about it, for where the node and its input are shown anyway."""
        if not self.advice:
            return self.message
        end = "" if self.message.endswith(("?", "!", "…")) else "."
        return f"{self.message.rstrip('.')}{end} {self.advice}"


class NodeFailed(NodeflowError):
    """A node could not do its work."""


class WrongSize(NodeFailed):
    """An input got something of another size than what it is combined with.

    Attributes:
        wanted: The height and width that it should have, in pixels; None: it cannot be told.
    """

    wanted: tuple[int, int] | None = None


class MissingFile(NodeflowError):
    """A model or file is missing, unreadable, damaged, or outside the allowed folders."""

    exit_code = ExitCode.MISSING_FILE


class UnknownType(NodeflowError):
    """A node's type is not installed here, or only an older version of it."""

    exit_code = ExitCode.INVALID_WORKFLOW


class OutOfMemory(NodeflowError):
    """The device has too little memory for what was asked."""

    exit_code = ExitCode.OUT_OF_MEMORY


class UsageError(NodeflowError):
    """The program was called in a way it does not understand."""

    exit_code = ExitCode.USAGE


class NodeDefinitionError(NodeflowError):
    """A node's Python signature cannot be turned into sockets: a fault of its author."""


class WorkerDied(NodeflowError):
    """The process that ran a workflow ended; what it had finished is kept."""


class Cancelled(Exception):
    """Raised inside a node when the run was cancelled."""


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a workflow from running."""

    message: str
    node: str | None = None
    input: str | None = None
    advice: str | None = None
    code: ExitCode = ExitCode.INVALID_WORKFLOW
    wanted: tuple[int, int] | None = None

    @classmethod
    def of(cls, error: NodeflowError) -> Problem:
        """The problem that an error reports."""
        telling = isinstance(error, MissingFile | OutOfMemory)  # what would mend it
        code = error.exit_code if telling else ExitCode.INVALID_WORKFLOW
        wanted = error.wanted if isinstance(error, WrongSize) else None
        return cls(error.message, error.node, error.input, error.advice, code, wanted)

    def __str__(self) -> str:
        return str(NodeflowError(self.message, node=self.node, input=self.input, advice=self.advice))


class InvalidWorkflow(NodeflowError):
    """A workflow that cannot run; carries every problem found."""

    exit_code = ExitCode.INVALID_WORKFLOW

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(first.message + more, node=first.node, input=first.input, advice=first.advice)
        if all(problem.code is ExitCode.MISSING_FILE for problem in self.problems):
            self.exit_code = ExitCode.MISSING_FILE
