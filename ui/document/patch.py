"""From one workflow to another by what differs: what undo keeps, so that a long session stays small.

Unlike `delta`, this keeps the parts themselves, which the canvas recognises again after an undo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

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


def same(before: BaseModel, after: BaseModel) -> bool:
    """Whether nothing differs, not even the order of entries: a subgraph's inputs can change places."""
    if before is after:
        return True
    fields = type(after).model_fields
    return before == after and all(same_value(getattr(before, n), getattr(after, n)) for n in fields)


def same_value(old: Any, new: Any) -> bool:
    """Whether two values of the same field are alike, mappings also in their order."""
    if old is new:
        return True
    if isinstance(new, BaseModel):
        return isinstance(old, BaseModel) and same(old, new)
    if isinstance(new, dict) and isinstance(old, dict):
        return list(old) == list(new) and all(same_value(old[key], item) for key, item in new.items())
    return bool(old == new)


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
