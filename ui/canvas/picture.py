"""A picture of a part of the scene at one zoom, which is drawn piece by piece, shifted, added to and mended.

Nothing here knows what is drawn, nor when; see `ui.canvas.view_picture`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from time import perf_counter
from typing import cast

from PySide6.QtCore import QMargins, QPoint, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QPainter, QPixmap, QRegion, QTransform

MARGIN = 96
"""Pixels around the view that are drawn ahead: a strip now and then is cheaper than a line in each frame."""
BOXES = 64
"""More changes than this at once are mended as one."""
FULL = 0.5
"""Boxes that fill this share of the box around them are mended as that one."""
FEW = 4
"""Up to so many boxes are drawn one by one."""
SLACK = 2
"""Pixels by which smooth edges reach out of what they belong to."""

Step = Callable[[QPainter], None]
"""Draws something, with a painter in scene coordinates that is clipped."""
Steps = Callable[[Sequence[QRectF]], Iterable[Step]]
"""What draws everything in some boxes, from the lowest to the highest."""


class Picture:
    """Larger than the view by a margin on each side.

    Args:
        steps: What draws parts of the scene.

    Attributes:
        shows: From the scene to the picture.
        drawn: The part of it that is drawn, in the view's pixels.
        style: All else that it depends on.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._view, self._ratio = QSize(), 1.0
        self._pixmap = QPixmap()
        self.shows = QTransform()
        self.drawn = QRect()
        self.style: object = None
        self._coming = QRect()
        self._left: Iterator[Step] = iter(())
        self._spoiled: list[QRectF] = []

    def fit(self, view: QSize, ratio: float) -> None:
        """Suit a view of some size and ratio of device pixels; another one than before: nothing is drawn."""
        if (view, ratio) != (self._view, self._ratio):
            self._view, self._ratio = QSize(view), ratio
            self._pixmap = QPixmap(view.grownBy(QMargins(MARGIN, MARGIN, MARGIN, MARGIN)) * ratio)
            self._pixmap.setDevicePixelRatio(ratio)
            self.clear()

    def clear(self) -> None:
        """Count as not drawn."""
        self.drawn, self._spoiled, self._left = QRect(), [], iter(())

    def frame(self) -> QRect:
        """All of it, in the view's pixels."""
        return QRectF(QPointF(), self._pixmap.deviceIndependentSize()).toRect()

    def place_of(self, view: QTransform, size: QSize) -> QRect:
        """Where a view of the same zoom is on the picture."""
        return QRect(QPoint(round(self.shows.dx() - view.dx()), round(self.shows.dy() - view.dy())), size)

    def begin(self, view: QTransform, style: object, *, ahead: bool) -> None:
        """Draw a view from the scene anew, by as many calls of `go_on` as it takes.

        Args:
            view: From the scene to the viewport.
            style: All else that what is drawn depends on.
            ahead: Whether to draw the margin, too.
        """
        self.shows = view * QTransform.fromTranslate(MARGIN, MARGIN)
        self.style = style
        self.clear()
        self._coming = self.frame() if ahead else QRect(QPoint(MARGIN, MARGIN), self._view)
        self._left = iter(self._steps(_reach(self.shows, QRegion(self._coming))))

    def go_on(self, seconds: float) -> bool:
        """Draw on for a while, at least one step; returns whether all is drawn."""
        end = perf_counter() + seconds
        painter = QPainter(self._pixmap)
        _aim(painter, self.shows, QRegion(self._coming))
        for step in self._left:
            step(painter)
            if perf_counter() >= end:
                break
        else:
            self.drawn = self._coming
        painter.end()
        return not self.drawn.isEmpty()

    def spoil(self, boxes: Sequence[QRectF]) -> None:
        """Have some boxes, in scene coordinates, drawn anew by `mend`."""
        self._spoiled += boxes
        if len(self._spoiled) > BOXES:
            self._spoiled = [united(self._spoiled)]

    def mend(self) -> None:
        """Draw anew what has changed, where it is drawn already."""
        places = QRegion()
        for box in self._spoiled:
            places += self.shows.mapRect(box).toAlignedRect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
        self._spoiled = []
        around = places.boundingRect()
        # Drawing within a rectangle is much quicker than within a region of several.
        if sum(map(area_of, rectangles(places))) > FULL * area_of(around):
            places = QRegion(around)
        self._render(places.intersected(self.drawn))

    def make_room(self, shown: QRect) -> QRect:
        """Shift the picture if it does not reach to where the view is now; returns where that is then."""
        frame = self.frame()
        by = QPoint(
            0 if frame.left() <= shown.left() and shown.right() <= frame.right() else MARGIN - shown.left(),
            0 if frame.top() <= shown.top() and shown.bottom() <= frame.bottom() else MARGIN - shown.top(),
        )
        if not by.isNull():
            ratio = int(self._ratio)
            self._pixmap.scroll(by.x() * ratio, by.y() * ratio, self._pixmap.rect())
            self.shows *= QTransform.fromTranslate(by.x(), by.y())
            self.drawn = self.drawn.translated(by).intersected(frame)
        return shown.translated(by)

    def complete(self, shown: QRect) -> None:
        """Draw what is not drawn yet of a part of the picture, up to the picture's edge where it is less."""
        drawn, frame = self.drawn, self.frame()
        wanted = QRect(drawn)
        if shown.left() < drawn.left():
            wanted.setLeft(frame.left())
        if shown.right() > drawn.right():
            wanted.setRight(frame.right())
        if shown.top() < drawn.top():
            wanted.setTop(frame.top())
        if shown.bottom() > drawn.bottom():
            wanted.setBottom(frame.bottom())
        self.drawn = wanted
        self._render(QRegion(wanted).subtracted(QRegion(drawn)))

    def show(self, painter: QPainter, shown: QRect, places: QRegion) -> None:
        """Fill some places of a viewport with a part of the picture."""
        painter.save()
        for place in rectangles(places):  # one by one: within all of them at once it is much slower
            painter.setClipRect(place)
            painter.drawPixmap(-shown.topLeft(), self._pixmap)
        painter.restore()

    def stretch(self, painter: QPainter, across: QTransform) -> None:
        """Draw what there is of the picture onto a viewport.

        Args:
            painter: In viewport pixels.
            across: From the picture to the viewport.
        """
        painter.save()
        painter.setTransform(across)
        part = QRectF(QPointF(self.drawn.topLeft()) * self._ratio, QSizeF(self.drawn.size()) * self._ratio)
        painter.drawPixmap(self.drawn, self._pixmap, part.toRect())
        painter.restore()

    def _render(self, places: QRegion) -> None:
        """Draw some places anew; a few one by one: within several at once, curves take many times as long."""
        if places.isEmpty():
            return
        painter = QPainter(self._pixmap)
        parts = [QRegion(part) for part in rectangles(places)]
        for part in parts if len(parts) <= FEW else [places]:
            draw_places(painter, self.shows, part, self._steps)
        painter.end()


def draw_places(painter: QPainter, view: QTransform, places: QRegion, steps: Steps) -> None:
    """Draw parts of the scene.

    Args:
        painter: In pixels.
        view: From the scene to the pixels.
        places: What to draw, in pixels.
        steps: What draws it.
    """
    if places.isEmpty():
        return
    painter.save()
    _aim(painter, view, places)
    for step in steps(_reach(view, places)):
        step(painter)
    painter.restore()


def _aim(painter: QPainter, view: QTransform, places: QRegion) -> None:
    painter.setClipRegion(places)
    painter.setTransform(view)


def _reach(view: QTransform, places: QRegion) -> list[QRectF]:
    back, _ = view.inverted()
    boxes = (QRectF(place.adjusted(-SLACK, -SLACK, SLACK, SLACK)) for place in rectangles(places))
    return [back.mapRect(box) for box in boxes]


def united(boxes: Iterable[QRectF]) -> QRectF:
    """A box around boxes."""
    return reduce(QRectF.united, boxes, QRectF())


def rectangles(region: QRegion) -> list[QRect]:
    """What a region consists of."""
    return list(cast(Iterable[QRect], region))  # PySide6's annotations do not know that it can be iterated


def area_of(rect: QRect) -> int:
    """Pixels in a rectangle."""
    return max(rect.width(), 0) * max(rect.height(), 0)
