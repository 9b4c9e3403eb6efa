"""One line of a palette, and the model and the delegate that show many of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.theme import SPACE, Theme, glyph, icon_font
from ui.theme.metrics import ui_font

HEIGHT = 28
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Row:
    """Something that can be chosen.

    Attributes:
        title: What it is called.
        choose: Does it.
        detail: A word or two on the right: a category, a key.
        summary: A sentence about it.
        color: Of its sign; empty: that of muted text.
        sign: A name of the icon set.
        enabled: Whether it can be chosen now.
    """

    title: str
    choose: Callable[[], object]
    detail: str = ""
    summary: str = ""
    color: str = ""
    sign: str = "circle-fill"
    enabled: bool = True


class RowModel(QAbstractListModel):
    """Rows for a list view."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows from now on."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a row says; the row itself for the delegate."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (row.title, row.detail, row.summary)))
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """What is not enabled can be read but not chosen."""
        flags = Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEnabled if self.rows[index.row()].enabled else flags


class RowDelegate(QStyledItemDelegate):
    """Draws a sign in the category's colour, the title, and the detail on the right.

    Args:
        theme: The theme to begin with.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802 - Qt's name
        """All rows are equally high."""
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        colors, type_ = self.theme.colors, self.theme.type
        box = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent))
            painter.drawRoundedRect(box, 4, 4)
        painter.setOpacity(1.0 if row.enabled else 0.5)
        inner = box.adjusted(SPACE.one, 0, -SPACE.one, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        small = row.sign == "circle-fill"
        painter.setFont(icon_font(10 if small else 16))
        painter.setPen(QColor(colors.on_accent if chosen else row.color or colors.text_muted))
        painter.drawText(
            QRectF(inner.left(), inner.top(), 16, inner.height()),
            Qt.AlignmentFlag.AlignCenter,
            glyph(row.sign),
        )
        inner.setLeft(inner.left() + 16 + SPACE.one)
        font = ui_font(type_.body)
        painter.setFont(font)
        painter.setPen(QColor(colors.on_accent if chosen else colors.text_muted))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, row.detail)
        taken = QFontMetricsF(font).horizontalAdvance(row.detail) + SPACE.two if row.detail else 0.0
        inner.setRight(inner.right() - taken)
        font = ui_font(type_.title)
        painter.setFont(font)
        painter.setPen(QColor(colors.on_accent if chosen else colors.text))
        text = QFontMetricsF(font).elidedText(row.title, Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner, middle, text)
        painter.restore()
