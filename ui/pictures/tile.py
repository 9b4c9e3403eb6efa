"""How one picture of the gallery is painted: the thumbnail, and below it its title and time."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.pictures.model import WHEN
from ui.theme.icons import glyph, icon_font
from ui.theme.metrics import SPACE, ui_font
from ui.theme.theme import theme_of

PICTURE = 128
CAPTION = 32
TILE = QSize(PICTURE + SPACE.two, PICTURE + CAPTION + SPACE.two)
ROUNDING = 4.0
State = QStyle.StateFlag


class Tile(QStyledItemDelegate):
    """Paints pictures in a view.

    Args:
        view: The view, whose theme they keep to.
    """

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802 - Qt's name
        """All are the same size."""
        return TILE

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one picture."""
        theme = theme_of(self._view)
        colors, tile = theme.colors, option.rect
        box = QRect(tile.left() + SPACE.one, tile.top() + SPACE.one, PICTURE, PICTURE)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        state = option.state
        if state & (State.State_Selected | State.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.fill if state & State.State_Selected else colors.field_hover))
            painter.drawRoundedRect(QRectF(tile).adjusted(2, 2, -2, -2), 6, 6)
        pixmap = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(pixmap, QPixmap) and not pixmap.isNull():
            self._picture(painter, box, pixmap, state)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.field))
            painter.drawRoundedRect(QRectF(box), ROUNDING, ROUNDING)
            painter.setPen(QColor(colors.text_muted))
            painter.setFont(icon_font(SPACE.three))
            name = "image" if pixmap is None else "image-broken"
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, glyph(name))
        if state & State.State_HasFocus:
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(tile).adjusted(2, 2, -2, -2), 6, 6)
        self._caption(painter, box, index)
        painter.restore()

    def _picture(self, painter: QPainter, box: QRect, pixmap: QPixmap, _state: QStyle.StateFlag) -> None:
        """The whole picture, as large as fits."""
        size = pixmap.size()
        if (
            size.width() > PICTURE
            or size.height() > PICTURE
            or max(size.width(), size.height()) * 2 > PICTURE
        ):
            size.scale(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(box.topLeft(), size)
        target.moveCenter(box.center())
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(target), ROUNDING, ROUNDING)
        painter.save()
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        painter.drawPixmap(target, pixmap)
        painter.restore()

    def _caption(self, painter: QPainter, box: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        theme = theme_of(self._view)
        line = QRect(box.left(), box.bottom() + 1 + SPACE.half, box.width(), SPACE.two)
        for role, pixels, color in (
            (Qt.ItemDataRole.DisplayRole, theme.type.body, theme.colors.text),
            (WHEN, theme.type.small, theme.colors.text_muted),
        ):
            painter.setFont(ui_font(pixels))
            painter.setPen(QColor(color))
            text = painter.fontMetrics().elidedText(
                str(index.data(role) or ""), Qt.TextElideMode.ElideMiddle, box.width()
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            line.translate(0, SPACE.two - 2)
