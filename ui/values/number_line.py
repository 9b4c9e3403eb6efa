"""A line that shows a number, filled like a slider, until one types into it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit

from nodeflow.document.values import JSONValue
from nodeflow.node.spec import InputSpec
from ui.canvas.fields import FieldKind, field_kind, fraction, value_text
from ui.document.expressions import number_for
from ui.theme.colors import Colors
from ui.theme.theme import theme_of
from ui.values.looks import HEIGHT, PAD, ROUND


class NumberLine(QLineEdit):
    """Shows a number, and takes what is typed. It does not keep what it tells.

    Args:
        spec: What is edited.
    """

    typed = Signal(object)
    """A new number; what is wrong with one is `refused`."""
    refused = Signal(str)

    def __init__(self, spec: InputSpec) -> None:
        super().__init__()
        self._spec = spec
        self._held: JSONValue = None
        self._shown = ""
        self._hovered = False
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
        self._rest()
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

    def _rest(self) -> None:
        """Show the value again."""
        self.setReadOnly(True)
        self.deselect()
        self.setText(self._shown)
        slides = field_kind(self._spec) is not FieldKind.SEED
        self.setCursor(Qt.CursorShape.SizeHorCursor if slides else Qt.CursorShape.ArrowCursor)

    def _commit(self) -> bool:
        """Take what was typed; False if it is no good."""
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

    def _drop(self) -> None:
        """Forget what was typed."""
        self.refused.emit("")
        self._rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Type; Enter keeps, Escape drops."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        elif event.key() == Qt.Key.Key_Escape:
            self._drop()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """What was typed is kept if it is valid, and dropped if not."""
        if self.typing and event.reason() != Qt.FocusReason.PopupFocusReason and not self._commit():
            self._drop()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Stand out under the pointer."""
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self._hovered = event.type() == QEvent.Type.HoverEnter
            self.update()
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
        self._draw_field(painter, box, colors)
        muted = self._held is None or not self.isEnabled()
        painter.setPen(QColor(colors.text_muted if muted else colors.text))
        inside = box.adjusted(PAD, 0, -PAD, 0)
        text = self.fontMetrics().elidedText(self._shown, Qt.TextElideMode.ElideRight, int(inside.width()))
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _draw_field(self, painter: QPainter, box: QRectF, colors: Colors) -> None:
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
