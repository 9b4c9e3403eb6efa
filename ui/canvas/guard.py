"""Keeps an error while painting one item from ending the whole editor, as Qt would otherwise do."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

Paint = Callable[[Any, QPainter, QStyleOptionGraphicsItem, QWidget | None], None]


def guarded(paint: Paint) -> Callable[..., None]:
    """Wrap an item's `paint`: an exception is reported through `sys.excepthook`, and the rest is drawn."""

    @functools.wraps(paint)
    def safe(
        item: Any, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        try:
            paint(item, painter, option, widget)
        except Exception:  # noqa: BLE001 - an exception that reaches Qt's paint loop crashes the process
            painter.setOpacity(1.0)
            painter.setClipping(False)
            sys.excepthook(*sys.exc_info())

    return safe
