"""Where the view looks: zooming to a point, fitting, bookmarks. No event is handled here."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

MIN_ZOOM = 0.05
MAX_ZOOM = 4.0
FIT_MARGIN = 48


def zoom_to(view: QGraphicsView, zoom: float, anchor: QPoint) -> None:
    """Set the zoom and keep what lies under `anchor` (in viewport pixels) where it is."""
    zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
    held = view.mapToScene(anchor)
    view.setTransform(QTransform.fromScale(zoom, zoom))
    moved = view.mapFromScene(held) - anchor
    scroll_by(view, moved)


def scroll_by(view: QGraphicsView, pixels: QPoint) -> None:
    """Move the view over the scene."""
    across, down = view.horizontalScrollBar(), view.verticalScrollBar()
    across.setValue(across.value() + pixels.x())
    down.setValue(down.value() + pixels.y())


def fit(view: QGraphicsView, rect: QRectF, largest: float = 1.0) -> float:
    """Show a rectangle as a whole, at most at zoom `largest`; returns the zoom."""
    if rect.isEmpty():
        return view.transform().m11()
    area = view.viewport().rect()
    zoom = min(
        (area.width() - FIT_MARGIN) / rect.width(), (area.height() - FIT_MARGIN) / rect.height(), largest
    )
    zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
    view.setTransform(QTransform.fromScale(zoom, zoom))
    view.centerOn(rect.center())
    return zoom


class Bookmarks:
    """Places to come back to, by the keys 1 to 9."""

    def __init__(self) -> None:
        self.places: dict[int, tuple[QPointF, float]] = {}

    def keep(self, number: int, view: QGraphicsView) -> None:
        """Remember what the view looks at."""
        center = view.mapToScene(view.viewport().rect().center())
        self.places[number] = (center, view.transform().m11())

    def jump(self, number: int, view: QGraphicsView) -> bool:
        """Look there again; False if nothing was kept."""
        if number not in self.places:
            return False
        center, zoom = self.places[number]
        view.setTransform(QTransform.fromScale(zoom, zoom))
        view.centerOn(center)
        return True
