"""What a trivial node costs, on chains and wide graphs: building the graph, planning, and running it.

    python -m benchmarks.executor

Prints milliseconds per node, each the best of several rounds, and how the total grows from size to size
(1.00 is linear).
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from nodeflow.backends.fake import FakeBackend
from nodeflow.document.model import Node, Workflow
from nodeflow.document.values import Link, Several
from nodeflow.execution.executor import Executor
from nodeflow.execution.plan import Plan, make_plan
from nodeflow.graph import Graph
from nodeflow.node import node
from nodeflow.node.registry import Registry
from nodeflow.pictures import Delivery

SIZES = (100, 1_000, 10_000)
ROUNDS = 5


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


if __name__ == "__main__":
    main()
