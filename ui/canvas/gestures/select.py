"""Selecting with a rubber band or a lasso."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from ui.canvas.area_item import AreaKey
from ui.canvas.gestures.gesture import Gesture, Modifiers
from ui.canvas.view import CanvasView


class BandSelect(Gesture):
    """Selects the nodes that a rectangle touches, or whose middle a lasso surrounds.

    Frames and notes are selected where they lie inside as a whole. Shift adds to the selection.
    """

    def __init__(self, view: CanvasView, origin: QPointF, *, lasso: bool, add: bool) -> None:
        super().__init__(view, origin)
        self._lasso = lasso
        self._before, self._areas_before = view.canvas.selected, view.canvas.selected_areas
        self._kept = self._before if add else frozenset()
        self._areas_kept = self._areas_before if add else frozenset()
        self._points = [origin]

    def move(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Show the area and select what lies in it."""
        if self._lasso:
            self._points.append(point)
            area = QPolygonF(self._points)
        else:
            area = QPolygonF(QRectF(self.origin, point).normalized())
        self.view.overlay.band = area
        self.view.overlay.changed()
        self.view.select(self._kept | self._inside(area), self._areas_kept | self._areas_inside(area))

    def _inside(self, area: QPolygonF) -> set[str]:
        box = area.boundingRect()
        near = ((name, item.body) for name, item in self.view.canvas.nodes.items())
        if not self._lasso:
            return {name for name, body in near if body.intersects(box)}
        return {name for name, body in near if box.intersects(body) and _holds(area, body.center())}

    def _areas_inside(self, area: QPolygonF) -> set[AreaKey]:
        boxes = ((item.key, QPolygonF(item.box).toList()) for item in self.view.canvas.areas())
        return {key for key, corners in boxes if all(_holds(area, corner) for corner in corners)}

    def finish(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """A click without a drag selects nothing."""
        if self.view.overlay.band is None:
            self.view.select(self._kept, self._areas_kept)
        self.view.overlay.clear()

    def cancel(self) -> None:
        """Select what was selected before."""
        self.view.overlay.clear()
        self.view.select(self._before, self._areas_before)


def _holds(area: QPolygonF, point: QPointF) -> bool:
    """Whether a polygon surrounds a point, by counting the edges to its right."""
    inside = False
    points = area.toList()
    for one, two in zip(points, [*points[1:], points[0]], strict=True):
        if (one.y() > point.y()) != (two.y() > point.y()):
            x = one.x() + (point.y() - one.y()) / (two.y() - one.y()) * (two.x() - one.x())
            inside ^= point.x() < x
    return inside
