"""Panels beside the canvas: inspector, app panel, outline, problems, bookmarks.

Each is imported when it is first asked for: the small widgets here serve others, too.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ui.panels.app.app_panel import AppPanel
    from ui.panels.bookmarks import Bookmarks
    from ui.panels.inspector.inspector import Inspector
    from ui.panels.outline.outline import Outline
    from ui.panels.problems import Problems

__all__ = ["AppPanel", "Bookmarks", "Inspector", "Outline", "Problems"]

_MODULES = {
    "AppPanel": "app.app_panel",
    "Bookmarks": "bookmarks",
    "Inspector": "inspector.inspector",
    "Outline": "outline.outline",
    "Problems": "problems",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
