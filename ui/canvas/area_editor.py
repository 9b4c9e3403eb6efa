"""Edits the title of a frame or the text of a note, in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from ui.canvas.area_item import AreaItem, AreaKind
from ui.theme.metrics import ui_font

if TYPE_CHECKING:
    from ui.canvas.view import CanvasView

SMALLEST = (140, 26)


class AreaEditor(QObject):
    """Edits one area at a time; its widget exists only meanwhile.

    Attributes:
        widget: What is shown now, or None.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._area: AreaItem | None = None
        self.widget: QLineEdit | QPlainTextEdit | None = None

    def open(self, area: AreaItem) -> None:
        """Begin to edit; what was edited before is kept."""
        self.commit()
        self._area = area
        frame = area.kind is AreaKind.FRAME
        self.widget = QLineEdit(area.text) if frame else QPlainTextEdit(area.text)
        self.widget.setAccessibleName(self.tr("Frame title") if frame else self.tr("Note"))
        self.widget.setParent(self._view.viewport())
        self.widget.selectAll()
        self.widget.installEventFilter(self)
        self.follow()
        self.widget.show()
        self.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self) -> None:
        """Stay over the area while the view moves."""
        if self.widget is None or self._area is None:
            return
        if self._area.scene() is None:
            self.cancel()
            return
        handle = self._area.handle.translated(self._area.pos())
        rect = self._view.mapFromScene(QRectF(handle)).boundingRect()
        self.widget.setFont(ui_font(max(11, round(13 * min(self._view.zoom, 1.6)))))
        self.widget.setGeometry(
            QRect(rect.left(), rect.top(), max(rect.width(), SMALLEST[0]), max(rect.height(), SMALLEST[1]))
        )

    def commit(self) -> None:
        """Keep what was entered and close."""
        area, widget = self._area, self.widget
        if area is None or widget is None:
            return
        text = widget.text() if isinstance(widget, QLineEdit) else widget.toPlainText()
        self._close()
        if text == area.text:
            return
        if area.kind is AreaKind.FRAME:
            self._view.intents.rename_frame(area.index, text.strip())
        else:
            self._view.intents.edit_note(area.index, text)

    def cancel(self) -> None:
        """Close and change nothing."""
        if self.widget is not None:
            self._close()

    def _close(self) -> None:
        widget, self.widget, self._area = self.widget, None, None
        if widget is not None:
            widget.removeEventFilter(self)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
            self._view.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter keeps a title, Ctrl+Enter a note, Escape drops; so does leaving."""
        if watched is not self.widget:
            return False
        if isinstance(event, QFocusEvent) and event.lostFocus():
            self.commit()
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if event.key() == Qt.Key.Key_Escape:
                self.cancel()
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and (control or isinstance(self.widget, QLineEdit)):
                self.commit()
                return True
        return False
