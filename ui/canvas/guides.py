"""Alignment guides: where what is dragged comes into line with other nodes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF

REACH = 6.0
"""Pixels within which what is dragged jumps into line."""
BEYOND = 12.0
"""A guide sticks out of what it connects by this much."""


class Guides:
    """Edges of the nodes that stay, to which others can be brought into line.

    Args:
        boxes: The nodes that stay.
    """

    def __init__(self, boxes: Sequence[QRectF]) -> None:
        self._across = [(x, box) for box in boxes for x in (box.left(), box.right())]
        self._down = [(y, box) for box in boxes for y in (box.top(), box.bottom())]

    def fit(self, box: QRectF, zoom: float) -> tuple[QPointF, list[QLineF]]:
        """How far a box is to be moved to come into line, and the lines that show with what.

        Args:
            box: What is dragged, where the pointer has it.
            zoom: Of the view: the reach is in pixels.
        """
        reach = REACH / zoom
        x = _nearest((box.left(), box.right()), self._across, reach)
        y = _nearest((box.top(), box.bottom()), self._down, reach)
        shift = QPointF(x[0] if x else 0.0, y[0] if y else 0.0)
        moved, lines = box.translated(shift), []
        if x:
            both = moved.united(x[2])
            lines.append(QLineF(x[1], both.top() - BEYOND, x[1], both.bottom() + BEYOND))
        if y:
            both = moved.united(y[2])
            lines.append(QLineF(both.left() - BEYOND, y[1], both.right() + BEYOND, y[1]))
        return shift, lines


def _nearest(
    edges: tuple[float, float], others: list[tuple[float, QRectF]], reach: float
) -> tuple[float, float, QRectF] | None:
    """The shift that brings an edge into line with the nearest of the same side, its place, and its box."""
    gaps = ((place - edges[index % 2], place, box) for index, (place, box) in enumerate(others))
    best = min(gaps, key=lambda found: abs(found[0]), default=None)
    return best if best is not None and abs(best[0]) <= reach else None
