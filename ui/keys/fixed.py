"""Keys of the canvas that always mean the same, and so are no keys for commands."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ui.translations.marking import marked

_USES = {
    "Esc": marked("it leaves what was begun"),
    "Return": marked("it goes into a node"),
    "Enter": marked("it goes into a node"),
    "Space": marked("it is held to move the view"),
    "C": marked("it takes a wire in hand"),
    **dict.fromkeys(("Left", "Right", "Up", "Down"), marked("it walks from node to node")),
    **dict.fromkeys((f"Shift+{key}" for key in ("Left", "Right", "Up", "Down")), marked("it moves nodes")),
    **dict.fromkeys(map(str, range(1, 10)), marked("it goes to a bookmark")),
    **dict.fromkeys((f"Ctrl+{number}" for number in range(1, 10)), marked("it keeps a bookmark")),
}


def fixed_use(key: str) -> str:
    """What a key is always for; empty if it is free.

    Args:
        key: In Qt's portable writing.
    """
    use = _USES.get(key, "")
    return QCoreApplication.translate("Keys", use) if use else ""
