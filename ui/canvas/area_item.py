"""Frames and notes: coloured rectangles with a title or a text, moved and resized by hand."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nodeflow.document.model import Mode
from ui.canvas.detail import Detail
from ui.canvas.guard import guarded
from ui.canvas.node_item import Z_FRAME, Z_NOTE
from ui.canvas.paint_header import MODE_ICONS
from ui.canvas.stage import Stage
from ui.theme.metrics import GRID

TITLE = 4.0 * GRID
CORNER = 2.0 * GRID
FRAME_PADDING = 3.0 * GRID
NOTE_SIZE = (26.0 * GRID, 14.0 * GRID)


class AreaKind(StrEnum):
    """What an area is."""

    FRAME = "frame"
    NOTE = "note"


AreaKey = tuple[AreaKind, int]
"""Which area: its kind and its place in the document's list."""


class AreaItem(QGraphicsItem):
    """Draws a frame or a note.

    Attributes:
        kind: Which of the two.
        index: Its place in the document's list.
        rect: Its rectangle, at the item's position.
    """

    def __init__(self, kind: AreaKind, index: int, stage: Stage) -> None:
        super().__init__()
        self.kind, self.index = kind, index
        self.rect = QRectF()
        self.text = ""
        self.hovered = False
        self.selected = False
        self.mode: Mode | None = None
        self._color: str | None = None
        self._stage = stage
        self.setZValue(Z_FRAME if kind is AreaKind.FRAME else Z_NOTE)

    @property
    def key(self) -> AreaKey:
        """Which area it is."""
        return self.kind, self.index

    @property
    def box(self) -> QRectF:
        """Where it lies, in scene coordinates."""
        return self.rect.translated(self.pos())

    def set_selected(self, selected: bool) -> None:
        """Stand out, or not."""
        if selected != self.selected:
            self.selected = selected
            self.update()

    def describe(self, text: str, color: str | None, rect: QRectF, mode: Mode | None = None) -> None:
        """Take what the document says; `rect` in scene coordinates."""
        if (text, color, rect, mode) == (self.text, self._color, self.box, self.mode):
            return
        self.mode = mode
        self.prepareGeometryChange()
        self.setPos(rect.topLeft())
        self.rect = QRectF(QPointF(), rect.size())
        self.text, self._color = text, color
        self.update()

    @property
    def grip(self) -> QRectF:
        """Where it can be resized."""
        return QRectF(self.rect.right() - CORNER, self.rect.bottom() - CORNER, CORNER, CORNER)

    @property
    def handle(self) -> QRectF:
        """Where it can be moved: a frame by its title, a note anywhere."""
        return QRectF(0, 0, self.rect.width(), TITLE) if self.kind is AreaKind.FRAME else self.rect

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The rectangle and its outline."""
        return self.rect.adjusted(-2, -2, 2, 2)

    @guarded
    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Draw the area."""
        paints = self._stage.brush.paints
        usual = paints.colors.text_muted if self.kind is AreaKind.FRAME else paints.colors.warning
        color = QColor(self._color or usual)
        fill = QColor(color)
        fill.setAlphaF(0.10 if self.kind is AreaKind.FRAME else 0.18)
        color.setAlphaF(0.9 if self.hovered else 0.5)
        painter.setPen(paints.outline_selected if self.selected else QPen(color, 1.2))
        painter.setBrush(fill)
        painter.drawRoundedRect(self.rect, GRID, GRID)
        if self._stage.detail is Detail.OVERVIEW:
            return
        painter.setPen(paints.text)
        if self.kind is AreaKind.FRAME:
            brush = self._stage.brush
            brush.painter = painter
            box = self.handle.adjusted(1.5 * GRID, 0, -1.5 * GRID, 0)
            if self.mode is not None:
                right = QRectF(box.right() - 2 * GRID, box.top(), 2 * GRID, box.height())
                brush.icon(MODE_ICONS[self.mode], right, paints.muted)
                box.setRight(right.left() - GRID)
                painter.setPen(paints.muted)
            brush.texts.draw(painter, self.text, paints.frame_font, box)
        else:
            painter.setFont(paints.body_font)
            box = self.rect.adjusted(1.5 * GRID, GRID, -1.5 * GRID, -GRID)
            painter.save()
            painter.setClipRect(self.rect, Qt.ClipOperation.IntersectClip)
            painter.drawText(box, Qt.TextFlag.TextWordWrap, self.text)
            painter.restore()
        if self.hovered:
            painter.setPen(paints.muted)
            corner = self.rect.bottomRight()
            for step in (4, 8):
                painter.drawLine(corner - QPointF(step, 3), corner - QPointF(3, step))
