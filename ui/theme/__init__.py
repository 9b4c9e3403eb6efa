"""How the editor looks: colours, type, spacing, icons and the shapes of sockets. No widget lives here."""

from __future__ import annotations

from ui.theme.colors import DARK, LIGHT, Colors
from ui.theme.icons import glyph, icon, icon_font
from ui.theme.metrics import GRID, SPACE, TypeScale
from ui.theme.socket_style import Shape, SocketStyle, socket_style
from ui.theme.theme import Theme, ThemeKeeper, theme_for

__all__ = [
    "DARK",
    "GRID",
    "LIGHT",
    "SPACE",
    "Colors",
    "Shape",
    "SocketStyle",
    "Theme",
    "ThemeKeeper",
    "TypeScale",
    "glyph",
    "icon",
    "icon_font",
    "socket_style",
    "theme_for",
]
