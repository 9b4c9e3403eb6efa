"""The one editor of the canvas. It exists only while something is edited, over the field it edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from nodeflow.document.values import JSONValue
from ui.canvas.actions import Port
from ui.canvas.fields import label_text
from ui.canvas.geometry import Field
from ui.theme.metrics import SPACE, ui_font

if TYPE_CHECKING:
    from ui.canvas.view import CanvasView
    from ui.values.editor import ValueEditor

BUBBLE_OFFSET = QPoint(-16, -8)
"""So that what is said begins a little below the field."""


class FieldEditor(QObject):
    """Edits one field at a time, with the editor that the value has everywhere.

    Attributes:
        widget: What is shown now, or None.
        port: What is edited now.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.widget: ValueEditor | None = None
        self.port: Port | None = None
        self._field: Field | None = None

    def open(self, port: Port, field: Field) -> None:
        """Begin to edit a field; what was edited before is kept."""
        self.commit()
        widget = self._view.intents.editor(port, field.spec)
        self.port, self._field, self.widget = port, field, widget
        widget.set_value(self._value(port))
        widget.edited.connect(self._hear)
        widget.left.connect(self.cancel)
        widget.setAutoFillBackground(True)
        if widget.is_tall:
            widget.setObjectName("popup")
            widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            widget.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, SPACE.half)
        widget.setParent(self._view.viewport())
        widget.setAccessibleName(label_text(port.input))
        for part in (widget, *widget.findChildren(QWidget)):
            part.installEventFilter(self)
        self.follow()
        widget.show()
        widget.begin()

    def _value(self, port: Port) -> JSONValue:
        return self._view.canvas.nodes[port.node].look.value(port.input)

    def follow(self) -> None:
        """Stay over the field while the view moves."""
        if self.widget is None or self.port is None or self._field is None:
            return
        item = self._view.canvas.nodes.get(self.port.node)
        if item is None:
            self.cancel()
            return
        rect = self._view.mapFromScene(QRectF(self._field.rect.translated(item.pos()))).boundingRect()
        self.widget.setFont(ui_font(max(11, round(12 * min(self._view.zoom, 1.6)))))
        least = QSize(*self.widget.least).expandedTo(self.widget.minimumSizeHint())
        room = self._view.viewport().size() - QSize(SPACE.one, SPACE.one)
        box = QRect(rect.topLeft(), rect.size().expandedTo(least).boundedTo(room))
        box.moveBottom(min(box.bottom(), self._view.viewport().height() - SPACE.half))
        box.moveRight(min(box.right(), self._view.viewport().width() - SPACE.half))
        self.widget.setGeometry(box)
        self._view.minimap.give_way(box)

    def commit(self) -> bool:
        """Keep what was entered and close; False, and still open, if it is not valid."""
        if self.widget is None or self.port is None:
            return True
        port = self.port
        try:
            self.widget.finish()
        except ValueError as error:
            below = self.widget.geometry().bottomLeft() + BUBBLE_OFFSET
            self._view.say(f"{label_text(port.input)} {error}", self._view.mapToScene(below))
            return False
        value = self.widget.value
        known = port.node in self._view.canvas.nodes
        changed = known and value != self._value(port)
        self._close()
        if changed:
            self._view.intents.edit_value(port, value)
        return True

    def _hear(self, value: JSONValue, going: bool) -> None:
        """What is picked is kept at once; what is drawn or written, when one leaves."""
        if not going and self.widget is not None and (self.widget.picks or value is None):
            self.commit()

    def cancel(self) -> None:
        """Close and change nothing."""
        if self.widget is not None:
            self._close()

    def _close(self) -> None:
        widget, self.widget, self.port, self._field = self.widget, None, None, None
        if widget is not None:
            for part in (widget, *widget.findChildren(QWidget)):
                part.removeEventFilter(self)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
            self._view.minimap.give_way(QRect())
            self._hush()
            self._view.setFocus()

    def _hush(self) -> None:
        """Take back what was said about the value."""
        overlay = self._view.overlay
        if overlay.bubble is not None:
            overlay.bubble = None
            overlay.changed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter keeps, Escape drops, Tab goes on to the next field; so does leaving."""
        if self.widget is None or not isinstance(watched, QWidget):
            return False
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            self._hush()
            return not self.widget.keeps(watched, event) and self._key(event)
        if isinstance(event, QFocusEvent) and event.lostFocus():
            inside = self._view.focusWidget()
            stays = inside is not None and self.widget.isAncestorOf(inside)
            if not stays and not self.commit():
                self.cancel()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self.cancel()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
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
