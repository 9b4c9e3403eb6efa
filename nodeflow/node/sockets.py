"""Sockets: the types of inputs and outputs, which fit which, and how a literal in a file becomes a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from nodeflow.values import Curve, Prompt, Template

JSONValue = Any


class Literal(StrEnum):
    """How a literal of a socket is written in a file."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    FILE = "file"
    CURVE = "curve"


@dataclass(frozen=True)
class Socket:
    """The type of an input or output.

    Attributes:
        name: What users read, e.g. `Latent` or `Number`.
        type: The Python class of values; `object` takes anything.
        literal: How a literal is written, or None if the value can only come through a link.
        choices: The values of a choice.
    """

    name: str
    type: type
    literal: Literal | None = None
    choices: tuple[str, ...] = ()

    def accepts(self, other: Socket) -> bool:
        """Whether an output of type `other` may be linked to an input of this type."""
        if self.type is object or issubclass(other.type, self.type):
            return not (self.type is int and other.type is bool)
        if self.literal is Literal.NUMBER:
            return other.literal is Literal.INTEGER
        if self.literal is Literal.CURVE:
            return other.literal in (Literal.INTEGER, Literal.NUMBER)
        return self.literal in (Literal.CHOICE, Literal.FILE) and other.literal is Literal.TEXT

    def read(self, value: JSONValue) -> Any:
        """Turn a literal, or a value that came through a link, into what the node takes.

        Raises:
            ValueError: Saying in a few words what is wrong.
        """
        is_value = isinstance(value, self.type) and not isinstance(value, bool)
        if self.type is object or is_value or isinstance(value, _AS_IT_IS.get(self.literal, ())):
            return value
        match self.literal:
            case None:
                raise ValueError(f"needs a link from an output of the type {self.name}, not {shown(value)}")
            case Literal.NUMBER if isinstance(value, int) and not isinstance(value, bool):
                return _to_float(value)
            case Literal.INTEGER if isinstance(value, float) and value.is_integer():
                return int(value)
            case Literal.CHOICE:
                return self._choose(value)
            case Literal.CURVE if isinstance(value, int | float | list | tuple) and not isinstance(
                value, bool
            ):
                return _to_curve(value)
        raise ValueError(f"must be {_EXPECTED[self.literal]}, not {shown(value)}")

    def _choose(self, value: JSONValue) -> Any:
        for member in self.type.__members__.values():  # type: ignore[attr-defined]  # an Enum class
            if member.value == value:
                return member
        raise ValueError(f"must be one of {', '.join(self.choices)}, not {shown(value)}")


_AS_IT_IS: dict[Literal | None, type] = {Literal.BOOLEAN: bool, Literal.FILE: str}
"""Literals that nothing is made of: the planner finds files, by their names."""

_EXPECTED = {
    Literal.TEXT: "a text",
    Literal.INTEGER: "a whole number",
    Literal.NUMBER: "a number",
    Literal.BOOLEAN: "true or false",
    Literal.FILE: "the name of a file",
    Literal.CURVE: "a number or a list of points [[position, value], …]",
}

_PLAIN = {
    str: Socket("Text", str, Literal.TEXT),
    Prompt: Socket("Text", str, Literal.TEXT),
    Template: Socket("Text", str, Literal.TEXT),
    int: Socket("Integer", int, Literal.INTEGER),
    float: Socket("Number", float, Literal.NUMBER),
    bool: Socket("Boolean", bool, Literal.BOOLEAN),
    object: Socket("Any", object),
    Curve: Socket("Curve", Curve, Literal.CURVE),
}


def _to_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ValueError("is too large a number") from None


def _to_curve(value: float | list[Any] | tuple[Any, ...]) -> Curve:
    if isinstance(value, int | float):
        return Curve.constant(_to_float(value))
    for place, point in enumerate(value, 1):
        numbers = point if isinstance(point, list | tuple) and len(point) == 2 else [None]
        if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
            raise ValueError(f"must be {_EXPECTED[Literal.CURVE]}; point {place} is none")
    return Curve(tuple((_to_float(position), _to_float(height)) for position, height in value))


def socket_of(annotation: type) -> Socket:
    """The socket of a Python type: a literal, an enumeration, or a class (see its `__socket__`)."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if issubclass(annotation, Enum):
        choices = tuple(str(member.value) for member in annotation)
        return Socket(annotation.__name__, annotation, Literal.CHOICE, choices)
    return Socket(getattr(annotation, "__socket__", annotation.__name__), annotation)


def shown(value: object, limit: int = 60) -> str:
    """A value as it can stand in a message."""
    if not isinstance(value, str | int | float | None):
        return type(value).__name__
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole numbers of more than some thousand digits
        return "a number of very many digits"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def snake_case(name: str) -> str:
    """`LatentBatch` → `latent_batch`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
