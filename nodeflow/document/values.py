"""What an input of a node can hold in a workflow: a literal, a link, or the subgraph's own input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

JSONValue = Any
"""null, bool, int, float, str, list or object, as JSON has them."""


@dataclass(frozen=True, slots=True)
class Link:
    """The output of another node in the same graph, written `{"from": "node.output"}`."""

    node: str
    output: str

    def __str__(self) -> str:
        return f"{self.node}.{self.output}"


@dataclass(frozen=True, slots=True)
class GraphInput:
    """An input of the subgraph that the node lies in, written `{"input": "name"}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A literal that would otherwise read as a link, written `{"value": …}`."""

    value: JSONValue


@dataclass(frozen=True, slots=True)
class Several:
    """A list with at least one link in it, for inputs that take several."""

    items: tuple[InputValue, ...]


InputValue = JSONValue | Link | GraphInput | Quoted | Several


def parse_input(value: JSONValue) -> InputValue:
    """Read one input's JSON.

    Raises:
        ValueError: If it looks like a link but is none.
    """
    if isinstance(value, dict) and len(value) == 1:
        ((key, content),) = value.items()
        if key == "from":
            return parse_link(content)
        if key == "input":
            if not isinstance(content, str) or not content:
                raise ValueError('"input" must name one of the subgraph\'s inputs')
            return GraphInput(content)
        if key == "value":
            return Quoted(content)
    if isinstance(value, list):
        items = tuple(parse_input(item) for item in value)
        if any(isinstance(item, Link | GraphInput | Several) for item in items):
            return Several(items)
    return value


def parse_link(text: JSONValue) -> Link:
    """Read `"node.output"`."""
    node, dot, output = text.rpartition(".") if isinstance(text, str) else ("", "", "")
    if not dot or not node or not output:
        raise ValueError(f'a link is written {{"from": "node.output"}}, not {{"from": {text!r}}}')
    return Link(node, output)


def dump_input(value: InputValue) -> JSONValue:
    """Write an input back to JSON; the inverse of `parse_input`."""
    match value:
        case Link():
            return {"from": str(value)}
        case GraphInput(name):
            return {"input": name}
        case Quoted(content):
            return {"value": content}
        case Several(items):
            return [dump_input(item) for item in items]
    return value


def links_in(value: InputValue) -> Iterator[Link]:
    """All links inside an input."""
    if isinstance(value, Link):
        yield value
    elif isinstance(value, Several):
        for item in value.items:
            yield from links_in(item)


def is_linked(value: InputValue) -> bool:
    """Whether an input gets its value from elsewhere."""
    return isinstance(value, Link | GraphInput | Several)


def literal(value: InputValue) -> JSONValue:
    """The JSON value of a literal input, without its quotes."""
    return value.value if isinstance(value, Quoted) else value


INPUT_MARK = {"$comment": "an input"}
"""Stands for `INPUT_SCHEMA` in generated schemas: it contains itself, which pydantic cannot say."""

INPUT_SCHEMA: dict[str, Any] = {
    "description": 'A literal, a link {"from": "node.output"}, a subgraph\'s own input {"input": "name"}, '
    'a list of these, or {"value": …} around a literal object.',
    "anyOf": [
        {
            "type": "object",
            "properties": {"from": {"type": "string", "pattern": r"^.+\..+$"}},
            "required": ["from"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"input": {"type": "string", "minLength": 1}},
            "required": ["input"],
            "additionalProperties": False,
        },
        {
            "type": ["null", "boolean", "number", "string", "array"],
            "items": {"$ref": "#/$defs/Input"},
        },
        {"type": "object", "not": {"anyOf": [{"required": ["from"]}, {"required": ["input"]}]}},
        {"type": "object", "minProperties": 2},
    ],
}
