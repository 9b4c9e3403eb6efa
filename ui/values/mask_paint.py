"""The mask while it is painted: strokes, filling, inverting, undo. White is masked. No widget lives here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRadialGradient

MOST_UNDO = 64
_GRAY = QImage.Format.Format_Grayscale8
_MODE = QPainter.CompositionMode


@dataclass
class Stroke:
    """How a brush paints.

    Attributes:
        size: Its diameter, in pixels of the picture.
        hardness: 0 fades from the middle to the edge, 1 has a sharp edge.
        erase: Whether it takes away.
    """

    size: float = 64.0
    hardness: float = 0.7
    erase: bool = False


@dataclass(frozen=True)
class _Step:
    """A part of the mask before and after."""

    place: QRect
    before: QImage
    after: QImage


class MaskPaint:
    """A mask of the size of the picture.

    Args:
        size: In pixels.
        start: The mask to begin with, if there is one; scaled to `size`.

    Attributes:
        image: The mask: 8 bits of grey.
    """

    def __init__(self, size: QSize, start: QImage | None = None) -> None:
        self.image = QImage(size, _GRAY)
        self.image.fill(0)
        if start is not None and not start.isNull():
            smooth = Qt.TransformationMode.SmoothTransformation
            gray = start.convertToFormat(_GRAY)
            self.image = (
                gray
                if gray.size() == size
                else gray.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            )
        self._undone: list[_Step] = []
        self._done: list[_Step] = []
        self._before: QImage | None = None
        self._touched = QRect()
        self._last: QPointF | None = None

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return bool(self._undone)

    # Strokes

    def begin(self) -> None:
        """Begin a stroke; it ends with `end`."""
        self._before, self._touched, self._last = self.image.copy(), QRect(), None

    def paint(self, to: QPointF, stroke: Stroke) -> QRect:
        """Paint on to a place, in a line of dabs from the last one; returns what has changed."""
        start = to if self._last is None else self._last
        gap = max(stroke.size * (0.06 + 0.1 * stroke.hardness), 0.5)
        length = QPointF(to - start).manhattanLength()
        count = max(int(length / gap), 1)
        dabs = [start + (to - start) * (index / count) for index in range(1, count + 1)]
        if self._last is None:
            dabs = [to]
        changed = QRect()
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        # The lightest counts, so that a soft brush does not grow hard where it passes twice.
        painter.setCompositionMode(
            _MODE.CompositionMode_Darken if stroke.erase else _MODE.CompositionMode_Lighten
        )
        for dab in dabs:
            changed = changed.united(_dab(painter, dab, stroke))
        painter.end()
        self._last = to
        changed = changed.intersected(self.image.rect())
        self._touched = self._touched.united(changed)
        return changed

    def end(self) -> None:
        """The stroke has ended; it is one step to undo."""
        before, self._before = self._before, None
        if before is not None and not self._touched.isEmpty():
            self._keep(before, self._touched)

    # Everything at once

    def fill(self, value: int) -> None:
        """Mask everything (255) or nothing (0)."""
        before = self.image.copy()
        self.image.fill(value)
        self._keep(before, self.image.rect())

    def invert(self) -> None:
        """Mask what was not masked, and the other way round."""
        before = self.image.copy()
        self.image.invertPixels()
        self._keep(before, self.image.rect())

    def is_empty(self) -> bool:
        """Whether nothing is masked."""
        return not any(bytes(self.image.constBits()))

    # Undo

    def _keep(self, before: QImage, place: QRect) -> None:
        self._done.append(_Step(place, before.copy(place), self.image.copy(place)))
        del self._done[:-MOST_UNDO]
        self._undone.clear()

    def undo(self) -> None:
        """Take the last step back."""
        if self._done:
            step = self._done.pop()
            self._undone.append(step)
            self._put(step.place, step.before)

    def redo(self) -> None:
        """Do what was taken back again."""
        if self._undone:
            step = self._undone.pop()
            self._done.append(step)
            self._put(step.place, step.after)

    def _put(self, place: QRect, image: QImage) -> None:
        painter = QPainter(self.image)
        painter.setCompositionMode(_MODE.CompositionMode_Source)
        painter.drawImage(place.topLeft(), image)
        painter.end()


def _dab(painter: QPainter, place: QPointF, stroke: Stroke) -> QRect:
    """One touch of the brush; returns what it may have changed."""
    radius = max(stroke.size / 2, 0.5)
    inside, outside = (
        (QColor(0, 0, 0), QColor(255, 255, 255)) if stroke.erase else (QColor(255, 255, 255), QColor(0, 0, 0))
    )
    if stroke.hardness >= 0.995:
        painter.setBrush(inside)
    else:
        gradient = QRadialGradient(place, radius)
        gradient.setColorAt(0, inside)
        gradient.setColorAt(min(max(stroke.hardness, 0.0), 0.99), inside)
        gradient.setColorAt(1, outside)
        painter.setBrush(gradient)
    painter.drawEllipse(place, radius, radius)
    box = QRectF(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius)
    return box.toAlignedRect().adjusted(-1, -1, 1, 1)
