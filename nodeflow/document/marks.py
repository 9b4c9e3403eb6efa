"""What an editor keeps beside the graph, in the workflow's `extra`: wireless outputs, the panel, bookmarks.

Nothing here changes what is computed. A place reads `sampler.seed`, or `portrait/sampler.seed` inside the
subgraph *definition* `portrait`: what is inside is the same for all its uses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nodeflow.document.model import Workflow
from nodeflow.document.scope import with_fields

WIRELESS = "wireless"
PANEL = "panel"
BOOKMARKS = "bookmarks"

Place = tuple[str | None, str, str]
"""Definition (None: the workflow's own graph), node, and input or output."""

Move = Callable[[Place], Place | None]


def write_place(place: Place) -> str:
    """Write a place as it stands in `extra`."""
    definition, node, name = place
    return f"{node}.{name}" if definition is None else f"{definition}/{node}.{name}"


def read_place(text: str) -> Place | None:
    """Read a place; None if it is none."""
    path, dot, name = text.rpartition(".")
    definition, slash, node = path.rpartition("/")
    if not dot or not node or not name:
        return None
    return (definition if slash else None, node, name)


def mark(workflow: Workflow, key: str, kind: type) -> Any:
    """One entry of `extra`, empty if it is missing or not of that kind: other programs write there too."""
    value = workflow.extra.get(key)
    return value if isinstance(value, kind) else kind()


def with_mark(workflow: Workflow, key: str, value: Any) -> Workflow:
    """Return the workflow with one entry of `extra`, or without it if `value` is empty."""
    others = {name: content for name, content in workflow.extra.items() if name != key}
    if not value:
        changed: Workflow = with_fields(workflow, extra=others)
        return changed
    extra = {**workflow.extra, key: value}
    return workflow.model_copy(update={"extra": extra})


def move_marks(workflow: Workflow, move: Move) -> Workflow:
    """Return the workflow with each wireless output and panel entry where `move` says; None drops it."""
    wireless = mark(workflow, WIRELESS, dict)
    moved = {_moved(text, move): name for text, name in wireless.items()}
    moved.pop(None, None)
    if moved != wireless:
        workflow = with_mark(workflow, WIRELESS, moved)
    panel = mark(workflow, PANEL, list)
    entries = [_moved_entry(entry, move) for entry in panel]
    if entries != panel:
        workflow = with_mark(workflow, PANEL, [entry for entry in entries if entry is not None])
    return workflow


def _moved(text: Any, move: Move) -> str | None:
    place = read_place(text) if isinstance(text, str) else None
    if place is None:
        return text if isinstance(text, str) else None
    new = move(place)
    return None if new is None else write_place(new)


def _moved_entry(entry: Any, move: Move) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("input"), str):
        return entry
    place = _moved(entry["input"], move)
    return None if place is None else {**entry, "input": place}
