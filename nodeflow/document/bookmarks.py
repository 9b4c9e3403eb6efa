"""Bookmarks: named places on the canvas to come back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nodeflow.document.appearance import Position, tidy
from nodeflow.document.marks import BOOKMARKS, mark, with_mark
from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where the view was.

    Attributes:
        position: The middle of the view, in canvas units.
        zoom: 1 for full size.
        scope: The graph one was in.
    """

    position: Position
    zoom: float = 1.0
    scope: Scope = TOP


def bookmarks(workflow: Workflow) -> dict[str, Bookmark]:
    """All bookmarks whose graph is still there, in their order."""
    found = {name: _read(entry) for name, entry in mark(workflow, BOOKMARKS, dict).items()}
    return {name: item for name, item in found.items() if item and item.scope.exists(workflow)}


def set_bookmark(workflow: Workflow, name: str, bookmark: Bookmark) -> Workflow:
    """Keep a place under a name, over an older one of that name.

    Raises:
        EditRefused: If the name is empty.
    """
    if not name.strip():
        raise EditRefused("A bookmark needs a name.")
    entry: dict[str, Any] = {"position": list(tidy(bookmark.position)), "zoom": round(bookmark.zoom, 3)}
    if bookmark.scope.path:
        entry["scope"] = str(bookmark.scope)
    return with_mark(workflow, BOOKMARKS, {**mark(workflow, BOOKMARKS, dict), name: entry})


def remove_bookmark(workflow: Workflow, name: str) -> Workflow:
    """Forget a place."""
    kept = {key: entry for key, entry in mark(workflow, BOOKMARKS, dict).items() if key != name}
    return with_mark(workflow, BOOKMARKS, kept)


def _read(entry: Any) -> Bookmark | None:
    """A bookmark; None if what is written is none."""
    try:
        x, y = entry["position"]
        return Bookmark(
            (float(x), float(y)), float(entry.get("zoom", 1)), Scope.parse(entry.get("scope", ""))
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
