"""What the menus offer for pictures."""

from __future__ import annotations

from ui.actions.action import Action, Context

PANEL = "gallery"


def _toggle(context: Context) -> None:
    context.window.docks.toggle(PANEL)


def _shown(context: Context) -> bool:
    return context.window.docks.shows(PANEL)


def _disk(context: Context) -> None:
    context.window.pictures.show_disk_use()


ACTIONS = (
    Action(
        "view.gallery",
        "Gallery",
        _toggle,
        "view",
        ("Ctrl+P",),
        "image-square",
        checked=_shown,
        words="pictures results thumbnails dock panel show hide",
    ),
    Action(
        "view.disk",
        "Disk use…",
        _disk,
        "view",
        icon="hard-drives",
        words="clean up cache clear space size trash",
    ),
)
