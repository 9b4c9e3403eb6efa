"""What the view shows, kept as a picture, so that a frame costs no more than what is new in it.

Panning shifts the picture and draws what comes into view; where something changed it is mended; for the
moments of a zoom it is stretched. Nothing here knows what is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import cast

from PySide6.QtCore import QMargins, QPoint, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QPainter, QPixmap, QRegion, QTransform

MARGIN = 96
"""Pixels that are drawn ahead while panning: one strip now and then is cheaper than a line in each frame."""
LARGEST = 1.5
"""A picture stretched by more than this would look blurred."""
LEAST = 0.65
"""The share of the view that a stretched picture has to cover: what it lacks is drawn in every frame."""
BOXES = 64
"""More changes than this at once are mended as one."""
FULL = 0.5
"""Boxes that fill this share of the box around them are mended as that one."""
SLACK = 2
"""Pixels by which smooth edges reach out of what they belong to."""

Paint = Callable[[QPainter, Sequence[QRectF]], None]
"""Draws everything in some boxes, with a painter in scene coordinates that is clipped to them."""


class ViewPicture:
    """The picture, which is larger than the view by a margin, and what it shows.

    Args:
        paint: Draws parts of the scene.
    """

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._picture = QPixmap()
        self._shows = QTransform()
        self._drawn = QRect()
        """The part of the picture that is drawn, in its own pixels."""
        self._style: object = None
        self._spoiled: list[QRectF] = []

    def forget(self) -> None:
        """Draw everything anew next time."""
        self._drawn = QRect()

    def spoil(self, boxes: Iterable[QRectF]) -> None:
        """Draw some boxes, in scene coordinates, anew next time."""
        self._spoiled += boxes
        if len(self._spoiled) > BOXES:
            self._spoiled = [united(self._spoiled)]

    def draw(
        self, painter: QPainter, view: QTransform, size: QSize, style: object, *, moving: bool, smooth: bool
    ) -> None:
        """Fill the viewport.

        Args:
            painter: In viewport pixels.
            view: From the scene to the viewport.
            size: The viewport's.
            style: All else that the picture depends on; another object: nothing is kept.
            moving: Whether a stretched picture will do.
            smooth: Whether to stretch it smoothly, which takes longer.
        """
        ratio = painter.device().devicePixelRatio()
        wanted = size.grownBy(QMargins(MARGIN, MARGIN, MARGIN, MARGIN)) * ratio
        if self._picture.size() != wanted or self._style != style:
            self._picture = QPixmap(wanted)
            self._picture.setDevicePixelRatio(ratio)
            self._style, self._drawn = style, QRect()
        at = QPoint(round(self._shows.dx() - view.dx()), round(self._shows.dy() - view.dy()))
        # With a ratio such as 1.5 some pixels of the view begin within one of the picture.
        in_place = self._shows.m11() == view.m11() and (ratio == int(ratio) or at == QPoint(MARGIN, MARGIN))
        shown = QRect(at, size)
        if not in_place and moving and self._stretch(painter, view, size, smooth=smooth):
            return
        if not in_place or not shown.intersects(self._drawn):
            self._shows = view * QTransform.fromTranslate(MARGIN, MARGIN)
            shown, self._drawn = QRect(QPoint(MARGIN, MARGIN), size), QRect()
        self._mend()
        shown = self._make_room(shown, ratio)
        self._complete(shown)
        painter.drawPixmap(-shown.topLeft(), self._picture)

    def _make_room(self, shown: QRect, ratio: float) -> QRect:
        """Shift the picture if it does not reach to where the view is now; returns where that is then."""
        frame = self._frame()
        by = QPoint(
            0 if frame.left() <= shown.left() and shown.right() <= frame.right() else MARGIN - shown.left(),
            0 if frame.top() <= shown.top() and shown.bottom() <= frame.bottom() else MARGIN - shown.top(),
        )
        if not by.isNull():
            self._picture.scroll(by.x() * int(ratio), by.y() * int(ratio), self._picture.rect())
            self._shows *= QTransform.fromTranslate(by.x(), by.y())
            self._drawn = self._drawn.translated(by).intersected(frame)
        return shown.translated(by)

    def _complete(self, shown: QRect) -> None:
        """Draw what is not drawn yet of a part of the picture, up to the picture's edge where it is less."""
        drawn, frame = self._drawn, self._frame()
        if drawn.isEmpty():
            wanted = shown
        else:
            wanted = QRect(drawn)
            if shown.left() < drawn.left():
                wanted.setLeft(frame.left())
            if shown.right() > drawn.right():
                wanted.setRight(frame.right())
            if shown.top() < drawn.top():
                wanted.setTop(frame.top())
            if shown.bottom() > drawn.bottom():
                wanted.setBottom(frame.bottom())
        self._drawn = wanted
        self._render(QRegion(wanted).subtracted(QRegion(drawn)))

    def _frame(self) -> QRect:
        return QRectF(QPointF(), self._picture.deviceIndependentSize()).toRect()

    def _mend(self) -> None:
        places = QRegion()
        for box in self._spoiled:
            places += self._shows.mapRect(box).toAlignedRect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
        self._spoiled = []
        around = places.boundingRect()
        # Drawing within a rectangle is much quicker than within a region of several.
        if sum(map(_area, _rectangles(places))) > FULL * _area(around):
            places = QRegion(around)
        self._render(places.intersected(self._drawn))

    def _stretch(self, painter: QPainter, view: QTransform, size: QSize, *, smooth: bool) -> bool:
        """Draw the picture where it belongs now, and the rest sharply; False if it would not do."""
        back, _ = self._shows.inverted()
        across, whole = back * view, QRect(QPoint(), size)
        covered = _inside(across.mapRect(QRectF(self._drawn))).intersected(whole)
        if across.m11() > LARGEST or _area(covered) < LEAST * _area(whole):
            return False
        self._mend()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.setTransform(across)
        painter.drawPixmap(self._drawn, self._picture, self._in_device(self._drawn))
        painter.resetTransform()
        self._draw_parts(painter, view, QRegion(whole).subtracted(QRegion(covered)))
        return True

    def _in_device(self, part: QRect) -> QRect:
        ratio = self._picture.devicePixelRatio()
        return QRectF(QPointF(part.topLeft()) * ratio, QSizeF(part.size()) * ratio).toRect()

    def _render(self, places: QRegion) -> None:
        if not places.isEmpty():
            painter = QPainter(self._picture)
            self._draw_parts(painter, self._shows, places)
            painter.end()

    def _draw_parts(self, painter: QPainter, view: QTransform, places: QRegion) -> None:
        if places.isEmpty():
            return
        back, _ = view.inverted()
        painter.save()
        painter.setClipRegion(places)
        painter.setTransform(view)
        reach = [QRectF(place.adjusted(-SLACK, -SLACK, SLACK, SLACK)) for place in _rectangles(places)]
        self._paint(painter, [back.mapRect(box) for box in reach])
        painter.restore()


def united(boxes: Iterable[QRectF]) -> QRectF:
    """A box around boxes."""
    return reduce(QRectF.united, boxes, QRectF())


def _inside(rect: QRectF) -> QRect:
    """The pixels that are covered wholly, and not only by the rectangle's edge."""
    left, top = math.ceil(rect.left()) + 1, math.ceil(rect.top()) + 1
    return QRect(left, top, math.floor(rect.right()) - 1 - left, math.floor(rect.bottom()) - 1 - top)


def _rectangles(region: QRegion) -> list[QRect]:
    return list(cast(Iterable[QRect], region))  # PySide6's annotations do not know that it can be iterated


def _area(rect: QRect) -> int:
    return max(rect.width(), 0) * max(rect.height(), 0)
