"""Pictures to choose from: as large as there is room for all of them, in their own colours."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QImage, QPainter, QPainterPath, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from ui.pictures.comparing import inside
from ui.theme.icons import glyph, icon_font
from ui.theme.metrics import SPACE, ui_font
from ui.theme.theme import theme_of

LEAST = 160
"""Longest side of a picture at least, in pixels; where all do not fit so large, the list scrolls."""
CAPTION = SPACE.three
BADGE = 14.0
"""Half the width of the mark on a picture that is chosen."""
ROUNDING = 4.0
State = QStyle.StateFlag
Index = QModelIndex | QPersistentModelIndex


class ChoiceList(QListWidget):
    """Pictures, several of which may be chosen.

    Args:
        pictures: What there is to choose from; all of one size.

    Attributes:
        order: The places of those that are chosen, in the order they were chosen.
    """

    def __init__(self, pictures: Sequence[QImage]) -> None:
        super().__init__()
        self.order: list[int] = []
        self._size = QSizeF(pictures[0].size()) if pictures else QSizeF(1, 1)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QListWidget.SelectionMode.MultiSelection)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setItemDelegate(_Tile(self))
        for number, picture in enumerate(pictures, 1):
            self.addItem(QListWidgetItem(QIcon(QPixmap.fromImage(picture)), str(number)))
        self.itemSelectionChanged.connect(self._note)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Make the pictures as large as they fit."""
        super().resizeEvent(event)
        room = self.maximumViewportSize() - QSize(SPACE.two, SPACE.half)  # else the last of a row wraps
        self.setGridSize(fitting_tile(self._size, self.count(), room))

    def _note(self) -> None:
        now = [index.row() for index in self.selectedIndexes()]
        kept = [row for row in self.order if row in now]
        self.order = kept + [row for row in now if row not in kept]
        self.viewport().update()  # what comes after one that was let go has another number now


def fitting_tile(picture: QSizeF, count: int, room: QSize) -> QSize:
    """How large tiles may be for all pictures to be seen at once; not smaller than is of use.

    Args:
        picture: The size of each.
        count: How many there are.
        room: Where they have to fit.
    """
    around = QSize(SPACE.two, SPACE.two + CAPTION)
    keep = Qt.AspectRatioMode.KeepAspectRatio
    best = picture.scaled(LEAST, LEAST, keep)
    tile = best.toSize() + around
    for columns in range(1, count + 1):
        cell = QSize(room.width() // columns, room.height() // -(-count // columns))
        shown = picture.scaled(QSizeF(cell - around), keep)
        if shown.isValid() and shown.width() > best.width():
            best, tile = shown, cell
    return tile


class _Tile(QStyledItemDelegate):
    """Paints a picture and its number; what is chosen is framed, so that its colours can be judged."""

    def __init__(self, view: ChoiceList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802 - Qt's name
        """All are the same size."""
        return self._view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one picture."""
        theme, state = theme_of(self._view), option.state
        tile = QRectF(option.rect)
        icon: QIcon = index.data(Qt.ItemDataRole.DecorationRole)
        pixmap = icon.pixmap(icon.availableSizes()[0])
        room = tile.adjusted(SPACE.one, SPACE.one, -SPACE.one, -SPACE.one - CAPTION)
        box = inside(room, QSizeF(pixmap.size()))
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if state & State.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colors.field_hover))
            painter.drawRoundedRect(tile.adjusted(2, 2, -2, -2), ROUNDING, ROUNDING)
        shape = QPainterPath()
        shape.addRoundedRect(box, ROUNDING, ROUNDING)
        painter.save()
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()))
        painter.restore()
        if state & State.State_Selected:
            self._mark(painter, box, index.row())
        painter.setFont(ui_font(theme.type.body))
        painter.setPen(QColor(theme.colors.text))
        caption = QRectF(box.left(), box.bottom(), box.width(), CAPTION)
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        if state & State.State_HasFocus:
            painter.setPen(QPen(QColor(theme.colors.text_muted), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(tile.adjusted(2, 2, -2, -2), ROUNDING, ROUNDING)
        painter.restore()

    def _mark(self, painter: QPainter, box: QRectF, row: int) -> None:
        """A frame, and in a corner a tick; the place in the order where several are chosen."""
        theme, order = theme_of(self._view), self._view.order
        accent = QColor(theme.colors.accent)
        painter.setPen(QPen(accent, 4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), ROUNDING + 2, ROUNDING + 2)
        badge = QRectF(0, 0, 2 * BADGE, 2 * BADGE)
        badge.moveTopRight(box.topRight())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawEllipse(badge)
        painter.setPen(QColor(theme.colors.on_accent))
        if len(order) > 1 and row in order:
            painter.setFont(ui_font(theme.type.body, QFont.Weight.DemiBold))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(order.index(row) + 1))
        else:
            painter.setFont(icon_font(SPACE.two))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, glyph("check"))
