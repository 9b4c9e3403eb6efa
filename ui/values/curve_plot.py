"""The graph of a curve: where its points lie, and how it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.metrics import SPACE, ui_font
from ui.theme.theme import Theme, theme_of
from ui.values.curve_points import Limits, Point, Points
from ui.values.looks import ROUND

REACH = 9
"""Pixels from a point within which it is meant."""


class CurvePlot(QWidget):
    """Draws a curve between its axes.

    Args:
        limits: What values it may have.

    Attributes:
        chosen: The point that stands out; -1: none.
        hint: Written where there is no curve.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._points: Points = ()
        self._hot = -1
        self.chosen = -1
        self.hint = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @property
    def limits(self) -> Limits:
        """What values it may have, and what the graph shows of them."""
        return self._limits

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Twice as wide as high."""
        return QSize(240, 136)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough to hit points."""
        return QSize(120, 112)

    def plot(self) -> QRectF:
        """The box in which the curve is drawn."""
        left = max(self._label_width(text) for text in map(_number, self._ticks())) + SPACE.one + SPACE.half
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(left, SPACE.one + 1, -SPACE.one - 3, -line - 3)

    def place(self, point: Point) -> QPointF:
        """Where a point is, in pixels."""
        box, limits = self.plot(), self._limits
        share = (point[1] - limits.low) / ((limits.high - limits.low) or 1)
        return QPointF(box.left() + point[0] * box.width(), box.bottom() - share * box.height())

    def point(self, pixel: QPointF, *, fine: bool = False) -> Point:
        """The point at a place, on the steps of the graph."""
        box, limits = self.plot(), self._limits
        position = (pixel.x() - box.left()) / max(box.width(), 1)
        share = min(max((box.bottom() - pixel.y()) / max(box.height(), 1), 0.0), 1.0)
        step = limits.step / 10 if fine else limits.step
        value = round((limits.low + share * (limits.high - limits.low)) / step) * step
        return min(max(round(position, 2), 0.0), 1.0), value

    def _under(self, pixel: QPointF) -> int:
        """The point under the pointer; -1 if there is none."""
        found = [(QLineF(self.place(point), pixel).length(), i) for i, point in enumerate(self._points)]
        distance, index = min(found, default=(REACH + 1.0, -1))
        return index if distance <= REACH else -1

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Draw the axes, the curve and its points."""
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.colors.accent if self.hasFocus() else theme.colors.line), 1))
        painter.setBrush(QColor(theme.colors.field))
        painter.drawRoundedRect(frame, ROUND, ROUND)
        self._draw_axes(painter, theme)
        if self._points:
            self._draw_curve(painter, theme)
        else:
            painter.setPen(QColor(theme.colors.text_muted))
            above = self.plot().adjusted(0, 0, 0, -self.plot().height() / 2)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, self.hint)

    def _ticks(self) -> list[float]:
        """Values with a line of their own."""
        low, high = self._limits.low, self._limits.high
        return [low, (low + high) / 2, high]

    def _label_width(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def _draw_axes(self, painter: QPainter, theme: Theme) -> None:
        box = self.plot()
        painter.setFont(ui_font(theme.type.small))
        height = painter.fontMetrics().height()
        for value in self._ticks():
            y = round(self.place((0.0, value)).y()) + 0.5
            painter.setPen(QPen(QColor(theme.colors.line), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(QColor(theme.colors.text_muted))
            label = QRectF(0, y - height / 2, box.left() - SPACE.half - 2, height)
            painter.drawText(
                label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _number(value)
            )
        names = ((0.0, self.tr("start")), (0.5, self.tr("50 % of the run")), (1.0, self.tr("end")))
        for position, name in names:
            x = round(box.left() + position * box.width()) + 0.5
            painter.setPen(QPen(QColor(theme.colors.line), 1))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.setPen(QColor(theme.colors.text_muted))
            wide = painter.fontMetrics().horizontalAdvance(name)
            left = x - wide * position
            painter.drawText(QPointF(left, self.height() - 5.0), name)

    def _draw_curve(self, painter: QPainter, theme: Theme) -> None:
        box, accent = self.plot(), QColor(theme.colors.accent)
        places = [self.place(point) for point in self._points]
        ends = [QPointF(box.left(), places[0].y()), *places, QPointF(box.right(), places[-1].y())]
        path = QPainterPath(ends[0])
        for place in ends[1:]:
            path.lineTo(place)
        area = QPainterPath(path)
        area.lineTo(box.bottomRight())
        area.lineTo(box.bottomLeft())
        fill = QColor(accent)
        fill.setAlphaF(0.15)
        painter.fillPath(area, fill)
        painter.strokePath(path, QPen(accent, 2))
        for index, place in enumerate(places):
            chosen = index == self.chosen
            radius = 5.0 if chosen or index == self._hot else 4.0
            painter.setPen(QPen(QColor(theme.colors.field), 1.5))
            painter.setBrush(QColor(theme.colors.text) if chosen else accent)
            painter.drawEllipse(place, radius, radius)


def _number(value: float) -> str:
    return f"{value:.3g}"
