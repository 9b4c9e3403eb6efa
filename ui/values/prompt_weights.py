"""Raising and lowering the weight of what the cursor is in: `cat` → `(cat:1.05)` → `cat`.

In compel's syntax, the weight stands behind: `(cat)1.05`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from nodeflow.prompts import Group, Syntax, parse

STEP = 0.05
LARGE_STEP = 0.1
HIGHEST = 10.0
_WORD = re.compile(r"embedding:[\w./-]*\w|[\w][\w'\u2019-]*")


class Replacement(NamedTuple):
    """What to write instead of the text from `start` up to `end`, and what to select afterwards."""

    start: int
    end: int
    text: str
    anchor: int
    position: int


def shifted(
    text: str, anchor: int, position: int, step: float, syntax: Syntax = Syntax.A1111
) -> Replacement | None:
    """Change the weight of the selection, or of the bracket or word that the cursor is in.

    Args:
        text: The prompt.
        anchor: Where the selection begins.
        position: Where the cursor is.
        step: By how much.
        syntax: How the prompt is read.

    Returns:
        None if there is nothing to weigh.
    """
    start, end = sorted((anchor, position))
    cursor = position if start == end else None
    group = _group_at(text, start, end, syntax)
    written = partial(_written, behind=syntax is Syntax.COMPEL)
    if group is not None:
        inner = text[group.inner_start : group.inner_end]
        weight = group.weight or 0.0
        lowest = -HIGHEST if weight < 0 else 0.0  # below 0 only where somebody wrote it so
        return written(group.start, group.end, inner, max(weight + step, lowest), cursor)
    if start == end:
        found = next((m for m in _WORD.finditer(text) if m.start() <= start <= m.end()), None)
        if found is None:
            return None
        return written(found.start(), found.end(), found.group(), 1 + step, cursor)
    inner = text[start:end].strip()
    if not inner:
        return None
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return written(start, start + len(inner), inner, 1 + step, None)


def _group_at(text: str, start: int, end: int, syntax: Syntax) -> Group | None:
    """The innermost round bracket around a cursor; of a selection, the one that it fills."""
    around = [g for g in parse(text, syntax).groups if not g.square and g.start <= start and end <= g.end]
    if start != end:
        chosen = text[start:end].strip()
        around = [g for g in around if chosen in (text[g.start : g.end], text[g.inner_start : g.inner_end])]
    return min(around, key=lambda group: group.end - group.start, default=None)


def _written(
    start: int, end: int, inner: str, weight: float, cursor: int | None, *, behind: bool
) -> Replacement:
    """Write a weight; the cursor stays in its word, a selection goes over all of it."""
    weight = round(min(weight, HIGHEST), 2)
    plain = abs(weight - 1) < 0.005
    number = f"{weight:g}"
    if behind:  # with a point of its own, so that none that follows becomes a part of it
        number = number if "." in number else f"{number}.0"
    new = inner if plain else f"({inner}){number}" if behind else f"({inner}:{number})"
    if cursor is None:
        return Replacement(start, end, new, start, start + len(new))
    shift = min(max(cursor - start, 0), len(new))
    return Replacement(start, end, new, start + shift, start + shift)
