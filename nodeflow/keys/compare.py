"""What differs between two recipes: a hash cannot tell, a recipe can."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from nodeflow.errors import one_line
from nodeflow.keys.keyer import Recipe

_LONGEST = 40
_BEFORE = 12


class Difference(NamedTuple):
    """One member that differs.

    Attributes:
        kind: `revision`, `settings` or `inputs`.
        name: Of the setting or input.
        old: Its value then; None if there was none.
        new: Its value now; None if there is none.
    """

    kind: str
    name: str
    old: Any
    new: Any


def differences(old: Recipe, new: Recipe) -> Iterator[Difference]:
    """What differs between the recipes of two results of one node type."""
    if old.get("revision") != new.get("revision"):
        yield Difference("revision", "revision", old.get("revision"), new.get("revision"))
    for kind in ("settings", "inputs"):
        before: Mapping[str, Any] = old.get(kind) or {}
        after: Mapping[str, Any] = new.get(kind) or {}
        for name in dict.fromkeys((*before, *after)):
            # As keys are made: they tell 1 from 1.0 and true, but no choice from its name.
            if _text(before.get(name)) != _text(after.get(name)):
                yield Difference(kind, name, before.get(name), after.get(name))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def change(old: Any, new: Any) -> str:
    """Two values as a person compares them: `7 → 8`; of long texts, the part that differs."""
    if _prompt(old) != _prompt(new):
        old, new = _prompt(old), _prompt(new)
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > _LONGEST:
        same = next(
            (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
        )
        start = max(same - _BEFORE, 0)
        return f"{_shown(old, start)} → {_shown(new, start)}"
    return f"{_shown(old)} → {_shown(new)}"


def _prompt(value: Any) -> Any:
    """The text of a prompt; any other value as it is."""
    return value["prompt"] if isinstance(value, dict) and "prompt" in value else value


def _shown(value: Any, start: int = 0) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case str():
            cut = value[start : start + _LONGEST]
            head, tail = "…" if start else "", "…" if start + _LONGEST < len(value) else ""
            return f"'{head}{one_line(cut)}{tail}'"
    return one_line(value, _LONGEST)
