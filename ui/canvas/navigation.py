"""Where the view looks: zooming to a point, fitting. No event is handled here."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF
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


def fit(view: QGraphicsView, rect: QRectF, area: QRect, largest: float = 1.0) -> None:
    """Show a rectangle as a whole in a part of the viewport, at most at zoom `largest`."""
    if rect.isEmpty():
        return
    zoom = zoom_in(area, rect, largest)
    view.setTransform(QTransform.fromScale(zoom, zoom))
    view.centerOn(rect.center())
    scroll_by(view, view.viewport().rect().center() - area.center())


def zoom_in(area: QRect, rect: QRectF, largest: float = 1.0) -> float:
    """The zoom at which a rectangle fills an area of pixels."""
    zoom = min((area.width() - FIT_MARGIN) / rect.width(), (area.height() - FIT_MARGIN) / rect.height())
    return min(max(min(zoom, largest), MIN_ZOOM), MAX_ZOOM)
