"""What all items of one scene share: paints, text caches, the level of detail, and whether things move."""

from __future__ import annotations

from ui.canvas.brush import Brush
from ui.canvas.detail import Detail
from ui.canvas.overview import Overview
from ui.canvas.paints import paints_for
from ui.theme.theme import Theme


class Stage:
    """The state that painting depends on, besides each item's own.

    Attributes:
        brush: Draws the items.
        detail: The level of detail of the view.
        overview: The batches for drawing everything from afar.
    """

    def __init__(self, theme: Theme) -> None:
        self.detail = Detail.FULL
        self.overview = Overview()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme from now on."""
        self.theme = theme
        self.brush = Brush(paints_for(theme))
