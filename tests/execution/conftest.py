"""A runner for small nodes, in a temporary place, with the fake backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from nodeflow.backends.fake import FakeBackend
from nodeflow.document.model import Workflow
from nodeflow.execution.run import Run, RunResult
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.node import Node
from nodeflow.node.registry import Registry


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders.from_environment(
        {
            f"NODEFLOW_{name}_DIR": str(tmp_path / name.lower())
            for name in ("CONFIG", "MODELS", "OUTPUT", "CACHE")
        }
    )


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def make_runner(
    registry: Registry, folders: Folders, backend: FakeBackend
) -> Iterator[Callable[..., ThreadRunner]]:
    """A runner of the shared small nodes, the built-in ones and those given; closed at the end."""
    with ExitStack() as stack:

        def make(*nodes: Node[..., Any]) -> ThreadRunner:
            import nodes as builtin

            known = Registry([*nodes, *registry])
            known.add_module(builtin)
            return stack.enter_context(closing(ThreadRunner(known, folders, backend)))

        yield make


@pytest.fixture
def start(
    make_runner: Callable[..., ThreadRunner], make_workflow: Callable[..., Workflow]
) -> Callable[..., Run]:
    """Begin a workflow written briefly, with the nodes it needs."""

    def begin(nodes: dict[str, Any], *known: Node[..., Any], targets: tuple[str, ...] = ()) -> Run:
        return make_runner(*known).start(Job(make_workflow(nodes), targets))

    return begin


@pytest.fixture
def run_nodes(start: Callable[..., Run]) -> Callable[..., RunResult]:
    """Run a workflow written briefly to its end."""

    def run(*args: Any, **kwargs: Any) -> RunResult:
        return start(*args, **kwargs).wait(120)

    return run
