"""How a row of the node library is drawn."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from ui.canvas.shapes import socket_path
from ui.node_library.entries import FAILED, Entry
from ui.theme.icons import glyph, icon_font
from ui.theme.metrics import SPACE, ui_font
from ui.theme.socket_style import socket_style
from ui.theme.theme import Theme, theme_of
from ui.widgets.choices import HEIGHT
from ui.widgets.parts import titled

ENTRY = Qt.ItemDataRole.UserRole
STARRED = Qt.ItemDataRole.UserRole + 1
COUNT = Qt.ItemDataRole.UserRole + 2
State = QStyle.StateFlag
_Index = QModelIndex | QPersistentModelIndex
SIGN = 16
SHAPE = 12
"""How much room each output's shape has."""
MOST_SHAPES = 3


def entry_of(index: _Index) -> Entry | None:
    """What a row stands for; None for a title or nothing."""
    entry = index.data(ENTRY) if index.isValid() else None
    return entry if isinstance(entry, Entry) else None


def star_box(row: QRect) -> QRect:
    """Where the star of a row is."""
    return QRect(row.right() - SPACE.three, row.top(), SPACE.three, row.height())


class RowPainter(QStyledItemDelegate):
    """Draws titles with their carets, and nodes with their sign, the shapes of their outputs and a star.

    Args:
        tree: The list, whose theme it keeps to.
    """

    def __init__(self, tree: QTreeView) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802 - Qt's name
        """All rows are equally high."""
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        entry = entry_of(index)
        if entry is None:
            self._title(painter, option, index)
        else:
            self._node(painter, option, index, entry)
        painter.restore()

    def _title(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme = theme_of(self._tree)
        inner = QRectF(option.rect).adjusted(SPACE.half, 0, -SPACE.one, 0)
        painter.setPen(QColor(theme.colors.text_muted))
        painter.setFont(icon_font(SPACE.one + SPACE.half))
        opened = bool(option.state & State.State_Open)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, middle, glyph("caret-down-bold" if opened else "caret-right-bold"))
        inner.setLeft(inner.left() + SPACE.two)
        painter.setFont(titled(ui_font(theme.type.body)))
        painter.drawText(inner, middle, str(index.data()))
        painter.setFont(ui_font(theme.type.small))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, str(index.data(COUNT)))

    def _node(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, entry: Entry) -> None:
        theme, box = theme_of(self._tree), QRectF(option.rect)
        colors, state = theme.colors, option.state
        chosen, over = bool(state & State.State_Selected), bool(state & State.State_MouseOver)
        if chosen or over:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent if chosen else colors.field_hover))
            painter.drawRoundedRect(box.adjusted(2, 1, -2, -1), 4, 4)
        inner = box.adjusted(SPACE.two, 0, -SPACE.three - 2, 0)
        color = QColor(colors.warning) if entry.sign == FAILED else theme.category_color(entry.category)
        painter.setPen(QColor(colors.on_accent) if chosen else color)
        painter.setFont(icon_font(SIGN))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, middle, glyph(entry.sign))
        inner.setLeft(inner.left() + SIGN + SPACE.one)
        self._star(painter, option.rect, starred=bool(index.data(STARRED)), over=over, chosen=chosen)
        self._shapes(painter, inner, entry, theme, chosen=chosen)
        painter.setPen(QColor(colors.on_accent if chosen else colors.text))
        painter.setFont(ui_font(theme.type.title))
        room = int(inner.width())
        painter.drawText(
            inner, middle, painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, room)
        )

    def _star(self, painter: QPainter, row: QRect, *, starred: bool, over: bool, chosen: bool) -> None:
        if starred or over:
            colors = theme_of(self._tree).colors
            tone = colors.on_accent if chosen else colors.warning if starred else colors.text_muted
            painter.setPen(QColor(tone))
            painter.setFont(icon_font(SIGN))
            sign = glyph("star-fill" if starred else "star")
            painter.drawText(star_box(row), Qt.AlignmentFlag.AlignCenter, sign)

    def _shapes(self, painter: QPainter, inner: QRectF, entry: Entry, theme: Theme, *, chosen: bool) -> None:
        """The outputs, at the right."""
        outputs = entry.spec.outputs[:MOST_SHAPES] if entry.spec is not None else ()
        for output in reversed(outputs):
            color = QColor(theme.colors.on_accent) if chosen else theme.socket_color(output.socket)
            painter.save()
            painter.translate(inner.right() - SHAPE / 2, inner.center().y())
            painter.setPen(QPen(color, 1))
            painter.setBrush(color)
            painter.drawPath(socket_path(socket_style(output.socket).shape, 3.5))
            painter.restore()
            inner.setRight(inner.right() - SHAPE)
