"""Raising and lowering the weight of what the cursor is in: `cat` → `(cat:1.05)` → `cat`."""

from __future__ import annotations

import re
from typing import NamedTuple

from nodeflow.prompts import Group, parse

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


def shifted(text: str, anchor: int, position: int, step: float) -> Replacement | None:
    """Change the weight of the selection, or of the bracket or word that the cursor is in.

    Args:
        text: The prompt.
        anchor: Where the selection begins.
        position: Where the cursor is.
        step: By how much.

    Returns:
        None if there is nothing to weigh.
    """
    start, end = sorted((anchor, position))
    cursor = position if start == end else None
    group = _group_at(text, start, end)
    if group is not None:
        inner = text[group.start + 1 : group.inner_end]
        weight = group.weight or 0.0
        lowest = -HIGHEST if weight < 0 else 0.0  # below 0 only where somebody wrote it so
        return _written(group.start, group.end, inner, max(weight + step, lowest), cursor)
    if start == end:
        found = next((m for m in _WORD.finditer(text) if m.start() <= start <= m.end()), None)
        if found is None:
            return None
        return _written(found.start(), found.end(), found.group(), 1 + step, cursor)
    inner = text[start:end].strip()
    if not inner:
        return None
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return _written(start, start + len(inner), inner, 1 + step, None)


def _group_at(text: str, start: int, end: int) -> Group | None:
    """The innermost round bracket around a cursor; of a selection, the one that it fills."""
    around = [g for g in parse(text).groups if not g.square and g.start <= start and end <= g.end]
    if start != end:
        chosen = text[start:end].strip()
        around = [g for g in around if chosen in (text[g.start : g.end], text[g.start + 1 : g.inner_end])]
    return min(around, key=lambda group: group.end - group.start, default=None)


def _written(start: int, end: int, inner: str, weight: float, cursor: int | None) -> Replacement:
    """Write a weight; the cursor stays in its word, a selection goes over all of it."""
    weight = round(min(weight, HIGHEST), 2)
    plain = abs(weight - 1) < 0.005
    new = inner if plain else f"({inner}:{weight:g})"
    if cursor is None:
        return Replacement(start, end, new, start, start + len(new))
    shift = min(max(cursor - start, 0), len(new))
    return Replacement(start, end, new, start + shift, start + shift)
