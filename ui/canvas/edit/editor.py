"""The one editor of the canvas. It exists only while something is edited, over the field it edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from ui.canvas.actions import Port
from ui.canvas.edit.chooser import Chooser
from ui.canvas.edit.expressions import number_for
from ui.canvas.fields import NUMERIC, PICKED, FieldKind, label_text, value_text
from ui.canvas.geometry import Field
from ui.theme.metrics import ui_font

if TYPE_CHECKING:
    from ui.canvas.view import CanvasView

SMALLEST = (120, 22)
PROMPT_SMALLEST = (320, 120)


class FieldEditor(QObject):
    """Edits one field at a time.

    Attributes:
        widget: What is shown now, or None.
        port: What is edited now.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.widget: QLineEdit | QPlainTextEdit | Chooser | None = None
        self.port: Port | None = None
        self._field: Field | None = None

    def open(self, port: Port, field: Field) -> None:
        """Begin to edit a field; what was edited before is kept."""
        self.commit()
        value = self._view.canvas.nodes[port.node].look.value(port.input)
        self.port, self._field = port, field
        self.widget = self._make(port, field, value)
        self.widget.setParent(self._view.viewport())
        self.widget.setAccessibleName(label_text(port.input))
        self.widget.installEventFilter(self)
        self.follow()
        self.widget.show()
        self.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make(self, port: Port, field: Field, value: Any) -> QLineEdit | QPlainTextEdit | Chooser:
        if field.kind in PICKED:
            chooser = Chooser(list(self._view.intents.choices(port)), "" if value is None else str(value))
            chooser.chosen.connect(self._choose)
            chooser.left.connect(self.cancel)
            return chooser
        if field.kind is FieldKind.PROMPT:
            prompt = QPlainTextEdit(value if isinstance(value, str) else "")
            prompt.setTabChangesFocus(True)
            prompt.selectAll()
            return prompt
        line = QLineEdit(
            "" if value is None else value if isinstance(value, str) else value_text(field.spec, value)
        )
        line.selectAll()
        return line

    def follow(self) -> None:
        """Stay over the field while the view moves."""
        if self.widget is None or self.port is None or self._field is None:
            return
        item = self._view.canvas.nodes.get(self.port.node)
        if item is None:
            self.cancel()
            return
        rect = self._view.mapFromScene(QRectF(self._field.rect.translated(item.pos()))).boundingRect()
        prompt = self._field.kind is FieldKind.PROMPT
        least = PROMPT_SMALLEST if prompt else SMALLEST
        self.widget.setFont(ui_font(max(11, round(12 * min(self._view.zoom, 1.6)))))
        box = QRect(rect.left(), rect.top(), max(rect.width(), least[0]), max(rect.height(), least[1]))
        if isinstance(self.widget, Chooser):
            box.setHeight(self.widget.sizeHint().height())
        box.moveBottom(min(box.bottom(), self._view.viewport().height() - 4))
        box.moveRight(min(box.right(), self._view.viewport().width() - 4))
        self.widget.setGeometry(box)

    def commit(self) -> bool:
        """Keep what was entered and close; False, and still open, if it is not valid."""
        if self.widget is None or self.port is None or self._field is None:
            return True
        port, spec = self.port, self._field.spec
        try:
            value = self._entered()
        except ValueError as error:
            self._view.statusMessage.emit(f"{label_text(spec.name)} {error}")
            return False
        changed = value != self._view.canvas.nodes[port.node].look.value(port.input)
        self._close()
        if changed:
            self._view.intents.edit_value(port, value)
        return True

    def _entered(self) -> Any:
        assert self._field is not None  # noqa: S101 - only asked while open
        field, widget = self._field, self.widget
        if isinstance(widget, QPlainTextEdit):
            return widget.toPlainText()
        if isinstance(widget, Chooser):
            return widget.current or None
        text = widget.text() if widget is not None else ""
        if field.kind in NUMERIC or field.kind is FieldKind.SEED:
            return number_for(field.spec, text)
        return text

    def cancel(self) -> None:
        """Close and change nothing."""
        if self.widget is not None:
            self._close()

    def _choose(self, text: str) -> None:
        port = self.port
        self._close()
        if port is not None and text != self._view.canvas.nodes[port.node].look.value(port.input):
            self._view.intents.edit_value(port, text)

    def _close(self) -> None:
        widget, self.widget, self.port, self._field = self.widget, None, None, None
        if widget is not None:
            widget.removeEventFilter(self)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
            self._view.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter keeps, Escape drops, Tab goes on to the next field; so does leaving."""
        if watched is self.widget and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        if watched is self.widget and isinstance(event, QFocusEvent) and event.lostFocus():
            inside = self._view.focusWidget()
            stays = inside is not None and self.widget is not None and self.widget.isAncestorOf(inside)
            if not stays and not self.commit():
                self.cancel()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        many_lines = isinstance(self.widget, QPlainTextEdit)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Escape:
                self.cancel()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not many_lines or control:
                self.commit()
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                self._next(-1 if event.key() == Qt.Key.Key_Backtab else 1)
            case _:
                return False
        return True

    def _next(self, step: int) -> None:
        port = self.port
        if port is None or not self.commit():
            return
        fields = [
            field for field in self._view.canvas.nodes[port.node].look.geometry.fields if not field.linked
        ]
        names = [field.spec.name for field in fields]
        if port.input in names:
            field = fields[(names.index(port.input) + step) % len(fields)]
            self.open(Port(port.node, field.spec.name), field)
