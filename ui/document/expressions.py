"""What number fields make of what is typed, dragged or spun: `1024/2`, `(3+4)*8`, steps and ranges."""

from __future__ import annotations

from nodeflow import expressions
from nodeflow.node.annotations import MAX_SEED, Range, Seed
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec


def evaluate(text: str) -> float:
    """The value of what was typed into a number field, `1024/2`; a comma is a decimal point.

    Raises:
        ValueError: Saying what is wrong.
    """
    return expressions.evaluate(text.replace(",", "."))


def number_for(spec: InputSpec, text: str) -> int | float | None:
    """What a number field is to hold; None for an empty text where that is allowed.

    Raises:
        ValueError: Saying what is wrong.
    """
    if spec.optional and text.strip().lower() in ("", "none"):
        return None
    value = evaluate(text)
    if spec.socket.literal is Literal.INTEGER:
        if value != int(value):
            raise ValueError("must be a whole number")
        value = int(value)
    elif spec.socket.literal is Literal.NUMBER:
        value = float(value)
    spec.read(value)
    return value


def step_of(spec: InputSpec, *, fine: bool = False) -> float:
    """The step of an input's widget.

    Args:
        spec: The input.
        fine: Whether a tenth of it is wanted; whole numbers cannot have that.
    """
    limits = spec.widget if isinstance(spec.widget, Range) else None
    whole = spec.socket.literal is Literal.INTEGER
    step = (limits.step if limits else None) or (1 if whole else 0.01)
    return step / 10 if fine and not whole else step


def snapped(spec: InputSpec, value: float, *, fine: bool = False) -> int | float:
    """The nearest value that an input takes: inside its range and on its steps.

    Args:
        spec: The input.
        value: Any number.
        fine: Whether tenths of a step will do.
    """
    limits = spec.widget if isinstance(spec.widget, Range) else None
    step, base = step_of(spec, fine=fine), limits.minimum if limits else 0
    value = base + round((value - base) / step) * step
    if limits:
        value = min(max(value, limits.minimum), limits.maximum)
    elif isinstance(spec.widget, Seed):
        value = min(max(value, 0), MAX_SEED)
    whole = spec.socket.literal is Literal.INTEGER
    return round(value) if whole else round(float(value), 10)
