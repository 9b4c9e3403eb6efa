"""The editor's heart, without Qt: the open document with undo and journal, edits, layout, search.

Names are imported when they are first used: the window is painted before any of them is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodeflow.document.scope import TOP, EditRefused, Scope
    from ui.document.document import Document
    from ui.document.history import Change
    from ui.document.validity import Verdict, can_connect

__all__ = ["TOP", "Change", "Document", "EditRefused", "Scope", "Verdict", "can_connect"]

_HOMES = {
    "TOP": "nodeflow.document.scope",
    "Change": "ui.document.history",
    "Document": "ui.document.document",
    "EditRefused": "nodeflow.document.scope",
    "Scope": "nodeflow.document.scope",
    "Verdict": "ui.document.validity",
    "can_connect": "ui.document.validity",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ui.document' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
