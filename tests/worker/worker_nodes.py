"""What the worker of a test runs: the fake backend, small nodes, and nodes that do their process harm."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import nodes as builtin
from nodeflow.backends.fake import FakeBackend
from nodeflow.cache import open_cache
from nodeflow.execution.runner import ThreadRunner
from nodeflow.node import NodeKind, node
from nodeflow.node.context import Context
from nodeflow.node.registry import Registry


@node("Die", category="test", kind=NodeKind.SINK, output="value")
def die(value: int, how: str) -> int:
    """End the process in a way."""
    if how == "exit":
        os._exit(value)
    signal.raise_signal(getattr(signal, how))
    return value


@node("Print", category="test", kind=NodeKind.SINK, output="value")
def print_out(value: int) -> int:
    """Write where the process's messages would be, if nobody took care."""
    print("\0\0\0\0not a message", flush=True)  # noqa: T201
    os.write(1, b"\xff" * 100)
    return value


@node("Hang", category="test", kind=NodeKind.SINK, output="value")
def hang(seconds: float) -> float:
    """Do not look at whether the run was cancelled."""
    time.sleep(seconds)
    return seconds


@node("Count", category="test", output="value")
def count(steps: int, *, context: Context) -> int:
    """Take steps of 20 ms."""
    for step in range(steps):
        context.raise_if_cancelled()
        time.sleep(0.02)
        context.progress(step + 1, steps)
    return steps


@node("Fail", category="test", kind=NodeKind.SINK, output="value")
def fail(value: int) -> int:
    """Raise an error."""
    raise RuntimeError(f"no {value}")


def make() -> ThreadRunner:
    """A runner with the user's folders, a cache and the fake backend."""
    registry = Registry([die, print_out, hang, count, fail])
    registry.add_module(builtin)
    runner = ThreadRunner(registry, backend=FakeBackend(delay=float(os.environ.get("DELAY", "0"))))
    runner.cache = open_cache(runner.folders)
    return runner


def make_late() -> ThreadRunner:
    """The same, after a second."""
    time.sleep(1)
    return make()


def make_nothing() -> ThreadRunner:
    """Fail as a package does that cannot be imported."""
    raise ImportError("libgone.so.1: cannot open shared object file")


def make_end() -> ThreadRunner:
    """End the process, as a package does whose native part crashes while it is imported."""
    Path("/dev/stderr").write_text("some library gave up\n", "utf-8")
    os._exit(7)
