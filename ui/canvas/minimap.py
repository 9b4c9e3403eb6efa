"""The whole scene in a corner; a click or a drag there moves the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from ui.theme.metrics import SPACE

if TYPE_CHECKING:
    from ui.canvas.view import CanvasView

SIZE = (192, 128)
PAUSE = 150
"""Milliseconds between two drawings; nobody reads a minimap more often."""


class Minimap(QWidget):
    """Shows where the view is. A child of the view, beside the viewport: scrolling does not move it."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Minimap"))
        self._key: object = None
        self._picture = QPixmap()
        self._later = QTimer(self, singleShot=True, interval=PAUSE)
        self._later.timeout.connect(self.update)
        view.visibleChanged.connect(self._soon)
        view.canvas.changed.connect(self._soon)
        self.dock()

    def dock(self) -> None:
        """Go to the view's lower right corner; in a small view, leave most of it free."""
        view = self._view
        self.setFixedSize(QSize(*SIZE).boundedTo(view.size() / 3))
        self.move(view.width() - self.width() - SPACE.two, view.height() - self.height() - SPACE.two)

    def give_way(self, place: QRect) -> None:
        """Go behind the canvas while something else needs a place in the view."""
        if self.geometry().intersects(place):
            self.lower()
        else:
            self.raise_()

    def _soon(self) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def _area(self) -> QRectF:
        return self._view.canvas.bounds().united(self._view.visible_rect())

    def _transform(self) -> QTransform:
        area = self._area().adjusted(-1, -1, 1, 1)
        scale = min((self.width() - 8) / area.width(), (self.height() - 8) / area.height())
        middle, center = QPointF(self.width() / 2, self.height() / 2), area.center()
        return QTransform(
            scale, 0, 0, scale, middle.x() - center.x() * scale, middle.y() - center.y() * scale
        )

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the nodes and what the view shows of them."""
        stage = self._view.canvas.stage
        paints = stage.brush.paints
        painter = QPainter(self)
        transform = self._transform()
        painter.drawPixmap(0, 0, self._nodes(transform))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(paints.accent, 1.5))
        painter.drawRect(transform.mapRect(self._view.visible_rect()).intersected(QRectF(self.rect())))
        painter.setPen(paints.outline)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _nodes(self, transform: QTransform) -> QPixmap:
        """A picture of the nodes; the same one as long as nothing changes."""
        stage = self._view.canvas.stage
        key = (stage.overview.revision, transform, stage.theme, self.size(), self.devicePixelRatio())
        if key != self._key:
            self._key = key
            self._picture = QPixmap(self.size() * self.devicePixelRatio())
            self._picture.setDevicePixelRatio(self.devicePixelRatio())
            self._picture.fill(stage.brush.paints.field.color())
            painter = QPainter(self._picture)
            painter.setTransform(transform)
            stage.overview.paint_small(painter, stage.brush.paints)
            painter.end()
        return self._picture

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Look there."""
        inverse, _ = self._transform().inverted()
        self._view.centerOn(inverse.map(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Look there."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Keep it from reaching the canvas below."""
        event.accept()
