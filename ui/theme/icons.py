"""Icons, all from one set: Phosphor, which qtawesome brings along as a font."""

from __future__ import annotations

from functools import cache

import qtawesome  # type: ignore[import-untyped]  # ships no annotations
from PySide6.QtGui import QFont, QIcon

PREFIX = "ph"


def icon(name: str, color: str) -> QIcon:
    """An icon for a button or a menu, such as `icon("play-fill", colors.accent)`."""
    result: QIcon = qtawesome.icon(f"{PREFIX}.{name}", color=color)
    return result


@cache
def glyph(name: str) -> str:
    """The character that draws an icon in `icon_font`, for painting at any zoom."""
    character: str = qtawesome.charmap(f"{PREFIX}.{name}")
    return character


def icon_font(pixels: int) -> QFont:
    """The font whose characters are the icons."""
    font = QFont(qtawesome.font(PREFIX, pixels))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
