"""The registry: first come, first served; faults are lines, never exceptions."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pytest

from nodeflow.document.structural import STRUCTURAL
from nodeflow.node import Node, node
from nodeflow.node import registry as registry_module
from nodeflow.node.registry import GROUP, Registry


def make(type_id: str, category: str = "test") -> Node[..., Any]:
    @node(type_id, category=category)
    def f(x: int) -> int:
        return x

    return f


def test_module_adds_all_its_nodes_once() -> None:
    module = ModuleType("somewhere")
    module.first = module.again = make("First")  # type: ignore[attr-defined]
    module.second = make("Second")  # type: ignore[attr-defined]
    module.other = print  # type: ignore[attr-defined]
    registry = Registry()
    registry.add_module(module)
    assert ([n.spec.type for n in registry], registry.faults) == (["First", "Second"], [])


def test_first_node_of_a_name_stays() -> None:
    first, second = make("Same"), make("Same")
    registry = Registry([first, second])
    assert registry.get("Same") is first
    assert registry.faults == [f"node Same of {__name__} was ignored: {__name__} has it"]


@pytest.mark.parametrize("type_id", STRUCTURAL)
def test_names_of_the_documents_own_types_are_refused(type_id: str) -> None:
    registry = Registry([make(type_id)])
    assert len(registry) == 0
    assert registry.faults == [
        f"node {type_id} of {__name__} was ignored: the name belongs to workflow files themselves"
    ]


def test_nodes_are_listed_by_category_and_name() -> None:
    registry = Registry([make("B", "x"), make("A", "y"), make("A2", "x")])
    assert [n.spec.type for n in registry] == ["A2", "B", "A"]
    assert len(registry) == 3


def test_similar_names_are_found() -> None:
    assert Registry([make("Sampler"), make("Other")]).similar("Smapler") == ["Sampler"]


def test_entry_point_to_nothing_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("ghost", "no_such_module", GROUP)
    monkeypatch.setattr(registry_module, "entry_points", lambda group: [point])
    registry = Registry.installed()
    assert [n.spec.type for n in registry] == ["Reroute", "Switch"], "the document's own are always there"
    assert registry.faults == [
        "nodes of 'ghost' (no_such_module) were not loaded: No module named 'no_such_module'"
    ]


def test_built_in_nodes_are_installed() -> None:
    registry = Registry.installed()
    assert registry.get("Sampler") is not None
    assert registry.faults == []


def test_it_is_known_which_package_a_node_type_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("glow_nodes")
    module.glow, module.sampler = make("Glow"), make("Sampler")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "glow_nodes", module)
    points = [*entry_points(group=GROUP), EntryPoint("glow", "glow_nodes", GROUP)]
    monkeypatch.setattr(registry_module, "entry_points", lambda group: points)
    registry = Registry.installed()
    assert registry.origins["Glow"] == "glow"
    assert registry.origins["Sampler"] == registry.origins["Switch"] == "nodeflow", (
        "the first of a name stays"
    )
    assert registry.origins.keys() == {n.spec.type for n in registry}
