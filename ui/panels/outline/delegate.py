"""Paints the rows of the outline in the theme's colours."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nodeflow.node.sockets import Socket
from ui.panels.outline.model import FADED, FAULTY, ICON
from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of

Index = QModelIndex | QPersistentModelIndex


class OutlineDelegate(QStyledItemDelegate):
    """Names in the text's colour, what is said of them muted, faults in the colour of errors."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._owner = parent
        self._icons: dict[tuple[str, str], QIcon] = {}

    def initStyleOption(self, option: Any, index: Index) -> None:  # noqa: N802 - Qt's name
        """Say how a row looks."""
        super().initStyleOption(option, index)
        colors = theme_of(self._owner).colors
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        faded = index.column() > 0 or index.data(FADED)
        color = colors.error if index.data(FAULTY) else colors.text_muted if faded else colors.text
        option.palette.setColor(QPalette.ColorRole.Text, QColor(color))
        if index.column() == 0:
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.icon = self._icon(index, colors.on_accent if selected else None)
            option.decorationSize = QSize(14, 14)

    def _icon(self, index: Index, fixed: str | None) -> QIcon:
        theme = theme_of(self._owner)
        if index.data(FAULTY):
            name, color = "warning-circle-fill", fixed or theme.colors.error
        else:
            name, what = index.data(ICON) or ("circle", "")
            found = theme.socket_color(what) if isinstance(what, Socket) else theme.category_color(what)
            color = fixed or (theme.colors.text_muted if index.data(FADED) else found.name())
        if (name, color) not in self._icons:
            self._icons[name, color] = icon(name, color)
        return self._icons[name, color]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """Rows that are easy to hit."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), SPACE.three + SPACE.hair))
