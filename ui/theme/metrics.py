"""The spacing grid and the type scale, in device-independent pixels."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QFont, QFontDatabase

GRID = 8
"""Everything on the canvas keeps to multiples of this, or of half of it."""


@dataclass(frozen=True)
class Space:
    """Distances between things."""

    hair: int = 2
    half: int = GRID // 2
    one: int = GRID
    two: int = 2 * GRID
    three: int = 3 * GRID


SPACE = Space()


@dataclass(frozen=True)
class TypeScale:
    """Sizes of text, in pixels."""

    small: int = 11
    body: int = 12
    title: int = 13
    large: int = 16
    display: int = 24


def ui_font(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The platform's font for user interfaces.

    Unhinted, so that a text keeps its width relative to its box at every zoom and pixel ratio.
    """
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    font.setPixelSize(pixels)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
