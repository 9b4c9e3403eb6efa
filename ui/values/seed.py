"""A seed: its number, what happens to it before each run, and a dice."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from nodeflow.document.model import SeedMode
from nodeflow.node.spec import InputSpec
from ui.canvas.paint_fields import SEED_ICONS
from ui.theme.icons import icon
from ui.theme.theme import theme_of
from ui.values.number import NumberEditor
from ui.widgets.parts import IconButton, titled

if TYPE_CHECKING:
    from ui.desk import Desk


class SeedEditor(NumberEditor):
    """Edits a seed and its mode.

    Attributes:
        mode: Offers the modes.
        dice: Draws a new seed.
    """

    seed_mode_changed = Signal(object)

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self._mode = SeedMode.FIXED
        self.mode = IconButton(SEED_ICONS[self._mode], "", self._offer_modes)
        self.mode.setPopupMode(QToolButton.ToolButtonPopupMode.DelayedPopup)
        self.dice = IconButton("dice-five", self.tr("Draw a new seed"), self._draw)
        self._row.insertWidget(1, self.dice)
        self._row.insertWidget(2, self.mode)
        self.set_seed_mode(self._mode)

    @property
    def seed_mode(self) -> SeedMode:
        """What happens to the seed before each run."""
        return self._mode

    def set_seed_mode(self, mode: SeedMode) -> None:
        """Show a mode. Nobody is told."""
        self._mode = mode
        self.mode.show_icon(SEED_ICONS[mode], "text_muted" if mode is SeedMode.FIXED else "accent")
        self.mode.setToolTip(self._words(mode))
        self.mode.setAccessibleName(self._words(mode))

    def _words(self, mode: SeedMode) -> str:
        return {
            SeedMode.FIXED: self.tr("Keep this seed"),
            SeedMode.INCREMENT: self.tr("Count up with every run"),
            SeedMode.RANDOMIZE: self.tr("Draw a new seed for every run"),
        }[mode]

    def _offer_modes(self) -> None:
        menu, colors = QMenu(self), theme_of(self).colors
        for mode in SeedMode:
            chosen = mode is self._mode
            tone = colors.accent if chosen else colors.text_muted
            action = menu.addAction(icon(SEED_ICONS[mode], tone), self._words(mode))
            action.setFont(titled(menu.font()) if chosen else menu.font())
            action.triggered.connect(lambda _checked=False, m=mode: self._choose(m))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mode.mapToGlobal(self.mode.rect().bottomLeft()))

    def _choose(self, mode: SeedMode) -> None:
        if mode is not self._mode:
            self.set_seed_mode(mode)
            self.seed_mode_changed.emit(mode)

    def _draw(self) -> None:
        self._tell(random.SystemRandom().getrandbits(32))  # short enough to read and retype
