"""What the view shows, kept as a picture, so that a frame costs no more than what is new in it.

Panning shifts the picture and draws what comes into view; where something changed it is mended. While
zooming it is stretched, and the next one is drawn behind it, over as many frames as that takes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QRegion, QTransform

from ui.canvas.picture import MARGIN, Picture, Steps, area_of, draw_places

BLURRED, TOO_BLURRED = 1.25, 4.0
"""A picture stretched by more than this is to be replaced, or is of no use."""
BARE, TOO_BARE = 0.8, 0.2
"""The same for one that covers less than this share of the view."""
SLICE = 0.004
"""Seconds of each frame of a zoom in which the next picture is drawn."""


class ViewPicture:
    """The picture that is shown, and another that is made ready behind it.

    Args:
        steps: What draws parts of the scene.
        roughly: The same for what a stretched picture lacks: quickly rather than in detail.
        patience: Seconds of each frame of a zoom in which the next picture is drawn.
    """

    def __init__(self, steps: Steps, roughly: Steps, patience: float = SLICE) -> None:
        self._steps, self._roughly, self._patience = steps, roughly, patience
        self._now, self._next = Picture(steps), Picture(steps)
        self._under_way = False
        self._zoom = 0.0

    def forget(self) -> None:
        """Draw everything anew next time."""
        self._now.clear()

    def spoil(self, boxes: Iterable[QRectF]) -> None:
        """Draw some boxes, in scene coordinates, anew next time."""
        changed = list(boxes)
        self._now.spoil(changed)
        self._next.spoil(changed)

    def draw(
        self,
        painter: QPainter,
        view: QTransform,
        size: QSize,
        style: object,
        *,
        moving: bool,
        smooth: bool,
        places: QRegion | None = None,
    ) -> None:
        """Fill the viewport.

        Args:
            painter: In viewport pixels.
            view: From the scene to the viewport.
            size: The viewport's.
            style: All else that the picture depends on; another object: all is drawn anew.
            moving: Whether a stretched picture will do.
            smooth: Whether to stretch it smoothly, which takes longer.
            places: What of the viewport to fill; None: all.
        """
        ratio = painter.device().devicePixelRatio()
        self._now.fit(size, ratio)
        if moving and not self._is_in_place(view, size, ratio, style):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            if self._stretch(painter, view, size, ratio, style):
                return
        self._under_way = False
        self._zoom = view.m11()
        now = self._now
        if self._is_in_place(view, size, ratio, style):
            now.mend()
            shown = now.make_room(now.place_of(view, size))
            now.complete(shown)
        else:
            now.begin(view, style, ahead=False)
            now.go_on(math.inf)
            shown = now.place_of(view, size)
        now.show(painter, shown, QRegion(QRect(QPoint(), size)) if places is None else places)

    def _is_in_place(self, view: QTransform, size: QSize, ratio: float, style: object) -> bool:
        """Whether the picture can be shown as it is, but for what it does not reach to."""
        now = self._now
        shown = now.place_of(view, size)
        # With a ratio such as 1.5 some pixels of the view begin within one of the picture.
        reachable = ratio == int(ratio) or shown.topLeft() == QPoint(MARGIN, MARGIN)
        same = now.shows.m11() == view.m11() and now.style == style
        return same and reachable and shown.intersects(now.drawn)

    def _stretch(self, painter: QPainter, view: QTransform, size: QSize, ratio: float, style: object) -> bool:
        """Draw the picture where it belongs now, and the rest roughly; False if it would not do."""
        whole = QRect(QPoint(), size)
        goes_on, self._zoom = view.m11() != self._zoom, view.m11()
        if not self._under_way or self._next.style != style:
            self._begin_next(view, whole, ratio, style, goes_on)
        if self._under_way and self._next.go_on(self._patience):
            self._now, self._next, self._under_way = self._next, self._now, False
        across, covered = _placed(self._now, view, whole)
        if across.m11() > TOO_BLURRED or covered.isEmpty() or area_of(covered) < TOO_BARE * area_of(whole):
            return False
        self._now.mend()
        self._now.stretch(painter, across)
        draw_places(painter, view, QRegion(whole).subtracted(QRegion(covered)), self._roughly)
        return True

    def _begin_next(self, view: QTransform, whole: QRect, ratio: float, style: object, zooming: bool) -> None:
        """Begin another picture, if the present one will not do for much longer."""
        across, covered = _placed(self._now, view, whole)
        will_do = across.m11() <= BLURRED and area_of(covered) >= BARE * area_of(whole)
        if not will_do or not zooming or self._now.style != style:
            self._next.fit(whole.size(), ratio)
            self._next.begin(view, style, ahead=True)
            self._under_way = True


def _placed(picture: Picture, view: QTransform, whole: QRect) -> tuple[QTransform, QRect]:
    """From a picture to the viewport, and the pixels of that which the picture covers wholly."""
    back, _ = picture.shows.inverted()
    across = back * view
    place = across.mapRect(QRectF(picture.drawn))
    left, top = math.ceil(place.left()) + 1, math.ceil(place.top()) + 1
    inside = QRect(left, top, math.floor(place.right()) - 1 - left, math.floor(place.bottom()) - 1 - top)
    return across, inside.intersected(whole)
