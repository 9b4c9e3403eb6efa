"""Where popups go: at a place, but never beyond the edge of the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

MARGIN = 8


def kept_on_screen(widget: QWidget, corner: QPoint) -> QPoint:
    """The place for a widget's top left corner that is nearest to `corner` and shows all of it."""
    screen = QGuiApplication.screenAt(corner) or QGuiApplication.primaryScreen()
    area = screen.availableGeometry().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    x = min(corner.x(), area.right() - widget.width())
    y = min(corner.y(), area.bottom() - widget.height())
    return QPoint(max(x, area.left()), max(y, area.top()))
