"""Alignment guides: where what is dragged comes into line with other nodes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

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
        self._across = Edges(boxes, QRectF.left), Edges(boxes, QRectF.right)
        self._down = Edges(boxes, QRectF.top), Edges(boxes, QRectF.bottom)

    def fit(self, box: QRectF, zoom: float) -> tuple[QPointF, list[QLineF]]:
        """How far a box is to be moved to come into line, and the lines that show with what.

        Args:
            box: What is dragged, where the pointer has it.
            zoom: Of the view: the reach is in pixels.
        """
        reach = REACH / zoom
        x, y = _nearest(box, self._across, reach), _nearest(box, self._down, reach)
        shift = QPointF(x[0] if x else 0.0, y[0] if y else 0.0)
        moved, lines = box.translated(shift), []
        if x:
            both = moved.united(x[2])
            lines.append(QLineF(x[1], both.top() - BEYOND, x[1], both.bottom() + BEYOND))
        if y:
            both = moved.united(y[2])
            lines.append(QLineF(both.left() - BEYOND, y[1], both.right() + BEYOND, y[1]))
        return shift, lines


class Edges:
    """One side of boxes, in order.

    Args:
        boxes: Of what.
        side: Which side.
    """

    def __init__(self, boxes: Sequence[QRectF], side: Callable[[QRectF], float]) -> None:
        self.side = side
        self._boxes = sorted(boxes, key=side)
        self._places = [side(box) for box in self._boxes]

    def near(self, place: float) -> list[tuple[float, float, QRectF]]:
        """The next edges on both sides of a place: the way to each, where it is, and its box."""
        at = bisect_left(self._places, place)
        found = range(max(at - 1, 0), min(at + 1, len(self._places)))
        return [(self._places[index] - place, self._places[index], self._boxes[index]) for index in found]


def _nearest(box: QRectF, sides: tuple[Edges, Edges], reach: float) -> tuple[float, float, QRectF] | None:
    """The shift that brings an edge into line with the nearest of the same side, its place, and its box."""
    gaps = (found for edges in sides for found in edges.near(edges.side(box)))
    best = min(gaps, key=lambda found: abs(found[0]), default=None)
    return best if best is not None and abs(best[0]) <= reach else None
