"""What all items of one scene share: paints, text caches, the level of detail, and whether things move."""

from __future__ import annotations

from ui.canvas.brush import Brush
from ui.canvas.detail import Detail
from ui.canvas.overview import Overview
from ui.canvas.paints import paints_for
from ui.theme.theme import Theme

RISE = 1e-6
"""How much higher each item lies than the one made before it; between two layers there is 1."""


class Stage:
    """The state that painting depends on, besides each item's own.

    Attributes:
        brush: Draws the items.
        detail: The level of detail of the view.
        overview: The batches for drawing everything from afar.
        lifted: Whether items are dragged over the scene, which is drawn without them meanwhile.
    """

    def __init__(self, theme: Theme) -> None:
        self.detail = Detail.FULL
        self.overview = Overview()
        self.lifted = False
        self._made = 0
        self.set_theme(theme)

    def rise(self) -> float:
        """How high the next item lies in its layer; also after it has left the scene for a while."""
        self._made += 1
        return self._made * RISE

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme from now on."""
        self.theme = theme
        self.brush = Brush(paints_for(theme))
