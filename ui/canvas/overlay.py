"""What gestures draw over the scene: what is dragged, a rubber band, a link under way, guides, a bubble."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from ui.canvas.guard import guarded
from ui.canvas.lifted import Lifted
from ui.canvas.scene import CanvasScene

BUBBLE_PAD = 8.0
BUBBLE_WIDTH = 420.0
BUBBLE_GAP = 16.0
RING = 12.0
WIDEST = 4.0
"""No line is wider."""


class Overlay:
    """All of it; what is None is not drawn.

    Args:
        scene: What it is drawn over.
        draw_anew: Has the view call `paint`.

    Attributes:
        changed: To be called after something was set.
        lifted: What is dragged.
        area: What the view shows, in scene coordinates: the bubble keeps inside.
    """

    def __init__(self, scene: CanvasScene, draw_anew: Callable[[], None]) -> None:
        self._stage = scene.stage
        self.changed = draw_anew
        self.lifted = Lifted(scene)
        self.band: QPolygonF | None = None
        self.wire: tuple[QPainterPath, QPen] | None = None
        self.ring: QPointF | None = None
        self.guides: list[QLineF] = []
        self.cut: tuple[QPointF, QPointF] | None = None
        self.bubble: tuple[QPointF, str, bool] | None = None
        self.area = QRectF()

    def clear(self) -> None:
        """Draw nothing."""
        self.lifted.lower()
        self.band = self.wire = self.cut = self.bubble = self.ring = None
        self.guides = []
        self.changed()

    def places(self, zoom: float) -> list[QRectF]:
        """Where something is drawn, in scene coordinates."""
        boxes = [QRectF(line.p1(), line.p2()).normalized() for line in self.guides]
        if self.wire is not None:
            boxes.append(self.wire[0].controlPointRect())
        if self.band is not None:
            boxes.append(self.band.boundingRect())
        if self.cut is not None:
            boxes.append(QRectF(*self.cut).normalized())
        if self.ring is not None:
            boxes.append(QRectF(self.ring, self.ring).adjusted(-RING, -RING, RING, RING))
        if self.bubble is not None:
            boxes.append(self.bubble_box(zoom))
        reach = WIDEST / 2 + 1 / zoom
        return [box.adjusted(-reach, -reach, reach, reach) for box in boxes] + self.lifted.boxes()

    def show_band(self, rect: QRectF) -> None:
        """Draw a rectangle."""
        self.band = QPolygonF(rect)
        self.changed()

    @guarded
    def paint(self, painter: QPainter, zoom: float, seen: QRectF) -> None:
        """Draw what is set.

        Args:
            painter: In scene coordinates.
            zoom: Of the view.
            seen: The part of the scene that is drawn.
        """
        paints = self._stage.brush.paints
        self.lifted.paint(painter, seen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.wire is not None:
            painter.setPen(self.wire[1])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self.wire[0])
        if self.band is not None:
            fill = QColor(paints.accent)
            fill.setAlphaF(0.12)
            painter.setPen(QPen(paints.accent, 0))
            painter.setBrush(fill)
            painter.drawPolygon(self.band)
        if self.cut is not None:
            painter.setPen(QPen(paints.error, 2 / zoom, Qt.PenStyle.DashLine))
            painter.drawLine(*self.cut)
        if self.ring is not None:
            painter.setPen(QPen(paints.accent, 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.ring, RING - 2, RING - 2)
        if self.guides:
            painter.setPen(QPen(paints.accent, 0, Qt.PenStyle.DashLine))
            painter.drawLines(self.guides)
        if self.bubble is not None:
            self._paint_bubble(painter, zoom)

    def bubble_box(self, zoom: float) -> QRectF:
        """Where the bubble lies, in scene coordinates; empty without one."""
        if self.bubble is None:
            return QRectF()
        metrics = self._stage.brush.paints.body_metrics
        scale = 1 / zoom
        size = metrics.boundingRect(
            QRectF(0, 0, BUBBLE_WIDTH, 1000), int(Qt.TextFlag.TextWordWrap), self.bubble[1]
        )
        point, gap = self.bubble[0], BUBBLE_GAP * scale
        width, height = size.width() + 2 * BUBBLE_PAD + 2, size.height() + 2 * BUBBLE_PAD
        box = QRectF(point.x() + gap, point.y() + gap, width * scale, height * scale)
        if not self.area.isNull():  # beside the pointer, but never cut off
            box.moveRight(min(box.right(), self.area.right() - gap))
            if box.bottom() > self.area.bottom() - gap:
                box.moveBottom(point.y() - gap)
        return box

    def _paint_bubble(self, painter: QPainter, zoom: float) -> None:
        assert self.bubble is not None  # noqa: S101 - callers look first
        paints = self._stage.brush.paints
        box = self.bubble_box(zoom)
        painter.save()
        painter.translate(box.topLeft())
        painter.scale(1 / zoom, 1 / zoom)
        local = QRectF(0, 0, box.width() * zoom, box.height() * zoom)
        painter.setPen(QPen(paints.success if self.bubble[2] else paints.error, 1))
        painter.setBrush(paints.node)
        painter.drawRoundedRect(local, 6, 6)
        painter.setPen(paints.text)
        painter.setFont(paints.body_font)
        inner = local.adjusted(BUBBLE_PAD, BUBBLE_PAD, -BUBBLE_PAD, -BUBBLE_PAD)
        painter.drawText(inner, Qt.TextFlag.TextWordWrap, self.bubble[1])
        painter.restore()
