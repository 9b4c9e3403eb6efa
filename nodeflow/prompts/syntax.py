"""What can be in a prompt: the values that reading one gives. How they are found is in `parse`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from nodeflow.values.moment import Moment

EMBEDDING = re.compile(r"(?<![\w-])embedding:([\w./-]*\w)")
"""A textual inversion by the name of its file."""

BRACKET_WEIGHT = 1.1
"""What plain round brackets multiply by; in A1111's syntax, square ones divide by it."""

HIGHEST_WEIGHT = 100.0
"""Weights beyond this, and below its negative, are taken as this: pictures are long gone there."""
TOO_HIGH = f"weights stay within ±{HIGHEST_WEIGHT:g}, and this one is cut to that"


def limited(weight: float) -> float:
    """A weight within `HIGHEST_WEIGHT` and its negative."""
    return min(max(weight, -HIGHEST_WEIGHT), HIGHEST_WEIGHT)


class Syntax(StrEnum):
    """Whose marks a prompt is written with."""

    A1111 = "a1111"
    """Nested weights multiply, `[…]` weakens, `BREAK` begins a new chunk, `\\` escapes any bracket."""
    COMFYUI = "comfyui"
    """A written weight replaces those around it; `[…]` and `BREAK` are words, `\\` escapes round brackets."""
    COMPEL = "compel"
    """Weights stand behind what they weigh, `cat++`, `(red hat)1.3`; `.and()` and `.blend()` join prompts."""


class Mark(StrEnum):
    """What a piece of a prompt is."""

    BRACKET = "bracket"
    WEIGHT = "weight"
    BREAK = "break"
    EMBEDDING = "embedding"
    ESCAPE = "escape"
    STRONGER = "stronger"
    WEAKER = "weaker"
    CHANGE = "change"
    UNBALANCED = "unbalanced"


@dataclass(frozen=True)
class Span:
    """A piece of a prompt, from `start` up to `end`."""

    start: int
    end: int
    mark: Mark


@dataclass(frozen=True)
class Group:
    """Something in brackets.

    Attributes:
        start: Where its opening bracket is.
        end: Behind its closing bracket; the end of the text if there is none.
        inner_end: Where what is weighted ends.
        weight: What it is multiplied by, or what it is set to; None in brackets that mean something else.
        explicit: Whether the weight is written out.
        square: Whether the brackets are square.
        bare: Whether it has none: in compel's syntax, a word may be weighted as it stands.
    """

    start: int
    end: int
    inner_end: int
    weight: float | None
    explicit: bool
    square: bool
    bare: bool = False

    @property
    def inner_start(self) -> int:
        """Where what is weighted begins."""
        return self.start if self.bare else self.start + 1


@dataclass(frozen=True)
class Change:
    """Words that change during a run: `[a:b:0.4]`, `[b:0.4]`, `[a::0.4]` or `[a|b]`.

    Attributes:
        start: Where its opening bracket is.
        end: Behind its closing bracket.
        options: Where the texts begin and end of which one counts at a time, in their order.
        when: When the second takes the place of the first: behind a fraction of the run, or a number of steps
            if it is a whole number; None: they take turns from step to step.
    """

    start: int
    end: int
    options: tuple[tuple[int, int], ...]
    when: float | int | None


@dataclass(frozen=True)
class Variation:
    """What a prompt is at some of a run's steps.

    Attributes:
        text: The prompt then, without the marks of changes.
        moments: When; each step of a run is in one moment of one variation.
    """

    text: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Piece:
    """Words of one weight, without marks."""

    text: str
    weight: float


Text = tuple[Piece, ...]
"""Words that act on each other; neighbours differ in weight, or are words apart."""
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Part(Generic[T]):
    """What is encoded on its own and stands beside the other parts: one text, or a mixture of several.

    Attributes:
        texts: What is mixed; the shorter are filled up with empty chunks.
        shares: What each text's states are multiplied by before they are added up.
        weight: What all of the part weighs, its padding included.
        beside: Texts that are not read, and as long as which the part is at least.
    """

    texts: tuple[T, ...]
    shares: tuple[float, ...] = (1.0,)
    weight: float = 1.0
    beside: tuple[T, ...] = ()

    def with_each(self, change: Callable[[T], U]) -> Part[U]:
        """The same of other texts."""
        return Part(tuple(map(change, self.texts)), self.shares, self.weight, tuple(map(change, self.beside)))


@dataclass(frozen=True)
class Note:
    """Something in a prompt that does not act as its writer may think.

    Attributes:
        start: Where it is.
        message: What became of it, in plain words.
    """

    start: int
    message: str


@dataclass(frozen=True)
class Parsed:
    """What is in a prompt.

    Attributes:
        spans: Its marks, for showing them.
        groups: What is in brackets, in the order in which they close.
        parts: Its words with their weights, cut at every `BREAK`; at least one part. Of words that change
            during a run, those of the first step.
        notes: What was ignored, or read otherwise than it looks.
        variations: The texts that it becomes over a run; itself alone where nothing changes.
        pooled: What the pooled projection is made from; None: the first chunk.
    """

    spans: tuple[Span, ...]
    groups: tuple[Group, ...]
    parts: tuple[Part[Text], ...]
    notes: tuple[Note, ...]
    variations: tuple[Variation, ...]
    pooled: Text | None = None

    @property
    def texts(self) -> tuple[Text, ...]:
        """The texts of all parts, one after the other."""
        return tuple(text for part in self.parts for text in part.texts)
