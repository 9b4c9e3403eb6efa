"""What a context menu can hold."""

from __future__ import annotations

from dataclasses import dataclass

from ui.actions.action import Action


@dataclass(frozen=True)
class Known:
    """An action of the window's list; left out where it makes no sense.

    Attributes:
        id: Its name.
        apart: Whether a line parts it from what is above.
    """

    id: str
    apart: bool = False


@dataclass(frozen=True)
class Inner:
    """A menu inside the menu.

    Attributes:
        text: What it is called.
        entries: What it holds.
        apart: Whether a line parts it from what is above.
    """

    text: str
    entries: tuple[Entry, ...]
    apart: bool = False


Entry = Action | Known | Inner
