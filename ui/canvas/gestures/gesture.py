"""What every gesture has in common."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from ui.canvas.view import CanvasView

Modifiers = Qt.KeyboardModifier


class Gesture:
    """Follows the mouse while a button is held. Positions are in scene coordinates.

    Attributes:
        view: Where it takes place.
        origin: Where the button went down.
    """

    auto_pan = True
    """Whether the view moves along when the pointer nears its edge."""
    edits = False
    """Whether it changes the document while it goes on; any other ends when the document changes."""

    def __init__(self, view: CanvasView, origin: QPointF) -> None:
        self.view = view
        self.origin = origin

    def move(self, point: QPointF, keys: Modifiers) -> None:
        """The pointer has moved."""

    def finish(self, point: QPointF, keys: Modifiers) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """Escape was pressed: leave everything as it was."""
