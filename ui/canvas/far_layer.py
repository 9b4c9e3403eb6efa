"""Frames and links as seen from afar, kept as a picture of the viewport.

Thousands of lines take longer than a frame, whoever draws them; a picture of them can be shifted while
panning, stretched for the moments of a zoom, and mended where a node was dragged.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap, QTransform

from ui.canvas.overview import Overview
from ui.canvas.paints import Paints

SLACK = 2


class FarLayer:
    """The picture, and what it shows."""

    def __init__(
        self,
        overview: Overview,
        paint_areas: Callable[[QPainter], None],
        links_in: Callable[[QRectF], Iterable[Hashable]],
    ) -> None:
        self._links_in = links_in
        self._overview = overview
        self._paint_areas = paint_areas
        self._picture = QPixmap()
        self._shows = QTransform()
        self._paints: Paints | None = None
        self._stale = True

    def forget(self) -> None:
        """Draw everything anew next time."""
        self._stale = True

    def draw(self, painter: QPainter, view: QTransform, size: QRect, paints: Paints, *, moving: bool) -> None:
        """Fill the viewport.

        Args:
            painter: In viewport pixels.
            view: From the scene to the viewport.
            size: The viewport.
            paints: The theme's paints.
            moving: Whether speed matters more than sharpness.
        """
        ratio = painter.device().devicePixelRatio()
        wanted = size.size() * ratio
        if self._picture.size() != wanted or self._paints is not paints:
            self._picture = QPixmap(wanted)
            self._picture.setDevicePixelRatio(ratio)
            self._paints, self._stale = paints, True
        same_scale = self._shows.m11() == view.m11()
        if moving and not same_scale and not self._stale:
            back, _ = self._shows.inverted()
            stretched = back * view
            if not stretched.mapRect(QRectF(size)).contains(QRectF(size)):
                painter.fillRect(size, paints.canvas)
            painter.setTransform(stretched)
            painter.drawPixmap(0, 0, self._picture)
            painter.resetTransform()
            return
        dirty = self._overview.take_dirty()
        if self._stale or not same_scale:
            self._render(view, size)
            self._stale = False
        else:
            self._shift(view, size, ratio)
            if not dirty.isNull():
                box = view.mapRect(dirty).toAlignedRect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
                self._render(view, box.intersected(size))
        painter.drawPixmap(0, 0, self._picture)

    def _shift(self, view: QTransform, size: QRect, ratio: float) -> None:
        by = QPoint(round(view.dx() - self._shows.dx()), round(view.dy() - self._shows.dy()))
        if by.isNull():
            return
        if abs(by.x()) >= size.width() or abs(by.y()) >= size.height() or ratio != int(ratio):
            self._render(view, size)
            return
        whole = self._picture.rect()
        self._picture.scroll(by.x() * int(ratio), by.y() * int(ratio), whole)
        across = QRect(0 if by.x() > 0 else size.width() + by.x(), 0, abs(by.x()), size.height())
        down = QRect(0, 0 if by.y() > 0 else size.height() + by.y(), size.width(), abs(by.y()))
        for strip in (across, down):
            if not strip.isEmpty():
                self._render(view, strip)

    def _render(self, view: QTransform, box: QRect) -> None:
        self._shows = QTransform(view)
        if box.isEmpty() or self._paints is None:
            return
        painter = QPainter(self._picture)
        painter.setClipRect(box)
        painter.fillRect(box, self._paints.canvas)
        painter.setTransform(view)
        self._paint_areas(painter)
        back, _ = view.inverted()
        whole = box.width() * box.height() * 4 > size_of(self._picture)
        only = None if whole else self._links_in(back.mapRect(QRectF(box)))
        self._overview.paint_links(painter, self._paints, only)
        painter.end()


def size_of(picture: QPixmap) -> float:
    """The area of a picture in viewport pixels."""
    size = picture.deviceIndependentSize()
    return size.width() * size.height()
