r"""What the marks in a prompt mean: weights `(cat:1.5)`, `[…]`, `BREAK`, embeddings, escapes as `\(`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

ROUND_WEIGHT = 1.1
"""What plain round brackets multiply by; square ones divide by it."""

_MARKS = re.compile(
    r"\\[()\[\]\\]|(?<![\w-])embedding:[\w./-]*[\w]|(?<![\w-])BREAK(?![\w-])|[()\[\]|]", re.ASCII
)
_WEIGHT = re.compile(r":\s*(\d+\.?\d*|\.\d+)\s*$")
_CLOSES = {")": "(", "]": "["}


class Mark(StrEnum):
    """What a piece of a prompt is."""

    BRACKET = "bracket"
    WEIGHT = "weight"
    BREAK = "break"
    EMBEDDING = "embedding"
    ESCAPE = "escape"
    STRONGER = "stronger"
    WEAKER = "weaker"
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
        end: Behind its closing bracket.
        inner_end: Where what is weighted ends.
        weight: What it is multiplied by; None in square brackets that mean something else.
        explicit: Whether the weight is written out.
        square: Whether the brackets are square.
    """

    start: int
    end: int
    inner_end: int
    weight: float | None
    explicit: bool
    square: bool


@dataclass(frozen=True)
class Parsed:
    """What is in a prompt."""

    spans: tuple[Span, ...]
    groups: tuple[Group, ...]


def parse(text: str) -> Parsed:
    """Find all marks of a prompt. Any text will do."""
    spans: list[Span] = []
    groups: list[Group] = []
    pending: list[tuple[str, int]] = []
    for found in _MARKS.finditer(text):
        piece, at = found.group(), found.start()
        if piece in "([":
            pending.append((piece, at))
        elif piece in _CLOSES:
            if pending and pending[-1][0] == _CLOSES[piece]:
                groups.append(_group(text, pending.pop()[1], at))
            else:
                spans.append(Span(at, at + 1, Mark.UNBALANCED))
        elif piece == "|":
            if pending and pending[-1][0] == "[":
                spans.append(Span(at, at + 1, Mark.BRACKET))
        elif piece.startswith("\\"):
            spans.append(Span(at, found.end(), Mark.ESCAPE))
        else:
            mark = Mark.BREAK if piece == "BREAK" else Mark.EMBEDDING
            spans.append(Span(at, found.end(), mark))
    spans += [Span(at, at + 1, Mark.UNBALANCED) for _, at in pending]
    for group in groups:
        spans += _spans(group)
    return Parsed(tuple(spans), tuple(groups))


def _group(text: str, start: int, close: int) -> Group:
    square = text[start] == "["
    inside = text[start + 1 : close]
    found = _WEIGHT.search(inside)
    if square:
        plain = found is None and "|" not in inside and ":" not in inside
        return Group(start, close + 1, close, 1 / ROUND_WEIGHT if plain else None, False, True)
    if found is None:
        return Group(start, close + 1, close, ROUND_WEIGHT, False, False)
    return Group(start, close + 1, start + 1 + found.start(), float(found.group(1)), True, False)


def _spans(group: Group) -> list[Span]:
    spans = [Span(group.start, group.start + 1, Mark.BRACKET), Span(group.end - 1, group.end, Mark.BRACKET)]
    if group.explicit:
        spans.append(Span(group.inner_end, group.end - 1, Mark.WEIGHT))
    if group.weight not in (None, 1) and group.inner_end > group.start + 1:
        mark = Mark.STRONGER if (group.weight or 0) > 1 else Mark.WEAKER
        spans.append(Span(group.start + 1, group.inner_end, mark))
    return spans


def plain_pieces(text: str) -> list[str]:
    """The words without the marks, cut at `BREAK`: what is encoded, and counted."""
    taken = bytearray(len(text))
    cuts: list[tuple[int, int]] = []
    for span in parse(text).spans:
        if span.mark in (Mark.BRACKET, Mark.WEIGHT):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
        elif span.mark is Mark.ESCAPE:
            taken[span.start] = 1
        elif span.mark is Mark.BREAK:
            cuts.append((span.start, span.end))
    pieces, start = [], 0
    for begin, end in [*sorted(cuts), (len(text), len(text))]:
        pieces.append("".join(text[at] for at in range(start, begin) if not taken[at]))
        start = end
    return pieces
