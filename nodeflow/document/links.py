"""The links of a graph as an editor sees them: one by one, and changed all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from nodeflow.document.model import GraphBody, Subgraph
from nodeflow.document.scope import EditRefused, with_fields
from nodeflow.document.values import GraphInput, InputValue, Link, Several, dump_input, parse_link

Source = Link | GraphInput
"""What a link comes from: a node's output, or an input of the subgraph around it."""

Change = Callable[[Source], InputValue]

DROP: Any = object()
"""What a `Change` returns to take a link away."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a link goes to.

    Attributes:
        node: The node, or None for an output of the subgraph around it.
        input: The name of the input (or of the subgraph's output).
    """

    node: str | None
    input: str

    def __str__(self) -> str:
        return f"{self.node}.{self.input}" if self.node is not None else self.input


@dataclass(frozen=True, slots=True)
class Connection:
    """One link.

    Attributes:
        source: Where it comes from.
        target: Where it goes to.
        index: Which of the target's links it is, where that takes several; 0 for the first or only one.
    """

    source: Source
    target: Target
    index: int = 0


def to_source(source: Source | str) -> Source:
    """Read `node.output`, unless it has been read.

    Raises:
        EditRefused: If it is no place of an output.
    """
    if not isinstance(source, str):
        return source
    try:
        return parse_link(source)
    except ValueError:
        raise EditRefused(f"{source!r} names no output.") from None


def to_target(target: Target | str) -> Target:
    """Read `node.input`, unless it has been read.

    Raises:
        EditRefused: If it is no place of an input.
    """
    if isinstance(target, Target):
        return target
    node, dot, name = target.rpartition(".")
    if not dot or not node or not name:
        raise EditRefused(f"{target!r} names no input.")
    return Target(node, name)


def sources_in(value: InputValue) -> Iterator[Source]:
    """Everything an input is linked to, in order."""
    if isinstance(value, Link | GraphInput):
        yield value
    elif isinstance(value, Several):
        for item in value.items:
            yield from sources_in(item)


def connections(body: GraphBody) -> Iterator[Connection]:
    """All links of a graph; in a subgraph also those from its inputs and to its outputs."""
    places = [
        (Target(name, key), value) for name, node in body.nodes.items() for key, value in node.inputs.items()
    ]
    if isinstance(body, Subgraph):
        places += [(Target(None, key), value) for key, value in body.outputs.items()]
    for target, value in places:
        for index, source in enumerate(sources_in(value)):
            yield Connection(source, target, index)


def value_at(body: GraphBody, target: Target) -> InputValue:
    """What a target holds; None if nothing."""
    if target.node is None:
        return body.outputs.get(target.input) if isinstance(body, Subgraph) else None
    return body.nodes[target.node].inputs.get(target.input) if target.node in body.nodes else None


def feeds(body: GraphBody) -> dict[str, set[str]]:
    """For each node, the nodes whose outputs it takes."""
    return {
        name: {s.node for value in node.inputs.values() for s in sources_in(value) if isinstance(s, Link)}
        for name, node in body.nodes.items()
    }


def reachable(graph: dict[str, set[str]], starts: Iterable[str]) -> set[str]:
    """All nodes met when following `graph` from `starts`, these included only if met again."""
    found: set[str] = set()
    pending = [following for start in starts for following in graph.get(start, ())]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(graph.get(name, ()))
    return found


def changed_value(value: InputValue, change: Change) -> InputValue:
    """Apply `change` to every link in a value; DROP if nothing is left of it."""
    if isinstance(value, Link | GraphInput):
        return change(value)
    if not isinstance(value, Several):
        return value
    items: list[InputValue] = []
    for item in value.items:
        new = changed_value(item, change)
        if isinstance(new, Several) and new is not item:
            items.extend(new.items)
        elif new is not DROP:
            items.append(new)
    if tuple(items) == value.items:
        return value
    return several(items)


def several(items: list[InputValue]) -> InputValue:
    """A list of links and literals; DROP if it is empty."""
    if not items:
        return DROP
    if any(isinstance(item, Link | GraphInput | Several) for item in items):
        return Several(tuple(items))
    return [dump_input(item) for item in items]


def with_links(body: GraphBody, change: Change) -> dict[str, Any]:
    """The parts of a graph that differ when `change` is applied to each of its links.

    A node's input that loses its link is no longer there; a subgraph's output stays, without a value, so that
    whatever uses the subgraph keeps its links.
    """
    nodes = {name: _changed_inputs(node, change) for name, node in body.nodes.items()}
    parts: dict[str, Any] = {"nodes": nodes} if any(nodes[n] is not body.nodes[n] for n in nodes) else {}
    if isinstance(body, Subgraph):
        outputs = {name: changed_value(value, change) for name, value in body.outputs.items()}
        parts["outputs"] = {name: None if value is DROP else value for name, value in outputs.items()}
    return parts


def _changed_inputs(node: Any, change: Change) -> Any:
    if not any(isinstance(value, Link | GraphInput | Several) for value in node.inputs.values()):
        return node
    inputs = {name: changed_value(value, change) for name, value in node.inputs.items()}
    if all(inputs[name] is value or inputs[name] == value for name, value in node.inputs.items()):
        return node
    return with_fields(node, inputs={name: value for name, value in inputs.items() if value is not DROP})
