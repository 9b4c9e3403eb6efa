"""Draws one line of a list of choices: a sign or a small picture, the name, and a few words on the right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.theme.icons import glyph, icon_font
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.values.choices import Choice
from ui.values.thumbnails import draw_thumbnail

CHOICE = Qt.ItemDataRole.UserRole
ROW = 26
TALL = 48
_Index = QModelIndex | QPersistentModelIndex


class ChoiceDelegate(QStyledItemDelegate):
    """Draws choices.

    Args:
        view: The list.
        tall: Whether they have pictures.
    """

    def __init__(self, view: QWidget, *, tall: bool) -> None:
        super().__init__(view)
        self._view, self.tall = view, tall

    @property
    def height(self) -> int:
        """Of a row."""
        return TALL if self.tall else ROW

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802 - Qt's name
        """All are equally high."""
        return QSize(0, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one line."""
        row: Choice = index.data(CHOICE) or Choice("", index.data())
        colors = theme_of(self._view).colors
        box = QRectF(option.rect)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or (hovered and row.value):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent if chosen else colors.field_hover))
            painter.drawRoundedRect(box, 4, 4)
        faint = QColor(colors.on_accent if chosen else colors.text_muted)
        inner = box.adjusted(SPACE.one, 0, -SPACE.one, 0)
        inner.setLeft(inner.left() + self._sign(painter, row, inner, faint))
        painter.setFont(option.font)
        metrics = painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(faint)
        room = int(inner.width()) - metrics.horizontalAdvance(row.text) - SPACE.two
        detail = metrics.elidedText(
            row.detail, Qt.TextElideMode.ElideRight, max(room, int(inner.width()) // 2)
        )
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, detail)
        if detail:
            inner.setRight(inner.right() - metrics.horizontalAdvance(detail) - SPACE.two)
        painter.setPen(
            QColor(colors.on_accent if chosen else colors.text if row.value else colors.text_muted)
        )
        text = metrics.elidedText(row.text, Qt.TextElideMode.ElideMiddle, int(inner.width()))
        painter.drawText(inner, middle, text)
        painter.restore()

    def _sign(self, painter: QPainter, row: Choice, box: QRectF, color: QColor) -> float:
        """Draw the sign; returns how much room it takes."""
        if row.picture is not None:
            side = box.height() - SPACE.one
            draw_thumbnail(painter, row.picture, QRectF(box.left(), box.top() + SPACE.half, side, side))
            return side + SPACE.one
        if not row.sign:
            return 0
        painter.setFont(icon_font(16))
        painter.setPen(color)
        place = QRectF(box.left(), box.top(), 16, box.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, glyph(row.sign))
        return 16.0 + SPACE.one
