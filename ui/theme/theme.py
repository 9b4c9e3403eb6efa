"""One theme, and the object that keeps the application in the system's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ui.theme.colors import DARK, LIGHT, Colors
from ui.theme.metrics import TypeScale, ui_font
from ui.theme.qt_palette import qt_palette
from ui.theme.socket_style import STYLES, SocketStyle, socket_style
from ui.theme.stylesheet import stylesheet

if TYPE_CHECKING:
    from nodeflow.node.sockets import Socket

_CATEGORIES = {
    "model": "Model",
    "conditioning": "Conditioning",
    "latent": "Latent",
    "image": "Image",
    "mask": "Mask",
    "inpainting": "Mask",
    "number": "Number",
    "text": "Text",
}


@dataclass(frozen=True)
class Theme:
    """Everything that decides how the editor looks.

    Attributes:
        colors: The palette.
        type: Sizes of text.
    """

    colors: Colors
    type: TypeScale = field(default_factory=TypeScale)

    def socket_color(self, socket: Socket) -> QColor:
        """The colour of a socket and its links."""
        return self.style_color(socket_style(socket))

    def style_color(self, style: SocketStyle) -> QColor:
        """The colour of a style in this theme."""
        return QColor(style.dark if self.colors.dark else style.light)

    def category_color(self, category: str) -> QColor:
        """The colour of a category of nodes: that of what its nodes make."""
        if category in _CATEGORIES:
            return self.style_color(STYLES[_CATEGORIES[category]])
        return QColor(self.colors.accent if category == "sampling" else self.colors.text_muted)


@cache
def theme_for(*, dark: bool) -> Theme:
    """The dark or the light theme."""
    return Theme(DARK if dark else LIGHT)


def theme_of(widget: QWidget) -> Theme:
    """The theme that a widget's palette belongs to."""
    return theme_for(dark=widget.palette().color(QPalette.ColorRole.Window).lightness() < 128)


class ThemeKeeper(QObject):
    """Puts a theme on the application and follows the system when it changes.

    Args:
        app: The application.
        dark: Which theme to keep; None follows the system.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, dark: bool | None = None) -> None:
        super().__init__(app)
        self._app = app
        self._fixed = dark
        self.theme = theme_for(dark=self._wanted())
        app.setStyle("Fusion")  # native styles ignore parts of a palette
        app.setFont(ui_font(self.theme.type.title))
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._apply()

    def choose(self, dark: bool | None) -> None:
        """Keep one theme from now on, or follow the system (None)."""
        self._fixed = dark
        self._follow()

    def _wanted(self) -> bool:
        if self._fixed is not None:
            return self._fixed
        return self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark

    def _follow(self) -> None:
        theme = theme_for(dark=self._wanted())
        if theme is not self.theme:
            self.theme = theme
            self._apply()
            self.changed.emit(theme)

    def _apply(self) -> None:
        self._app.setPalette(qt_palette(self.theme.colors))
        self._app.setStyleSheet(stylesheet(self.theme.colors))
