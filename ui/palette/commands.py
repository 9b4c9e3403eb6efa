"""The command palette: every action of the program, found by typing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from ui.actions.action import Action, Context, translated
from ui.actions.catalogue import MENUS
from ui.palette.palette import Palette
from ui.widgets.choices import Row

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

WORST = 55.0
"""Below this, out of 100, an action has nothing to do with the text."""


class CommandPalette(Palette):
    """Lists actions; those that make no sense now cannot be chosen, and come last unless just that was typed.

    Args:
        window: Whose actions.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.desk.theme.theme, window)
        self._window, self._context = window, Context(window)
        self._titles = {menu.id: translated(menu.text).replace("&", "") for menu in MENUS}
        self._all: tuple[Action, ...] = ()

    def open(self) -> None:
        """Open near the top of the window."""
        self._all = tuple(self._window.board.offered())
        x = (self._window.width() - self.width()) // 2
        self.open_at(self._window.mapToGlobal(QPoint(x, 64)), self.tr("Type a command"))

    def found(self, text: str) -> Sequence[Row]:
        """The actions that match, the best first."""
        scored = [(self._score(action, text.lower()), action) for action in self._all]
        kept = [(score, self._row(action)) for score, action in scored if score >= WORST]
        kept.sort(key=lambda found: (found[1].title.lower() != text.lower(), not found[1].enabled, -found[0]))
        return [row for _, row in kept]

    def _score(self, action: Action, text: str) -> float:
        if not text:
            return 100.0
        from rapidfuzz import fuzz

        title = self._title(action).lower()
        if text in title:
            return 100.0 + 10.0 * title.startswith(text) - 0.01 * len(title)
        words = f"{title} {action.words} {self._titles.get(action.menu, '')}".lower()
        if all(any(part.startswith(word) for part in words.split()) for word in text.split()):
            return 95.0
        return fuzz.partial_ratio(text, title) * 0.8 if len(text) > 2 else 0.0

    def _title(self, action: Action) -> str:
        text = action.label(self._context) if action.label else translated(action.text)
        return text.removesuffix("…")

    def _row(self, action: Action) -> Row:
        on = action.checked is not None and action.checked(self._context)
        menu = self._titles.get(action.menu, "")
        return Row(
            title=self._title(action),
            choose=partial(self._window.board.run, action),
            detail=self._window.board.key_text(action) or menu,
            summary=f"{menu}" + (self.tr("  ·  on") if on else ""),
            sign=(action.icon or "caret-right").split()[0],
            enabled=action.enabled(self._context),
        )
