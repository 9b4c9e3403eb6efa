"""A number as a field: drag to slide, type for an exact value, arrows and wheel for steps."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from nodeflow.document.values import JSONValue
from nodeflow.node.annotations import Range
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec
from ui.canvas.fields import FieldKind, field_kind, slider_range
from ui.document.expressions import snapped, step_of
from ui.values.number_line import NumberLine

FINE = 0.1
PAGE = 10
_STEPS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_PageUp: PAGE,
    Qt.Key.Key_PageDown: -PAGE,
}
_TYPED = "0123456789.,-+("
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class NumberField(NumberLine):
    """A line that can be slid. A double click, Enter or a digit begins typing; Shift is ten times finer.

    Args:
        spec: What is edited.
    """

    slid = Signal(object, bool)
    """A new value, and whether more follow at once."""

    def __init__(self, spec: InputSpec) -> None:
        super().__init__(spec)
        self._slides = field_kind(spec) is not FieldKind.SEED
        self._origin: QPointF | None = None
        self._start: JSONValue = None
        self._exact = 0.0
        self._moved = self._stepped = False

    # Keys and wheel

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Type, or take a step."""
        key = event.key()
        if self.typing:
            super().keyPressEvent(event)
        elif self._origin is not None and key == Qt.Key.Key_Escape:
            self._give_up()
        elif key in _STEPS:
            self._step(_STEPS[Qt.Key(key)], event.modifiers())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.begin()
        elif event.text() and event.text() in _TYPED:
            self.begin(event.text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self._shown)
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Steps while a key is held are one for undo."""
        if not event.isAutoRepeat():
            self.settle()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """No more steps follow."""
        super().focusOutEvent(event)
        self.settle()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Step, but only with the keyboard's focus: a wheel that scrolls a form must not change it."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if self.hasFocus() and not self.typing and turned:
            self._step(1 if turned > 0 else -1, event.modifiers())
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here are no shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier)
            known = event.key() in _STEPS or (event.text() != "" and event.text() in _TYPED)
            if not self.typing and plain and known:
                event.accept()
                return True
        return super().event(event)

    def _step(self, count: float, keys: Qt.KeyboardModifier) -> None:
        fine = bool(keys & _SHIFT)
        value = snapped(self._spec, self._base() + count * step_of(self._spec, fine=fine), fine=fine)
        if value != self._held:
            self._stepped = True
            self.slid.emit(value, True)

    def settle(self) -> None:
        """No more steps follow."""
        if self._stepped:
            self._stepped = False
            self.slid.emit(self._held, False)

    def _base(self) -> float:
        """The number that steps begin at."""
        for value in (self._held, self._spec.default):
            if isinstance(value, int | float) and not isinstance(value, bool):
                return value
        return slider_range(self._spec)[0]

    # Dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Perhaps begin to slide."""
        if self.typing:
            super().mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.settle()
            self._origin, self._moved = event.position(), False
            self._start, self._exact = self._held, float(self._base())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Slide."""
        if self.typing:
            super().mouseMoveEvent(event)
        elif self._origin is not None and self._slides:
            distance = event.position().x() - self._origin.x()
            if self._moved or abs(distance) >= QApplication.startDragDistance():
                self._moved, self._origin = True, event.position()
                self._slide(distance, fine=bool(event.modifiers() & _SHIFT))

    def _slide(self, distance: float, *, fine: bool) -> None:
        """Set the value that lies so many pixels further."""
        self._exact += distance * self._pace() * (FINE if fine else 1)
        value = snapped(self._spec, self._exact, fine=fine)
        if value != self._held:
            self.slid.emit(value, True)

    def _pace(self) -> float:
        """How much a pixel is."""
        if not isinstance(self._spec.widget, Range):  # no ends: a pixel is a step
            return 1.0 if self._spec.socket.literal is Literal.INTEGER else 0.01
        low, high = slider_range(self._spec)
        return (high - low) / max(self.width(), 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """What was slid to stays."""
        if self.typing:
            super().mouseReleaseEvent(event)
            return
        if self._origin is not None and self._moved:
            self.slid.emit(self._held, False)
        self._origin, self._moved = None, False

    def _give_up(self) -> None:
        """Put the value back that a drag began with."""
        self._origin = None
        if self._moved:
            self._moved = False
            self.slid.emit(self._start, False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Type."""
        if self.typing:
            super().mouseDoubleClickEvent(event)
        else:
            self._origin = None
            self.begin()
