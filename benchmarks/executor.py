"""What a trivial node costs, on chains and wide graphs: building the graph, planning, and running it.

    python -m benchmarks.executor

Prints milliseconds per node, each the best of several rounds, and how the total grows from size to size
(1.00 is linear). Then the same chain planned and run with keys, a cache on disk and a history: nothing
cached, all cached, and the last node changed; and what a cache hit takes by size.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nodeflow.backends.fake import FakeBackend
from nodeflow.cache import ResultCache
from nodeflow.cache.history import History
from nodeflow.document.model import Node, Workflow
from nodeflow.document.values import Link, Several
from nodeflow.execution.executor import Executor
from nodeflow.execution.history import WorkflowHistory
from nodeflow.execution.plan import Plan, make_plan
from nodeflow.files import Digests
from nodeflow.graph import Graph
from nodeflow.keys import Keyer, KnownDigests
from nodeflow.node import node
from nodeflow.node.registry import Registry
from nodeflow.pictures import Delivery
from nodeflow.values import Image

SIZES = (100, 1_000, 10_000)
ROUNDS = 5
MEGABYTES = (1, 10, 100)


@node("Add", category="benchmark", output="sum")
def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


@node("Sum", category="benchmark", output="sum")
def total(numbers: list[int]) -> int:
    """Add all numbers."""
    return sum(numbers)


class Times(NamedTuple):
    """Seconds that the stages took."""

    build: float
    plan: float
    run: float

    @property
    def all(self) -> float:
        """Seconds of all stages together."""
        return sum(self)


def chain(size: int) -> Workflow:
    """Nodes each of which feeds the next."""
    nodes = {"n0": Node(type="Add", inputs={"a": 0})}
    for index in range(1, size):
        nodes[f"n{index}"] = Node(type="Add", inputs={"a": Link(f"n{index - 1}", "sum")})
    return Workflow(nodes=nodes)


def wide(size: int) -> Workflow:
    """Nodes side by side that all feed the last."""
    nodes = {f"n{index}": Node(type="Add", inputs={"a": index}) for index in range(size - 1)}
    feeds = Several(tuple(Link(name, "sum") for name in nodes))
    return Workflow(nodes={**nodes, "end": Node(type="Sum", inputs={"numbers": feeds})})


def measure(workflow: Workflow, registry: Registry) -> Times:
    """Build, plan and run a workflow once."""
    moments = [time.perf_counter()]
    graph = Graph.build(workflow, registry)
    moments.append(time.perf_counter())
    plan = make_plan(graph)
    moments.append(time.perf_counter())
    perform(plan)
    moments.append(time.perf_counter())
    return Times(*(after - before for before, after in pairwise(moments)))


def perform(plan: Plan) -> None:
    """Run a plan to its end, reading every event."""
    run = Executor(plan, FakeBackend, Delivery(Path.cwd()), "benchmark").start()
    events = sum(1 for _ in run)
    result = run.wait()
    if result.errors or events != 2 * len(plan.order) + 2:
        raise RuntimeError(f"the benchmark does not do what it should: {result.errors[:1]}, {events} events")


def best(workflow: Workflow, registry: Registry) -> Times:
    """The fastest of several rounds, stage by stage."""
    rounds = []
    for _ in range(ROUNDS):
        gc.collect()
        rounds.append(measure(workflow, registry))
    return Times(*(min(stage) for stage in zip(*rounds, strict=True)))


class Keyed:
    """Runs graphs with keys, as a new program would each time: nothing is in memory.

    Args:
        folder: For the cache and the history.
        registry: The node types.
    """

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.registry = registry

    def measure(self, workflow: Workflow, ends: tuple[str, ...]) -> tuple[float, float, int]:
        """Plan and run; return the seconds of both, and how many nodes were computed."""
        graph = Graph.build(workflow, self.registry)
        cache = ResultCache(self.folder / "results", memory_bytes=2**28, disk_bytes=2**30)
        history = WorkflowHistory(History(self.folder), workflow)
        gc.collect()
        began = time.perf_counter()
        plan = make_plan(graph, ends, None, Keyer(KnownDigests(Digests(self.folder)), {}), cache)
        planned = time.perf_counter()
        executor = Executor(plan, FakeBackend, Delivery(Path.cwd()), "keyed", cache=cache, history=history)
        if executor.start().wait().errors:
            raise RuntimeError("the benchmark does not do what it should")
        return planned - began, time.perf_counter() - planned, len(plan.runs)


def print_keyed(registry: Registry) -> None:
    """What keys, the cache and the history cost: all nodes are wanted, so that all are fetched or run."""
    print(f"\n{'with keys':14}{'nodes':>8}{'run':>8}{'plan':>10}{'perform':>10}  (ms a node)")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            keyed, names = Keyed(Path(folder), registry), tuple(f"n{index}" for index in range(size))
            workflow = chain(size)
            last = workflow.nodes[names[-1]]
            leaf = last.model_copy(update={"inputs": {**last.inputs, "b": 5}})
            changed = Workflow(nodes={**workflow.nodes, names[-1]: leaf})
            for what, document in (("cold", workflow), ("all cached", workflow), ("leaf changed", changed)):
                planned, performed, count = keyed.measure(document, names)
                figures = f"{1000 * planned / size:10.4f}{1000 * performed / size:10.4f}"
                print(f"{what:14}{size:8}{count:8}{figures}")


def print_hits() -> None:
    """What a cache hit takes, from disk and from memory."""
    print(f"\n{'cache hit':14}{'memory':>12}{'disk':>12}")
    for megabytes in MEGABYTES:
        with tempfile.TemporaryDirectory() as folder:
            image = Image(np.random.default_rng(0).random((1, 1, megabytes * 10**6 // 12, 3), np.float32))
            cache = ResultCache(Path(folder), memory_bytes=2**30, disk_bytes=2**30)
            cache.put("key", {"image": image}, {}, "Image", 1.0)
            cold = ResultCache(Path(folder), memory_bytes=0, disk_bytes=2**30)
            memory, disk = (min(_seconds(one) for _ in range(ROUNDS)) for one in (cache, cold))
            print(f"{megabytes:>6} MB {1e6 * memory:>14.1f} µs {1e3 * disk:>8.2f} ms")


def _seconds(cache: ResultCache) -> float:
    began = time.perf_counter()
    if cache.get("key") is None:
        raise RuntimeError("the benchmark does not do what it should")
    return time.perf_counter() - began


def main() -> None:
    """Measure everything and print the table."""
    registry = Registry([add, total])
    shapes: tuple[tuple[str, Callable[[int], Workflow]], ...] = (("chain", chain), ("wide", wide))
    print(f"{'shape':8}{'nodes':>8}{'build':>10}{'plan':>10}{'run':>10}{'all':>10}{'growth':>8}  (ms a node)")
    for name, make in shapes:
        before: float | None = None
        for size in SIZES:
            times = best(make(size), registry)
            figures = "".join(f"{1000 * seconds / size:10.4f}" for seconds in (*times, times.all))
            growth = "" if before is None else f"{times.all / size / before:8.2f}"
            print(f"{name:8}{size:8}{figures}{growth}")
            before = times.all / size
    print_keyed(registry)
    print_hits()


if __name__ == "__main__":
    main()
