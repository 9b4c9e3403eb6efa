"""Icons, all from one set: Phosphor, whose font qtawesome brings along.

Only its files are used. Importing the package would cost a third of the time until the window is painted.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

SHARE = 0.875
"""The font's size over the icon's height: the glyphs have a bearing of their own."""


def icon(name: str, color: str, selected: str | None = None) -> QIcon:
    """An icon for a button, a menu or a list, such as `icon("play-fill", colors.accent)`.

    Args:
        name: Which one.
        color: Its colour.
        selected: Its colour in a row that is selected; None: the same.
    """
    return QIcon(_Glyph(glyph(name), QColor(color), QColor(selected or color)))


@cache
def glyph(name: str) -> str:
    """The character that draws an icon in `icon_font`, for painting at any zoom."""
    return chr(int(_characters()[name], 16))


def icon_font(pixels: int) -> QFont:
    """The font whose characters are the icons."""
    font = QFont(_family())
    font.setPixelSize(pixels)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class _Glyph(QIconEngine):
    """Draws an icon sharply at any size.

    Args:
        character: What to draw.
        color: In which colour; paler where the icon is disabled.
        selected: In which colour in a selected row.
    """

    def __init__(self, character: str, color: QColor, selected: QColor) -> None:
        super().__init__()
        self._character, self._color, self._selected = character, color, selected

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw the character in the middle."""
        painter.save()
        painter.setOpacity(0.4 if mode is QIcon.Mode.Disabled else 1.0)
        painter.setFont(icon_font(max(round(SHARE * rect.height()), 1)))
        painter.setPen(self._selected if mode is QIcon.Mode.Selected else self._color)
        painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The icon as a picture."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        """Another one that draws the same."""
        return _Glyph(self._character, self._color, self._selected)


def _folder() -> Path:
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("qtawesome, whose icons the editor uses, is not installed")
    return Path(spec.origin).parent / "fonts"


@cache
def _characters() -> dict[str, str]:
    """The hexadecimal code of each icon by its name."""
    (file,) = _folder().glob("phosphor-charmap-*.json")
    found: dict[str, str] = json.loads(file.read_text("utf-8"))
    return found


@cache
def _family() -> str:
    (file,) = _folder().glob("phosphor-[0-9]*.ttf")
    number = QFontDatabase.addApplicationFont(str(file))
    return QFontDatabase.applicationFontFamilies(number)[0]
