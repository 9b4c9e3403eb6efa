"""What all tests share: a guard against threads left behind, small nodes, a short way to write workflows."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from nodeflow.document.model import Workflow
from nodeflow.graph import Graph
from nodeflow.node import NodeKind, node
from nodeflow.node.registry import Registry

PATIENCE = 30.0
LIBRARY_THREADS = ("tqdm", "Thread-auto_conversion")


def pytest_configure(config: pytest.Config) -> None:
    """Let hypothesis try fewer examples in the quick tier than in the full one."""
    quick = "not full" in config.option.markexpr
    # How long examples take to make says how busy the machine is, not whether anything is wrong.
    slow = [HealthCheck.too_slow]
    settings.register_profile(
        "tier", max_examples=40 if quick else 100, deadline=None, suppress_health_check=slow
    )
    settings.load_profile("tier")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give each test an empty cache, so that none computes less because of another."""
    monkeypatch.setenv("NODEFLOW_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path_factory.mktemp("hub")))


@pytest.fixture(scope="session", autouse=True)
def what_was_imported_stays() -> Iterator[None]:
    """Spare every search for garbage the hundreds of thousands of objects that modules consist of."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def garbage_is_collected_in_the_main_thread() -> Iterator[None]:
    """Collect between tests, as the editor does between events: no other thread may delete what is Qt's."""
    gc.disable()
    yield
    if "PySide6.QtCore" in sys.modules:
        from ui.garbage import collect_due

        collect_due()
    else:
        gc.enable()


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    """Fail a test whose threads outlive it, other than those that libraries keep."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + PATIENCE
    while left := [thread for thread in set(threading.enumerate()) - before if _counts(thread)]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left behind: {left}")
        left[0].join(0.05)


def _counts(thread: threading.Thread) -> bool:
    return thread.is_alive() and not thread.name.startswith(LIBRARY_THREADS)


@node("Number", category="test", kind=NodeKind.LIGHT, output="number")
def number(value: int = 0) -> int:
    """Give a number."""
    return value


@node("Word", category="test", kind=NodeKind.LIGHT, output="word")
def word(value: str) -> str:
    """Give a word."""
    return value


@node("Add", category="test", output="number")
def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


@node("Repeat", category="test", output="word")
def repeat(times: int, word: str, extra: int | None = None) -> str:
    """Repeat a word."""
    return word * (times + (extra or 0))


@node("Total", category="test", output="number")
def total(numbers: list[int]) -> int:
    """Add all numbers."""
    return sum(numbers)


@node("Optional", category="test", output="number")
def optional(value: int | None = None) -> int:
    """Give a number even without one."""
    return -1 if value is None else value


@node("Show", category="test", kind=NodeKind.SINK, output="value")
def show(value: object) -> object:
    """Show anything."""
    return value


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The nodes above."""
    return Registry([number, word, add, repeat, total, optional, show])


MakeWorkflow = Callable[..., Workflow]


@pytest.fixture(scope="session")
def make_workflow() -> MakeWorkflow:
    """Write a workflow briefly: `{"sum": ("Add", {"a": "@one.number"})}`.

    A node is its type, its inputs and, if need be, its other fields. `@` makes a link, `$` a subgraph's
    input; subgraphs are written `{"name": (nodes, inputs, outputs)}`.
    """
    return _workflow


def _workflow(nodes: dict[str, Any], subgraphs: dict[str, Any] | None = None, **fields: Any) -> Workflow:
    definitions = {
        name: {"nodes": _nodes(inner), "inputs": inputs, "outputs": _value(outputs)}
        for name, (inner, inputs, outputs) in (subgraphs or {}).items()
    }
    return Workflow.model_validate({"nodes": _nodes(nodes), "subgraphs": definitions, **fields})


def _nodes(nodes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"type": type_id, "inputs": _value(inputs), **(rest[0] if rest else {})}
        for name, (type_id, inputs, *rest) in nodes.items()
    }


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, str) and value[:1] in ("@", "$"):
        return {"from" if value[0] == "@" else "input": value[1:]}
    return value


@pytest.fixture(scope="session")
def make_graph(registry: Registry, make_workflow: MakeWorkflow) -> Callable[..., Graph]:
    """Build the graph of a workflow written briefly."""

    def make(*args: Any, **kwargs: Any) -> Graph:
        return Graph.build(make_workflow(*args, **kwargs), registry)

    return make
