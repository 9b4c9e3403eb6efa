"""Brushes, pens and fonts of a theme, made once: making them while painting would cost more than painting."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from nodeflow.node.sockets import Socket
from ui.theme.icons import icon_font
from ui.theme.metrics import ui_font
from ui.theme.theme import Theme

LINK_WIDTH = 2.0


class Paints:
    """What the painting functions of the canvas draw with.

    Args:
        theme: The theme to draw in.
    """

    def __init__(self, theme: Theme) -> None:
        colors = theme.colors
        self.theme = theme
        self.colors = colors
        self.text = QPen(QColor(colors.text))
        self.muted = QPen(QColor(colors.text_muted))
        self.accent = QColor(colors.accent)
        self.accent_pen = QPen(self.accent)
        self.on_accent = QPen(QColor(colors.on_accent))
        self.error = QColor(colors.error)
        self.warning = QColor(colors.warning)
        self.success = QColor(colors.success)
        self.canvas = QBrush(QColor(colors.canvas))
        self.node = QBrush(QColor(colors.node))
        self.far_node = QBrush(QColor(colors.node_line))
        self.header = QBrush(QColor(colors.header))
        self.field = QBrush(QColor(colors.field))
        self.field_hover = QBrush(QColor(colors.field_hover))
        self.fill = QBrush(QColor(colors.fill))
        self.shadow = QBrush(QColor(colors.shadow))
        self.outline = QPen(QColor(colors.node_line), 1)
        self.outline_hover = QPen(QColor(colors.text_muted), 1)
        self.outline_selected = QPen(self.accent, 2)
        self.outline_error = QPen(self.error, 2)
        self.outline_missing = QPen(self.warning, 1.5, Qt.PenStyle.DashLine)
        self.title_font = ui_font(theme.type.title, QFont.Weight.DemiBold)
        self.far_font = ui_font(theme.type.display - 5, QFont.Weight.DemiBold)
        self.body_font = ui_font(theme.type.body)
        self.small_font = ui_font(theme.type.small)
        self.frame_font = ui_font(theme.type.large, QFont.Weight.DemiBold)
        self.icon_font = icon_font(14)
        self.body_metrics = QFontMetricsF(self.body_font)
        self._sockets: dict[tuple[str, str | None], tuple[QBrush, QPen]] = {}
        self._links: dict[tuple[str, str | None, bool], QPen] = {}
        self._thin: dict[tuple[str, str | None], QPen] = {}
        self._categories: dict[str, QBrush] = {}
        self._tints: dict[str, QBrush] = {}

    def socket(self, socket: Socket) -> tuple[QBrush, QPen]:
        """Fill and outline of a socket's shape."""
        key = (socket.name, socket.literal)
        if key not in self._sockets:
            color = self.theme.socket_color(socket)
            self._sockets[key] = (QBrush(color), QPen(color, 1.6))
        return self._sockets[key]

    def link(self, socket: Socket, strong: bool) -> QPen:
        """The pen of a link; `strong` while it is selected or under the pointer."""
        key = (socket.name, socket.literal, strong)
        if key not in self._links:
            color = self.theme.socket_color(socket)
            pen = QPen(color, LINK_WIDTH + (1.5 if strong else 0))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            self._links[key] = pen
        return self._links[key]

    def thin_link(self, socket: Socket) -> QPen:
        """A pen of one pixel at any zoom, which is drawn several times faster."""
        key = (socket.name, socket.literal)
        if key not in self._thin:
            self._thin[key] = QPen(self.theme.socket_color(socket), 0)
        return self._thin[key]

    def category(self, category: str) -> QBrush:
        """The colour of a category."""
        if category not in self._categories:
            self._categories[category] = QBrush(self.theme.category_color(category))
        return self._categories[category]

    def tint(self, color: str) -> QBrush:
        """A colour that an artist chose, thin enough for text to stay readable on it."""
        if color not in self._tints:
            tint = QColor(color)
            tint.setAlphaF(0.16)
            self._tints[color] = QBrush(tint)
        return self._tints[color]


@cache
def paints_for(theme: Theme) -> Paints:
    """The paints of a theme."""
    return Paints(theme)
