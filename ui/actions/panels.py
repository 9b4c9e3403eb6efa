"""What the view menu offers to browse: nodes, models and earlier runs."""

from __future__ import annotations

from functools import partial

from ui.actions.action import Action, Condition, Context
from ui.translations.marking import marked

_PANELS = (
    ("nodes", marked("Node library"), "Ctrl+Shift+L", "books", "nodes types documentation favourites"),
    ("models", marked("Models"), "Ctrl+Shift+E", "cube", "checkpoints loras vae embeddings trigger words"),
    (
        "runs",
        marked("History of runs"),
        "Ctrl+Shift+H",
        "clock-counter-clockwise",
        "past earlier compare restore",
    ),
)


def _toggle(name: str, context: Context) -> None:
    context.window.docks.toggle(name)


def _shown(name: str) -> Condition:
    return lambda context: context.window.docks.shows(name)


ACTIONS = tuple(
    Action(
        f"view.{name}",
        text,
        partial(_toggle, name),
        "view",
        (key,),
        icon,
        checked=_shown(name),
        words=f"{words} dock panel show hide browse",
    )
    for name, text, key, icon, words in _PANELS
)
