"""In what two workflows differ, as a list for people. Free of Qt; where nodes lie does not count."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from nodeflow.document.model import GraphBody, Node, Workflow
from nodeflow.document.values import GraphInput, InputValue, Link, Several, literal

LONGEST = 80
"""Characters of a value that are told."""


def differences(before: Workflow, after: Workflow) -> list[str]:
    """What was added, removed and changed, node by node; nothing if both compute the same."""
    found = [*_body("", before, after)]
    one, two = before.subgraphs, after.subgraphs
    found += [f"− subgraph {name}" for name in one if name not in two]  # noqa: RUF001 - a minus
    found += [f"+ subgraph {name}" for name in two if name not in one]
    for name in sorted(one.keys() & two.keys()):
        found += _body(f"{name}/", one[name], two[name])
        found += _values(f"{name} gives", one[name].outputs, two[name].outputs)
    if before.run != after.run:
        found.append("how it is to be run")
    return found


def _body(prefix: str, before: GraphBody, after: GraphBody) -> Iterator[str]:
    for name in sorted(before.nodes.keys() - after.nodes.keys()):
        yield f"− {prefix}{name} ({_kind(before.nodes[name])})"  # noqa: RUF001 - a minus
    for name in sorted(after.nodes.keys() - before.nodes.keys()):
        yield f"+ {prefix}{name} ({_kind(after.nodes[name])})"
    modes = before.modes(), after.modes()
    for name, node in after.nodes.items():
        old = before.nodes.get(name)
        if old is None:
            continue
        if _kind(old) != _kind(node):
            yield f"{prefix}{name}: {_kind(old)} → {_kind(node)}"
        yield from _values(f"{prefix}{name}.", old.inputs, node.inputs)
        mode = modes[0].get(name), modes[1].get(name)
        if mode[0] is not mode[1]:
            yield f"{prefix}{name}: {mode[0] or 'on'} → {mode[1] or 'on'}"


def _values(place: str, before: Mapping[str, InputValue], after: Mapping[str, InputValue]) -> Iterator[str]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{place}{name}: {_shown(old, name in before)} → {_shown(new, name in after)}"


def _kind(node: Node) -> str:
    return node.subgraph or node.type


def _shown(value: InputValue, there: bool) -> str:
    if not there:
        return "default"
    if isinstance(value, Link):
        return str(value)
    if isinstance(value, GraphInput):
        return f"input {value.name}"
    if isinstance(value, Several):
        return "several links"
    plain = literal(value)
    text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
