"""Arithmetic written as text: `1024/2`, `max(a, b) * 8`. Nothing but what is listed here is understood."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

LONGEST = 200


def _power(base: float, exponent: float) -> float:
    """A power of floats; those of whole numbers could fill the memory."""
    try:
        return math.pow(base, exponent)
    except ValueError:
        raise ValueError("takes a root of a negative number") from None


_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "max": max,
    "min": min,
    "round": round,
    "sqrt": math.sqrt,
}
"""What can be called where there are names."""


def evaluate(text: str, names: Mapping[str, float] | None = None) -> float:
    """The value of an expression.

    Args:
        text: Numbers, `+ - * / // % **` and brackets.
        names: Numbers that the text can name; with them come the `FUNCTIONS`. None: there are none.

    Raises:
        ValueError: Saying what is wrong.
    """
    if len(text) > LONGEST:
        raise ValueError("is too long")
    try:
        value = _value(ast.parse(text.strip(), mode="eval").body, names)
        finite = math.isfinite(value)
    except ZeroDivisionError:
        raise ValueError("divides by zero") from None
    except (OverflowError, MemoryError, RecursionError):
        raise ValueError("is no number: it gets too large") from None
    except SyntaxError:
        raise _unclear(names) from None
    if not finite:
        raise ValueError("is no number: it gets too large")
    return value


def _value(node: ast.expr, names: Mapping[str, float] | None) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, names)
        case ast.BinOp(op=ast.BitXor()):
            raise ValueError("knows no ^; a power is written 2**3")
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, names), _value(right, names))
        case ast.Name(id=name) if names:
            if name not in names:
                raise ValueError(f"knows no {name!r}; there are {', '.join((*names, *FUNCTIONS))}")
            return names[name]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if names and name in FUNCTIONS:
            return _called(name, [_value(argument, names) for argument in arguments])
    raise _unclear(names)


def _called(name: str, values: list[float]) -> float:
    try:
        # Python's max and min want two values, or a list of one.
        return FUNCTIONS[name](values) if name in ("max", "min") else FUNCTIONS[name](*values)
    except (TypeError, ValueError):
        shown = ", ".join(f"{value:g}" for value in values)
        raise ValueError(f"cannot take {name}({shown})") from None


def _unclear(names: Mapping[str, float] | None) -> ValueError:
    return ValueError(
        "is no formula, such as max(a, b) * 8" if names else "is no number, such as 512 or 1024/2"
    )
