"""The signatures of the built-in nodes are written down, so that none changes without anybody noticing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nodeflow.node.registry import Registry

GOLDEN = Path(__file__).parents[1] / "data" / "catalogue.json"
REWRITE = "python tests/builtin/test_catalogue.py"

_WORDS = ("description", "hints")

Catalogue = dict[str, dict[str, Any]]


def current() -> Catalogue:
    import nodes

    registry = Registry()
    registry.add_module(nodes)
    return {node.spec.type: node.spec.to_json() for node in registry}


def contract(spec: dict[str, Any]) -> dict[str, Any]:
    """What files and results depend on: everything but words and offers."""
    sockets = {
        key: [{k: v for k, v in socket.items() if k not in _WORDS} for socket in spec[key]]
        for key in ("inputs", "outputs")
    }
    return {"kind": spec["kind"], **sockets}


def without_additions(now: dict[str, Any], golden: dict[str, Any]) -> dict[str, Any]:
    """A spec without the inputs and choices added since `golden`, which neither files nor results notice."""
    known = {socket["name"]: socket for socket in golden["inputs"]}
    kept = [socket for socket in now["inputs"] if socket["name"] in known or not socket.get("added_later")]
    return {**now, "inputs": [without_choices(socket, known.get(socket["name"], {})) for socket in kept]}


def without_choices(socket: dict[str, Any], golden: dict[str, Any]) -> dict[str, Any]:
    """An input without the choices that were added after those of `golden`."""
    choices = socket.get("choices", [])[: len(golden.get("choices", []))]
    return {**socket, "choices": choices} if choices else socket


def faults(golden: Catalogue, now: Catalogue) -> list[str]:
    """What changed although version and revision stayed."""
    found = [f"{name} is gone" for name in golden.keys() - now.keys()]
    for name in golden.keys() & now.keys():
        raised = any(now[name][key] > golden[name][key] for key in ("version", "revision"))
        if contract(golden[name]) != contract(without_additions(now[name], golden[name])) and not raised:
            found.append(
                f"{name} changed its signature: raise its version and add a migration, or its revision"
            )
    return sorted(found)


def write() -> None:
    GOLDEN.write_text(json.dumps(current(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.fixture
def golden() -> Catalogue:
    catalogue: Catalogue = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return catalogue


def test_no_signature_changed_without_a_new_version(golden: Catalogue) -> None:
    assert faults(golden, current()) == []


def test_catalogue_is_up_to_date(golden: Catalogue) -> None:
    assert golden == current(), f"look at the difference, then write it down: {REWRITE}"


@pytest.mark.parametrize("change", [{"default": 30}, {"name": "count"}, {"widget": None}, {"type": "Number"}])
def test_changed_input_needs_a_new_version(golden: Catalogue, change: dict[str, Any]) -> None:
    changed = current()
    steps = next(i for i in changed["Sampler"]["inputs"] if i["name"] == "steps")
    steps.update(change)
    assert [fault.partition(":")[0] for fault in faults(golden, changed)] == ["Sampler changed its signature"]
    changed["Sampler"]["version"] += 1
    assert faults(golden, changed) == []


@pytest.mark.parametrize(("marked", "found"), [(True, []), (False, ["Sampler changed its signature"])])
def test_only_an_input_marked_as_added_later_needs_no_new_version(
    golden: Catalogue, marked: bool, found: list[str]
) -> None:
    changed = current()
    new = {"name": "new", "type": "Number", "default": None, "optional": True}
    changed["Sampler"]["inputs"].insert(1, {**new, "added_later": True} if marked else new)
    assert [fault.partition(":")[0] for fault in faults(golden, changed)] == found


def test_choices_may_be_added_at_the_end_alone(golden: Catalogue) -> None:
    def with_choices(choices: list[str]) -> Catalogue:
        changed = current()
        socket = next(i for i in changed["Sampler"]["inputs"] if i["name"] == "scheduler")
        socket["choices"] = choices
        return changed

    socket = next(i for i in golden["Sampler"]["inputs"] if i["name"] == "scheduler")
    known: list[str] = socket["choices"]
    assert faults(golden, with_choices([*known, "new"])) == []
    for other in (["new", *known], known[1:], [*known[1:], known[0]], []):
        assert len(faults(golden, with_choices(other))) == 1


def test_removed_node_is_a_fault_and_words_are_not(golden: Catalogue) -> None:
    changed = current()
    del changed["Refiner"]
    changed["Sampler"]["summary"] = "Other words."
    assert faults(golden, changed) == ["Refiner is gone"]


if __name__ == "__main__":
    write()
