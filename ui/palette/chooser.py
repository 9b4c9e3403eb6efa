"""A palette of names to choose one from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from nodeflow.files.names import close_matches
from ui.palette.palette import Palette
from ui.theme import Theme
from ui.widgets.choices import Row


class Chooser(Palette):
    """Lists names; those like a given one come first.

    Args:
        theme: The theme to begin with.
        parent: Its window.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._names: list[str] = []
        self._done: Callable[[str], object] = str

    def open(
        self, names: Sequence[str], like: str, hint: str, done: Callable[[str], object], where: QPoint
    ) -> None:
        """Offer names.

        Args:
            names: What there is.
            like: The name that is sought after.
            hint: What is to be chosen.
            done: Takes the choice.
            where: On the screen.
        """
        near = close_matches(like, names)
        self._names = [*near, *(name for name in names if name not in near)]
        self._done = done
        self.open_at(where, hint)

    def found(self, text: str) -> Sequence[Row]:
        """The names that hold all words."""
        words = text.lower().split()
        names = [name for name in self._names if all(word in name.lower() for word in words)]
        return [Row(name, partial(self._done, name), sign="file") for name in names]
