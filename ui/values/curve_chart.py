"""The graph of a curve, with points to drag."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.panels.panel import theme_of
from ui.theme.metrics import SPACE, ui_font
from ui.theme.theme import Theme
from ui.values.curve_points import Limits, Point, Points, added, at, moved, removed
from ui.values.looks import ROUND

REACH = 9
"""Pixels from a point within which it is meant."""
POINT_STEP = 0.01
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class CurveChart(QWidget):
    """Draws a curve. A click adds a point, a drag moves one, Delete or a right click removes one.

    Tab goes from point to point, arrows move the one that is chosen, Insert adds one behind it.

    Args:
        limits: What values it may have.

    Attributes:
        chosen: The point that keys act on; -1: none.
    """

    changed = Signal(object, bool)
    """New points, and whether more follow at once."""
    chose = Signal(int)

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._given, self._limits = limits, limits
        self._points: Points = ()
        self._before: Points | None = None
        self._stepped = False
        self._hot = -1
        self.chosen = -1
        self.hint = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @property
    def limits(self) -> Limits:
        """What values it may have, and what the graph shows of them."""
        return self._limits

    @property
    def dragging(self) -> bool:
        """Whether a point is held."""
        return self._before is not None

    def show_points(self, points: Points) -> None:
        """Show a curve."""
        self._points = points
        if self._before is None:
            self._limits = self._given.around(points)  # a scale that changes under a drag would run away
        self.choose(min(max(self.chosen, 0), len(points) - 1))
        self.update()

    def choose(self, index: int) -> None:
        """Let keys act on a point."""
        if index != self.chosen:
            self.chosen = index
            self.chose.emit(index)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Twice as wide as high."""
        return QSize(240, 136)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Enough to hit points."""
        return QSize(120, 112)

    # Places

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

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold of a point, add one, or remove one."""
        self.settle()
        index = self._under(event.position())
        if event.button() == Qt.MouseButton.RightButton and index >= 0:
            self._remove(index)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._before = self._points
            if index < 0:
                points, index = added(self._points, self.point(event.position()), self._limits)
                self._points = points
                self.choose(index)
                self.changed.emit(points, True)
            self.choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move the point that is held; Shift is finer."""
        if self._before is None:
            self._hover(self._under(event.position()))
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        points = moved(self._points, self.chosen, self.point(event.position(), fine=fine), self._limits)
        if points != self._points:
            self.changed.emit(points, True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Let go."""
        before, self._before = self._before, None
        if before is not None and before != self._points:
            self.changed.emit(self._points, False)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is under the pointer."""
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, index: int) -> None:
        if index != self._hot:
            self._hot = index
            self.setCursor(Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.CrossCursor)
            self.update()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move, add and remove points."""
        key = event.key()
        if key in _ARROWS and self.chosen >= 0:
            across, up = _ARROWS[Qt.Key(key)]
            fine = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            x, y = self._points[self.chosen]
            to = (x + across * POINT_STEP * fine, round(y + up * self._limits.step * fine, 10))
            self._step(moved(self._points, self.chosen, to, self._limits))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.chosen >= 0:
            self._remove(self.chosen)
        elif key in (Qt.Key.Key_Insert, Qt.Key.Key_Plus):
            self._insert()
        elif key == Qt.Key.Key_Escape and self._before is not None:
            before, self._before = self._before, None
            self.changed.emit(before, False)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Steps while a key is held are one for undo."""
        if not event.isAutoRepeat():
            self.settle()
        super().keyReleaseEvent(event)

    def _step(self, points: Points) -> None:
        if points != self._points:
            self._stepped = True
            self.changed.emit(points, True)

    def settle(self) -> None:
        """No more steps follow."""
        if self._stepped:
            self._stepped = False
            self.changed.emit(self._points, False)

    def _remove(self, index: int) -> None:
        points = removed(self._points, index)
        if points != self._points:
            self.changed.emit(points, False)
            self.choose(min(index, len(points) - 1))

    def _insert(self) -> None:
        """Add a point half-way to the next one."""
        if not self._points:
            middle = (self._limits.low + self._limits.high) / 2
            points, index = added((), (0.0, middle), self._limits)
        else:
            start = self._points[max(self.chosen, 0)][0]
            after = [x for x, _ in self._points if x > start]
            x = (start + (after[0] if after else 1.0)) / 2
            points, index = added(self._points, (x, at(self._points, x)), self._limits)
        self.changed.emit(points, False)
        self.choose(index)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab goes on to the next point, and behind the last one to the next widget."""
        index = self.chosen + (1 if forward else -1)
        if 0 <= index < len(self._points):
            self.choose(index)
            return True
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Begin with the first point, or coming back with the last."""
        if event.reason() == Qt.FocusReason.TabFocusReason and self._points:
            self.choose(0)
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self.choose(len(self._points) - 1)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing more follows."""
        self.settle()
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here are no shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            known = (*_ARROWS, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Insert, Qt.Key.Key_Plus)
            if event.key() in known and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.accept()
                return True
        return super().event(event)

    # Looks

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
