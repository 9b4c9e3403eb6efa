"""A node stays a function: callable, picklable, versioned."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from nodeflow.errors import NodeDefinitionError, NodeflowError
from nodeflow.node import Context, NodeKind, node
from nodeflow.pictures import Delivery


@node("Double", category="test", version=3, output="number")
def double(x: int, times: int = 1) -> int:
    """Double it."""
    return x << times


@double.migrates(1)
def _rename(inputs: dict[str, int]) -> dict[str, int]:
    return {"y": inputs["value"]}


@double.migrates(2)
def _rename_again(inputs: dict[str, int]) -> dict[str, int]:
    return {"x": inputs.pop("y"), **inputs}


def test_node_is_still_the_function() -> None:
    assert double(3, times=2) == 12
    assert double.__doc__ == "Double it."
    assert str(inspect.signature(double)) == "(x: 'int', times: 'int' = 1) -> 'int'"
    assert repr(double) == "<node Double>"


def test_node_is_pickled_and_copied_by_name() -> None:
    nodes = pytest.importorskip("nodes")
    assert pickle.loads(pickle.dumps(nodes.sampler)) is nodes.sampler  # noqa: S301 - our own bytes
    assert copy.deepcopy(nodes.sampler) is nodes.sampler


def test_inputs_of_old_versions_pass_every_migration() -> None:
    assert double.migrate({"value": 5}, 1) == {"x": 5}
    assert double.migrate({"y": 5, "times": 2}, 2) == {"x": 5, "times": 2}


def test_migration_leaves_the_original_alone() -> None:
    original = {"y": 5}
    double.migrate(original, 2)
    assert original == {"y": 5}


def test_a_node_may_look_at_its_inputs_before_a_run() -> None:
    seen: list[Mapping[str, object]] = []

    @node("Careful", category="test")
    def careful(x: int) -> int:
        return x

    careful.foresee({"x": 1})
    careful.foresees(seen.append)
    careful.foresee({"x": 2})
    assert seen == [{"x": 2}]


def test_missing_migration_is_named() -> None:
    @node("Gap", category="test", version=2)
    def gap(x: int) -> int:
        return x

    with pytest.raises(NodeDefinitionError, match="node Gap cannot read its version 1"):
        gap.migrate({}, 1)


@pytest.mark.parametrize("version", [0, 3, 4])
def test_a_migration_leads_to_a_version_that_there_is(version: int) -> None:
    advice = "Raise its version, or migrate an earlier one"
    with pytest.raises(NodeDefinitionError) as raised:
        double.migrates(version)
    assert str(raised.value) == f"node Double is of version 3 and cannot migrate {version}. {advice}"


def test_default_context_makes_a_node_callable(tmp_path: Path) -> None:
    @node("Talk", category="test", kind=NodeKind.SINK)
    def talk(x: int, *, context: Context) -> None:
        context.progress(1, 1)
        context.raise_if_cancelled()
        context.warn("careful")
        context.saved(context.delivery.folder)

    talk(1, context=Context())
    talk(1, context=Context(delivery=Delivery(tmp_path)))


def test_context_without_backend_says_so() -> None:
    with pytest.raises(NodeflowError, match="this node needs a backend"):
        _ = Context().backend


def test_nodes_work_without_docstrings_and_asserts() -> None:
    code = "import nodes; s = nodes.sampler.spec; print(repr(s.summary), len(s.inputs))"
    done = subprocess.run(
        [sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["''", "16"]
