"""A button that shows what is chosen and opens a list to choose from."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from ui.theme.icons import glyph, icon_font
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.values.looks import HEIGHT, PAD, ROUND

SIGN, CARET = 20, 18
"""How wide the icon before the name and the caret behind it are."""


class PickButton(QAbstractButton):
    """Looks like a field. A click, Space or typing opens the list; arrows and the wheel step through it."""

    opened = Signal(str)
    """Wants the list, filtered by what was typed."""
    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._sign, self._tone, self._detail = "", "text", ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: self.opened.emit(""))

    def show_choice(self, text: str, *, sign: str = "", tone: str = "text", detail: str = "") -> None:
        """Show what is chosen.

        Args:
            text: Its name.
            sign: An icon.
            tone: One of the theme's colours.
            detail: A few words, shown where there is room.
        """
        self.setText(text)
        self._sign, self._tone, self._detail = sign, tone, detail
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as other fields, with room for the name."""
        sign = SIGN if self._sign else 0
        return QSize(
            PAD + sign + self.fontMetrics().horizontalAdvance(self.text()) + CARET + SPACE.one, HEIGHT
        )

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A few letters."""
        return QSize(56, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Step, open, or search at once."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F4):
            self.opened.emit("")
        elif plain and event.text().isalnum():
            self.opened.emit(event.text())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Step, but only with the keyboard's focus: a wheel that scrolls a form must not change it."""
        turned = event.angleDelta().y()
        if self.hasFocus() and turned:
            self.stepped.emit(-1 if turned > 0 else 1)
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Letters typed here search, whatever shortcut they would be elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if not keys and (event.text().isalnum() or event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)):
                event.accept()
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Draw the field, the sign, the name and the caret."""
        colors = theme_of(self).colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(colors.accent if self.hasFocus() else colors.line), 1))
        painter.setBrush(QColor(colors.field_hover if self.underMouse() else colors.field))
        painter.drawRoundedRect(box, ROUND, ROUND)
        inner = box.adjusted(PAD, 0, -SPACE.one, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(icon_font(14))
        painter.setPen(QColor(colors.text_muted))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, glyph("caret-down"))
        inner.setRight(inner.right() - CARET)
        if self._sign:
            painter.setPen(QColor(getattr(colors, self._tone) if self._tone != "text" else colors.text_muted))
            painter.drawText(inner, middle, glyph(self._sign))
            inner.setLeft(inner.left() + SIGN)
        painter.setFont(self.font())
        metrics = self.fontMetrics()
        painter.setPen(QColor(getattr(colors, self._tone)))
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, int(inner.width()))
        painter.drawText(inner, middle, text)
        room = inner.width() - metrics.horizontalAdvance(text) - SPACE.two
        if self._detail and metrics.horizontalAdvance(self._detail) < room:
            painter.setPen(QColor(colors.text_muted))
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, self._detail)
