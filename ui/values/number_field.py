"""A number as a field: drag to slide, type for an exact value, arrows and wheel for steps."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QLineEdit

from nodeflow.document.values import JSONValue
from nodeflow.node.annotations import Range
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec
from ui.canvas.fields import FieldKind, field_kind, fraction, slider_range, value_text
from ui.panels.panel import theme_of
from ui.values.expressions import number_for, snapped, step_of
from ui.values.looks import HEIGHT, PAD, ROUND

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


class NumberField(QLineEdit):
    """Shows a number, filled as far as it lies in its slider's range. It does not keep what it tells.

    A double click, Enter or a digit begins typing; Shift makes dragging and steps ten times finer.

    Args:
        spec: What is edited.
        slides: Whether it can be dragged.
    """

    slid = Signal(object, bool)
    """A new value, and whether more follow at once."""
    typed = Signal(object)
    refused = Signal(str)

    def __init__(self, spec: InputSpec, *, slides: bool = True) -> None:
        super().__init__()
        self._spec, self._slides = spec, slides
        self._held: JSONValue = None
        self._shown = ""
        self._origin: QPointF | None = None
        self._start: JSONValue = None
        self._exact = 0.0
        self._moved = self._stepped = self._hovered = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._rest()

    @property
    def typing(self) -> bool:
        """Whether something is being typed."""
        return not self.isReadOnly()

    def show_value(self, value: JSONValue, text: str | None = None) -> None:
        """Show a value.

        Args:
            value: The value.
            text: What to write instead.
        """
        self._held = value
        self._shown = value_text(self._spec, value) if text is None else text
        if self.typing:
            self._rest()
        self.setText(self._shown)
        self.update()

    def begin(self, text: str | None = None) -> None:
        """Begin typing, over what is there or with a first character."""
        if self.typing:
            return
        self.setReadOnly(False)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setText("" if self._held is None else self._shown)
        self.selectAll()
        if text:
            self.insert(text)

    def entered(self) -> JSONValue:
        """The number that was typed.

        Raises:
            ValueError: If it is none, or one that the input does not take.
        """
        return number_for(self._spec, self.text()) if self.typing else self._held

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for an ordinary number."""
        return QSize(96, HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A few digits."""
        return QSize(48, HEIGHT)

    # Typing

    def _rest(self) -> None:
        """Show the value again."""
        self.setReadOnly(True)
        self.deselect()
        self.setText(self._shown)
        can_slide = self._slides and field_kind(self._spec) is not FieldKind.SEED
        self.setCursor(Qt.CursorShape.SizeHorCursor if can_slide else Qt.CursorShape.ArrowCursor)

    def _commit(self) -> bool:
        try:
            value = self.entered()
        except ValueError as error:
            self.refused.emit(str(error))
            return False
        changed = value != self._held or type(value) is not type(self._held)
        self._rest()
        self.refused.emit("")
        if changed:
            self.typed.emit(value)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Type, or take a step."""
        key = event.key()
        if self.typing:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._commit()
            elif key == Qt.Key.Key_Escape:
                self.refused.emit("")
                self._rest()
            else:
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
        if self._stepped and not event.isAutoRepeat():
            self.settle()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """What was typed is kept if it is valid, and dropped if not."""
        if self.typing and event.reason() != Qt.FocusReason.PopupFocusReason and not self._commit():
            self.refused.emit("")
            self._rest()
        self.settle()
        super().focusOutEvent(event)

    # Steps

    def _step(self, count: float, keys: Qt.KeyboardModifier) -> None:
        fine = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        value = snapped(self._spec, self._base() + count * step_of(self._spec, fine=fine), fine=fine)
        if value != self._held:
            self._stepped = True
            self.slid.emit(value, True)

    def settle(self) -> None:
        """No more steps follow."""
        if self._stepped:
            self._stepped = False
            self.slid.emit(self._held, False)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Step, but only with the keyboard's focus: a wheel that scrolls a form must not change it."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if self.hasFocus() and not self.typing and turned:
            self._step(1 if turned > 0 else -1, event.modifiers())
            event.accept()
        else:
            event.ignore()

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
            far = abs(event.position().x() - self._origin.x())
            if self._moved or far >= QApplication.startDragDistance():
                self._slide(event)

    def _slide(self, event: QMouseEvent) -> None:
        assert self._origin is not None  # noqa: S101 - only called between press and release
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._moved = True
        distance = event.position().x() - self._origin.x()
        self._origin = event.position()
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

    # Looks

    def event(self, event: QEvent) -> bool:
        """Stand out under the pointer; keys that mean something here are no shortcuts."""
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self._hovered = event.type() == QEvent.Type.HoverEnter
            self.update()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~(
                Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
            )
            known = event.key() in _STEPS or (event.text() != "" and event.text() in _TYPED)
            if not self.typing and plain and known:
                event.accept()
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the field with its fill; while typing, the line as Qt draws it."""
        if self.typing:
            super().paintEvent(event)
            return
        colors = theme_of(self).colors
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.field_hover if self._hovered else colors.field))
        painter.drawRoundedRect(box, ROUND, ROUND)
        if field_kind(self._spec) is FieldKind.SLIDER and self._held is not None:
            painter.save()
            painter.setClipRect(QRectF(0, 0, self.width() * fraction(self._spec, self._held), self.height()))
            painter.setBrush(QColor(colors.fill))
            painter.drawRoundedRect(box, ROUND, ROUND)
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colors.accent if self.hasFocus() else colors.line), 1))
        painter.drawRoundedRect(box, ROUND, ROUND)
        muted = self._held is None or not self.isEnabled()
        painter.setPen(QColor(colors.text_muted if muted else colors.text))
        inside = box.adjusted(PAD, 0, -PAD, 0)
        text = self.fontMetrics().elidedText(self._shown, Qt.TextElideMode.ElideRight, int(inside.width()))
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
