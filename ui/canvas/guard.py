"""Keeps an error while painting one item from ending the whole editor, as Qt would otherwise do."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QPainter

Paint = Callable[..., None]


def guarded(paint: Paint) -> Paint:
    """Wrap a `paint`: an exception is reported through `sys.excepthook`, and the rest is drawn."""

    @functools.wraps(paint)
    def safe(item: Any, painter: QPainter, *how: object) -> None:
        try:
            paint(item, painter, *how)
        except Exception:  # noqa: BLE001 - an exception that reaches Qt's paint loop crashes the process
            painter.setOpacity(1.0)
            sys.excepthook(*sys.exc_info())

    return safe
