"""How one job of the queue is painted: picture, title, what tells it from others, and how it stands."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate

from ui.queue.entry import Entry, State
from ui.queue.model import BESIDE, ENTRY, SHARE, STATE, part_text
from ui.theme.icons import glyph, icon_font
from ui.theme.metrics import SPACE, ui_font
from ui.theme.theme import theme_of

_Index = QModelIndex | QPersistentModelIndex
PICTURE = 40
HEIGHT = PICTURE + SPACE.one + SPACE.half
RIGHT = 0.34
"""Share of the width, at most, for how a job stands."""
BAR = 3
SIGNS = {
    State.WAITING: "hourglass-simple",
    State.RUNNING: "play",
    State.DONE: "check",
    State.FAILED: "warning-circle",
    State.CANCELLED: "prohibit",
}
Align = Qt.AlignmentFlag


class QueueTile(QStyledItemDelegate):
    """Paints jobs in a list.

    Args:
        view: The list, whose theme they keep to.
    """

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: Any, _index: _Index) -> QSize:  # noqa: N802 - Qt's name
        """All are the same height, and as wide as the list."""
        return QSize(self._view.viewport().width(), HEIGHT)

    def paint(self, painter: QPainter, option: Any, index: _Index) -> None:
        """Paint one job."""
        entry: Entry = index.data(ENTRY)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._background(painter, option)
        inner = option.rect.adjusted(SPACE.one, SPACE.half + 2, -SPACE.one, -SPACE.half - 2)
        self._picture(painter, QRect(inner.left(), inner.top(), PICTURE, PICTURE), index)
        texts = inner.adjusted(PICTURE + SPACE.one, 0, 0, 0)
        words = self._standing(painter, texts, index)
        self._texts(painter, texts.adjusted(0, 0, -words, 0), entry)
        if entry.state is State.RUNNING:
            self._bar(painter, option.rect, index.data(SHARE))
        painter.restore()

    def _background(self, painter: QPainter, option: Any) -> None:
        colors = theme_of(self._view).colors
        box = QRectF(option.rect).adjusted(2, 1, -2, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.fill if selected else colors.field_hover))
            painter.drawRoundedRect(box, 4, 4)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colors.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)

    def _picture(self, painter: QPainter, box: QRect, index: _Index) -> None:
        """The picture, cut to a square; a sign while there is none."""
        colors = theme_of(self._view).colors
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(box), 4, 4)
        painter.fillPath(shape, QColor(colors.field))
        pixmap = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(pixmap, QPixmap) and not pixmap.isNull():
            side = min(pixmap.width(), pixmap.height())
            part = QRect((pixmap.width() - side) // 2, (pixmap.height() - side) // 2, side, side)
            painter.save()
            painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
            painter.drawPixmap(box, pixmap, part)
            painter.restore()
            return
        entry: Entry = index.data(ENTRY)
        tones = {State.FAILED: colors.error, State.RUNNING: colors.accent}
        painter.setPen(QColor(tones.get(entry.state, colors.text_muted)))
        painter.setFont(icon_font(SPACE.two + SPACE.half))
        painter.drawText(box, Align.AlignCenter, glyph(SIGNS[entry.state]))

    def _standing(self, painter: QPainter, box: QRect, index: _Index) -> int:
        """How it stands, at the right; gives the room that this takes."""
        theme, entry = theme_of(self._view), index.data(ENTRY)
        tones = {State.FAILED: theme.colors.error, State.RUNNING: theme.colors.accent}
        lines = (
            (index.data(STATE), theme.type.body, tones.get(entry.state, theme.colors.text_muted)),
            (index.data(BESIDE), theme.type.small, theme.colors.text_muted),
        )
        room, most = 0, round(box.width() * RIGHT)
        for number, (text, pixels, color) in enumerate(lines):
            painter.setFont(ui_font(pixels))
            painter.setPen(QColor(color))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, most)
            painter.drawText(_line(box, number), Align.AlignRight | Align.AlignVCenter, shown)
            room = max(room, painter.fontMetrics().horizontalAdvance(shown))
        return room + SPACE.two

    def _texts(self, painter: QPainter, box: QRect, entry: Entry) -> None:
        """The title with its part of the batch; below it what tells it from others, or what went wrong."""
        theme = theme_of(self._view)
        colors, muted = theme.colors, entry.state is State.CANCELLED
        painter.setFont(ui_font(theme.type.body, QFont.Weight.DemiBold))
        painter.setPen(QColor(colors.text_muted if muted else colors.text))
        part = part_text(entry)
        beside = painter.fontMetrics().horizontalAdvance(f"  {part}") if part else 0
        title = painter.fontMetrics().elidedText(
            entry.title, Qt.TextElideMode.ElideRight, box.width() - beside
        )
        upper = _line(box, 0)
        painter.drawText(upper, Align.AlignLeft | Align.AlignVCenter, title)
        if part:
            upper.setLeft(upper.left() + painter.fontMetrics().horizontalAdvance(title) + SPACE.one)
            painter.setFont(ui_font(theme.type.small))
            painter.setPen(QColor(colors.text_muted))
            painter.drawText(upper, Align.AlignLeft | Align.AlignVCenter, part)
        failed = entry.state is State.FAILED and entry.message
        painter.setFont(ui_font(theme.type.small))
        painter.setPen(QColor(colors.error if failed else colors.text_muted))
        note = entry.message if failed else entry.note
        note = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(_line(box, 1), Align.AlignLeft | Align.AlignVCenter, note)

    def _bar(self, painter: QPainter, row: QRect, share: float) -> None:
        """How far it is, along the lower edge."""
        colors = theme_of(self._view).colors
        track = QRectF(row.left() + SPACE.one, row.bottom() - BAR, row.width() - 2 * SPACE.one, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.field))
        painter.drawRoundedRect(track, BAR / 2, BAR / 2)
        if share > 0:
            painter.setBrush(QColor(colors.accent))
            track.setWidth(track.width() * min(share, 1.0))
            painter.drawRoundedRect(track, BAR / 2, BAR / 2)


def _line(box: QRect, number: int) -> QRect:
    """The upper or the lower half."""
    half = box.height() // 2
    return QRect(box.left(), box.top() + number * half, box.width(), half)
