"""The graph of a curve, whose points can be dragged and walked over."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

from ui.values.curve_plot import CurvePlot
from ui.values.curve_points import Limits, Points, added, at, moved, removed

POINT_STEP = 0.01
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class CurveChart(CurvePlot):
    """Draws a curve. A click adds a point, a drag moves one, Delete or a right click removes one.

    Tab goes from point to point, arrows move the one that is chosen, Insert adds one behind it.

    Args:
        limits: What values it may have.
    """

    changed = Signal(object, bool)
    """New points, and whether more follow at once."""
    chose = Signal(int)

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self._given = limits
        self._before: Points | None = None
        self._stepped = False
        self.setMouseTracking(True)

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
