"""A list with a search line that pops up to pick one of many names."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint

from ui.values.chooser import Chooser, pop_up


def choose(choices: list[str], current: str, where: QPoint, done: Callable[[str], object]) -> Chooser:
    """Let somebody pick.

    Args:
        choices: What there is.
        current: What is chosen now.
        where: A place on the screen.
        done: Takes what was picked; not called if nothing was.
    """
    return pop_up(choices, current, where, done)
