"""Planning: light nodes are evaluated, files are looked up, and every problem is known before the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.document.model import Workflow
from nodeflow.errors import ExitCode, InvalidWorkflow, NodeFailed
from nodeflow.execution.plan import Plan
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.node import Node, NodeKind, node

MakePlan = Callable[..., Plan]


@pytest.fixture
def plan_nodes(make_runner: Callable[..., ThreadRunner], make_workflow: Callable[..., Workflow]) -> MakePlan:
    """Plan a workflow written briefly."""

    def plan(nodes: dict[str, Any], *known: Node[..., Any], targets: tuple[str, ...] = ()) -> Plan:
        return make_runner(*known).plan(Job(make_workflow(nodes), targets))

    return plan


def problems(plan: MakePlan, *args: Any) -> tuple[list[str], ExitCode]:
    with pytest.raises(InvalidWorkflow) as caught:
        plan(*args)
    return [str(problem) for problem in caught.value.problems], caught.value.exit_code


def test_light_nodes_are_evaluated_and_do_not_run(plan_nodes: MakePlan) -> None:
    plan = plan_nodes(
        {
            "n": ("Number", {"value": 3}),
            "m": ("Number", {"value": "@n.number"}),
            "a": ("Add", {"a": "@m.number"}),
        }
    )
    assert plan.known == {"n": {"number": 3}, "m": {"number": 3}}
    assert plan.order == ("a",)


def test_light_node_behind_a_heavy_one_runs(plan_nodes: MakePlan) -> None:
    plan = plan_nodes({"a": ("Add", {"a": 1}), "n": ("Number", {"value": "@a.number"})})
    assert (plan.known, plan.order) == ({}, ("a", "n"))


def test_only_what_the_targets_need_is_planned(plan_nodes: MakePlan) -> None:
    nodes = {"a": ("Add", {"a": 1}), "b": ("Add", {"a": "@a.number"}), "c": ("Add", {"a": "@b.number"})}
    assert plan_nodes(nodes, targets=("b",)).order == ("a", "b")


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (NodeFailed("no", input="x"), "l.x: no", 3),
        (ValueError("bad"), "l: ValueError: bad", 3),
        (SystemExit("bye"), "l: SystemExit: bye", 3),
    ],
)
def test_failing_light_node_is_a_problem(
    plan_nodes: MakePlan, error: BaseException, line: str, code: int
) -> None:
    @node("Light", category="test", kind=NodeKind.LIGHT)
    def light() -> int:
        raise error

    assert problems(plan_nodes, {"l": ("Light", {}), "a": ("Add", {"a": "@l.integer"})}, light) == (
        [line],
        code,
    )


def test_missing_files_are_all_named_with_their_input(plan_nodes: MakePlan) -> None:
    lines, code = problems(
        plan_nodes,
        {
            "c": ("CheckpointLoader", {"checkpoint": "nothing"}),
            "l": ("LoRALoader", {"model": "@c.model", "lora": "nothing"}),
            "p": ("LoadImage", {"file": "nothing.png"}),
        },
    )
    assert [line.partition(":")[0] for line in lines] == ["c.checkpoint", "l.lora", "p.file"]
    assert code is ExitCode.MISSING_FILE


def test_value_between_light_nodes_is_checked(plan_nodes: MakePlan) -> None:
    nodes = {"w": ("Word", {"value": "nothing"}), "c": ("CheckpointLoader", {"checkpoint": "@w.word"})}
    (line,), code = problems(plan_nodes, nodes)
    assert line.startswith("c.checkpoint: There is no checkpoint")
    assert code is ExitCode.MISSING_FILE


def test_missing_file_beside_another_fault_is_an_invalid_workflow(plan_nodes: MakePlan) -> None:
    @node("Light", category="test", kind=NodeKind.LIGHT)
    def light() -> int:
        raise ValueError

    nodes = {"l": ("Light", {}), "p": ("LoadImage", {"file": "nothing.png"})}
    assert problems(plan_nodes, nodes, light)[1] is ExitCode.INVALID_WORKFLOW
