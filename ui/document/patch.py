"""From one workflow to another by what differs: what undo keeps, so that a long session stays small.

Unlike `delta`, this keeps the parts themselves, which the canvas recognises again after an undo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nodeflow.document.model import Workflow


@dataclass(frozen=True, slots=True)
class _Entries:
    """Changed entries of a mapping, and the order of all of them where that differs."""

    put: dict[str, Any]
    gone: frozenset[str]
    order: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Patch:
    """What makes one workflow of another.

    Attributes:
        fields: Fields that differ: their value, or for mappings the entries.
        written: Names of all fields that the file mentions.
    """

    fields: dict[str, Any]
    written: frozenset[str]


def patch(before: Workflow, after: Workflow) -> Patch:
    """What makes `after` of `before`."""
    fields: dict[str, Any] = {}
    for name in type(after).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old is not new:
            fields[name] = _entries(old, new) if isinstance(old, dict) and isinstance(new, dict) else new
    return Patch(fields, frozenset(after.model_fields_set))


def patched(before: Workflow, change: Patch) -> Workflow:
    """Make the other workflow; parts that do not differ are shared."""
    values = {
        name: _changed(getattr(before, name), value) if isinstance(value, _Entries) else value
        for name, value in change.fields.items()
    }
    after = before.model_copy(update=values)
    after.model_fields_set.clear()
    after.model_fields_set.update(change.written)
    return after


def _entries(old: dict[str, Any], new: dict[str, Any]) -> _Entries:
    put = {name: value for name, value in new.items() if name not in old or old[name] is not value}
    gone = frozenset(old.keys() - new.keys())
    kept = [*(name for name in old if name in new), *(name for name in new if name not in old)]
    return _Entries(put, gone, None if kept == list(new) else tuple(new))


def _changed(old: dict[str, Any], entries: _Entries) -> dict[str, Any]:
    result = {name: value for name, value in old.items() if name not in entries.gone}
    result.update(entries.put)
    return {name: result[name] for name in entries.order} if entries.order else result
