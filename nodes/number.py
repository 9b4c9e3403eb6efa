"""Nodes for numbers, true and false. They are light: what they give is known before a run if it can be."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NamedTuple

from nodeflow.errors import NodeFailed
from nodeflow.expressions import evaluate
from nodeflow.node import NodeKind, Range, Seed, node
from nodeflow.values import Image, Latent, Mask

LARGEST = 10.0**15
"""Whole numbers up to here are exact in any arithmetic."""
AnyNumber = Annotated[float, Range(-LARGEST, LARGEST, step=0.01, slider=(0.0, 10.0))]
AnyInteger = Annotated[int, Range(-LARGEST, LARGEST, slider=(0, 100))]


class Numbers(NamedTuple):
    """A number as it is, and as a whole one.

    Attributes:
        number: The number.
        integer: A whole number, for inputs that take nothing else.
    """

    number: float
    integer: int


class Relation(StrEnum):
    """How two numbers may stand to each other."""

    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    LESS = "less"
    AT_MOST = "at_most"
    MORE = "more"
    AT_LEAST = "at_least"


class Comparison(NamedTuple):
    """Whether something is so.

    Attributes:
        boolean: True or false.
        choice: 1 if it is true and 2 if not, as a Switch counts.
    """

    boolean: bool
    choice: int

    @classmethod
    def of(cls, holds: bool) -> Comparison:
        """Both, of whether it is so."""
        return cls(holds, 1 if holds else 2)


class Sides(NamedTuple):
    """The size of a batch.

    Attributes:
        width: In pixels.
        height: In pixels.
        batch_size: How many there are.
    """

    width: int
    height: int
    batch_size: int


@node("Integer", category="number", kind=NodeKind.LIGHT, output="integer")
def integer_value(value: AnyInteger = 0) -> int:
    """Write a whole number once, and link it to wherever it is needed.

    Args:
        value: The number.
    """
    return value


@node("Number", category="number", kind=NodeKind.LIGHT, output="number")
def number_value(value: AnyNumber = 0.0) -> float:
    """Write a number once, and link it to wherever it is needed.

    Args:
        value: The number.
    """
    return value


@node("Boolean", category="number", kind=NodeKind.LIGHT)
def boolean_value(value: bool = True) -> Comparison:
    """Write true or false once, and link it to wherever it is needed. `choice` is 1 or 2, as a Switch counts.

    Args:
        value: True or false.
    """
    return Comparison.of(value)


@node("Seed", category="number", kind=NodeKind.LIGHT, output="seed")
def seed_value(
    seed: Annotated[int, Seed()] = 0, offset: Annotated[int, Range(0, 10**6, slider=(0, 100))] = 0
) -> int:
    """Set one seed for several nodes.

    Args:
        seed: The seed; its mode says whether it stays, counts up or is drawn anew for each run.
        offset: Added to it: one node each with 0, 1, 2 … gives different seeds that change together.
    """
    return (seed + offset) % 2**64


@node("RandomNumber", category="number", kind=NodeKind.LIGHT)
def random_number(low: AnyNumber = 0.0, high: AnyNumber = 1.0, seed: Annotated[int, Seed()] = 0) -> Numbers:
    """Draw a number from a range; the seed chooses. `integer` is a whole one, both ends included.

    Args:
        low: The smallest number.
        high: The largest number.
        seed: Chooses: the same seed always gives the same number.
    """
    import math
    import random

    if low > high:
        raise NodeFailed(f"{low:g} is more than high, {high:g}", input="low", advice="Set low below high")
    chance = random.Random(seed).random()  # noqa: S311 - a choice, no secret
    first, last = math.ceil(low), math.floor(high)
    whole = first + int(chance * (last - first + 1)) if first <= last else round(low)
    return Numbers(low + chance * (high - low), whole)


@node("Calculate", category="number", kind=NodeKind.LIGHT)
def calculate(
    formula: str = "a * b",
    a: AnyNumber = 0.0,
    b: AnyNumber = 0.0,
    c: AnyNumber = 0.0,
    d: AnyNumber = 0.0,
) -> Numbers:
    """Calculate with numbers. `integer` is the result rounded to a whole number.

    Args:
        formula: What to calculate from a, b, c and d, with `+ - * / // % **`, brackets, and abs, ceil, floor,
            max, min, round and sqrt.
        a: A number.
        b: A number.
        c: A number.
        d: A number.
    """
    try:
        result = float(evaluate(formula, {"a": a, "b": b, "c": c, "d": d}))
    except ValueError as error:
        raise NodeFailed(str(error), input="formula") from None
    return Numbers(result, round(result))


@node("Compare", category="number", kind=NodeKind.LIGHT, revision=2)
def compare(
    a: AnyNumber = 0.0,
    relation: Relation = Relation.MORE,
    b: AnyNumber = 0.0,
    tolerance: Annotated[float, Range(0.0, LARGEST, step=0.01, slider=(0.0, 1.0))] = 0.0,
) -> Comparison:
    """Compare two numbers. `choice` is 1 if it is so and 2 if not: linked to a Switch, it decides what runs.

    Args:
        a: A number.
        relation: What is asked of a.
        b: The number to compare it with.
        tolerance: How much the two may differ and still be equal.
    """
    equal = abs(a - b) <= tolerance
    holds = {
        Relation.EQUAL: equal,
        Relation.NOT_EQUAL: not equal,
        Relation.LESS: a < b and not equal,
        Relation.AT_MOST: a < b or equal,
        Relation.MORE: a > b and not equal,
        Relation.AT_LEAST: a > b or equal,
    }[relation]
    return Comparison.of(holds)


@node("If", category="number", kind=NodeKind.LIGHT, output="value")
def if_(condition: bool, then: object, otherwise: object) -> object:
    """Pass one of two values on. Both are computed; a Switch computes only the one that is chosen.

    Args:
        condition: Which one: true takes `then`, false takes `otherwise`.
        then: The value if the condition is true.
        otherwise: The value if it is false.
    """
    return then if condition else otherwise


@node("ImageSize", category="number", kind=NodeKind.LIGHT)
def image_size(image: Image) -> Sides:
    """Tell the size of pictures in pixels, and how many there are.

    Args:
        image: The pictures.
    """
    return Sides(image.size[1], image.size[0], len(image))


@node("MaskSize", category="number", kind=NodeKind.LIGHT)
def mask_size(mask: Mask) -> Sides:
    """Tell the size of masks in pixels, and how many there are.

    Args:
        mask: The masks.
    """
    return Sides(mask.size[1], mask.size[0], len(mask))


@node("LatentSize", category="number", kind=NodeKind.LIGHT)
def latent_size(latent: Latent) -> Sides:
    """Tell the size in pixels of the pictures that latents decode to, and how many there are.

    Args:
        latent: The latents.
    """
    return Sides(latent.size[1], latent.size[0], len(latent))
