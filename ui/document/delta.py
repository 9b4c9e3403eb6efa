"""The difference between two workflows as a small JSON value: only the entries that changed.

Works on the file's own form, so that whoever reads a journal needs nothing but JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nodeflow.document.model import GraphBody, Subgraph, Workflow
from ui.document.patch import same_value

JSON = dict[str, Any]

_PARTS = {"nodes", "layout", "subgraphs", "models"}
"""Entries of which are written one by one; the rest is small."""


def whole(workflow: Workflow) -> JSON:
    """The workflow as it stands in its file."""
    document: JSON = _plain(workflow)
    return document


def difference(before: Workflow, after: Workflow) -> JSON:
    """What makes `after` of `before`: keys set, keys gone, and for large parts their entries."""
    return _body_difference(before, after)


def _body_difference(before: GraphBody, after: GraphBody) -> JSON:
    result: JSON = {}
    for name in type(after).model_fields:
        if name not in after.model_fields_set:
            if name in before.model_fields_set:
                result.setdefault("gone", []).append(_key(name))
            continue
        old, new = getattr(before, name), getattr(after, name)
        unset = name not in before.model_fields_set
        if unset or not same_value(old, new):
            if name in _PARTS and not unset:
                result.setdefault("parts", {})[name] = _entries(old, new)
            else:
                result.setdefault("set", {})[_key(name)] = _plain(after, name)
    return result


def _entries(old: Mapping[str, Any], new: Mapping[str, Any]) -> JSON:
    result: JSON = {}
    changed = {name: item for name, item in new.items() if old.get(name) is not item}
    inside = {
        name: _body_difference(old[name], item)
        for name, item in changed.items()
        if isinstance(item, Subgraph) and name in old
    }
    put = {name: _plain(item) for name, item in changed.items() if name not in inside}
    gone = [name for name in old if name not in new]
    if put:
        result["put"] = put
    if inside:
        result["inside"] = inside
    if gone:
        result["gone"] = gone
    if [*(name for name in old if name in new), *(name for name in new if name not in old)] != list(new):
        result["order"] = list(new)
    return result


def apply_difference(document: JSON, delta: JSON) -> JSON:
    """Make the next state of a document in its file's form.

    Raises:
        KeyError: If the difference does not belong to this document.
    """
    result = {key: value for key, value in document.items() if key not in delta.get("gone", ())}
    result.update(delta.get("set", {}))
    for name, entries in delta.get("parts", {}).items():
        items = {key: item for key, item in result[name].items() if key not in entries.get("gone", ())}
        items.update(entries.get("put", {}))
        for key, inner in entries.get("inside", {}).items():
            items[key] = apply_difference(items[key], inner)
        result[name] = {key: items[key] for key in entries["order"]} if "order" in entries else items
    return result


def _plain(part: Any, field: str | None = None) -> Any:
    """A part of a document in its file's form; with `field`, one of its fields."""
    include = None if field is None else {field}
    plain = part.model_dump(mode="json", by_alias=True, exclude_unset=True, include=include)
    return plain if field is None else plain[_key(field)]


def _key(field: str) -> str:
    return "$schema" if field == "schema_" else field
