"""How commands speak: results on stdout, everything else on stderr, colours only for people."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable
from typing import Any

from nodeflow.errors import ExitCode, InvalidWorkflow, NodeflowError, Problem, one_line

_STYLES = {"error": "\x1b[1;31m", "warning": "\x1b[33m"}
_PLAIN = "\x1b[0m"
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def say(text: str) -> None:
    """Print text on stdout, at once: another program may be waiting for it."""
    print(text, flush=True)  # noqa: T201 - this is what the command line prints with


def print_json(value: Any) -> None:
    """Print one JSON object on one line of stdout."""
    say(json.dumps(value, ensure_ascii=False, allow_nan=False))


def complain(message: object, kind: str = "error") -> None:
    """Print one line on stderr, in colour on a terminal that wants it.

    Args:
        message: What to say.
        kind: `error` or `warning`.
    """
    head = f"{kind}:"
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        head = f"{_STYLES[kind]}{head}{_PLAIN}"
    print(head, one_line(message, 500), file=sys.stderr, flush=True)  # noqa: T201 - as above


def problems_of(error: NodeflowError) -> tuple[Problem, ...]:
    """Everything that an error reports."""
    return error.problems if isinstance(error, InvalidWorkflow) else (Problem.of(error),)


def report(error: NodeflowError, *, as_json: bool = False) -> ExitCode:
    """Print an error's problems, one line each, and return its exit code."""
    for problem in problems_of(error):
        if as_json:
            place = {"node": problem.node, "input": problem.input}
            print_json({"event": "problem", **place, "message": problem.message, "advice": problem.advice})
        complain(problem)
    return error.exit_code


def printable(text: str) -> str:
    """A text on one line, with signs that would steer a terminal or turn its direction written out."""
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def table(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table on stdout. On a terminal the last column wraps; for other programs a row is a line."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    result = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    *firsts, last = headers
    for header in firsts:
        result.add_column(header, no_wrap=True)
    result.add_column(last, overflow="fold")
    for row in rows:
        result.add_row(*(Text(printable(cell)) for cell in row))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 1000)
    with console.capture() as captured:
        console.print(result)
    say("\n".join(line.rstrip() for line in captured.get().splitlines()))
