"""One picture, or two over each other, with zoom and pan."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui.panels.panel import theme_of
from ui.theme.metrics import SPACE, ui_font

STEP = 1.25
SMALLEST, LARGEST = 0.02, 32.0
SHARP = 2.0
"""From this zoom on, pixels are shown as they are."""
NEAR = 12.0
"""Pixels beside the line between two pictures that still take hold of it."""
GAIN = 4
"""How much stronger differences are shown than they are."""


class Comparing(Enum):
    """How two pictures are compared."""

    SLIDER = "slider"
    DIFFERENCE = "difference"


class PictureView(QWidget):
    """Shows a picture; the wheel zooms to the pointer, dragging pans, a double click changes fit and 1:1.

    Attributes:
        zoom: Screen pixels a picture's pixel.
        fitted: Whether it always fills the room.
        split: Where the line between two pictures is, from 0 to 1.
        comparing: How two are compared.
        message: What is said in place of a picture.
    """

    zoomChanged = Signal()  # noqa: N815 - signals are named as Qt names them

    def __init__(self) -> None:
        super().__init__()
        self.zoom, self.fitted, self.split = 1.0, True, 0.5
        self.comparing = Comparing.SLIDER
        self.message = ""
        self._names = ("", "")
        self._image, self._other, self._difference = QImage(), QImage(), QImage()
        self._middle = QPointF()  # the point of the picture in the middle of the view
        self._held: QPointF | None = None
        self._sliding = False
        self.setMinimumSize(240, 160)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def image(self) -> QImage:
        """The picture; null: none."""
        return self._image

    @property
    def other(self) -> QImage:
        """What it is compared with; null: nothing."""
        return self._other

    def show_image(self, image: QImage, message: str = "") -> None:
        """Show a picture, or why there is none. One of the same size keeps zoom and place."""
        same = image.size() == self._image.size()
        self._image, self.message = image, message
        self._difference = QImage()
        if not same or self.fitted:
            self.fit()
        self.update()

    def compare(self, other: QImage, names: tuple[str, str] = ("", "")) -> None:
        """Lay another picture over it, or none (null)."""
        self._other, self._names = other, names
        self._difference = QImage()
        self.update()

    def set_comparing(self, how: Comparing) -> None:
        """Compare by a line between them, or by what differs."""
        self.comparing = how
        self.update()

    def set_split(self, split: float) -> None:
        """Move the line between two pictures."""
        self.split = min(max(split, 0.0), 1.0)
        self.update()

    def fit(self) -> None:
        """Show all of it."""
        self.fitted = True
        size = self._image.size()
        self._middle = QPointF(size.width() / 2, size.height() / 2)
        if not size.isEmpty():
            wide, high = self.width() - 2 * SPACE.one, self.height() - 2 * SPACE.one
            scale = min(wide / size.width(), high / size.height())
            self.zoom = min(max(scale, SMALLEST), LARGEST)
        self.zoomChanged.emit()
        self.update()

    def full_size(self) -> None:
        """One pixel of the picture is one of the screen."""
        self.zoom_to(1 / self.devicePixelRatioF(), QRectF(self.rect()).center())

    def zoom_to(self, zoom: float, around: QPointF) -> None:
        """Zoom so that what lies under a point of the view stays there."""
        zoom = min(max(zoom, SMALLEST), LARGEST)
        offset = around - QRectF(self.rect()).center()
        self._middle += offset / self.zoom - offset / zoom
        self.zoom, self.fitted = zoom, False
        self._keep_near()
        self.zoomChanged.emit()
        self.update()

    def place_of(self, point: QPointF) -> QPointF:
        """The point of the picture under a point of the view."""
        return self._middle + (point - QRectF(self.rect()).center()) / self.zoom

    def _keep_near(self) -> None:
        size = self._image.size()
        self._middle.setX(min(max(self._middle.x(), 0.0), float(size.width())))
        self._middle.setY(min(max(self._middle.y(), 0.0), float(size.height())))

    def _box(self) -> QRectF:
        """Where the picture lies in the view."""
        corner = QRectF(self.rect()).center() - self._middle * self.zoom
        return QRectF(corner, QSizeF(self._image.size()) * self.zoom)

    def _line(self) -> float:
        box = self._box()
        return box.left() + box.width() * self.split

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom to the pointer."""
        turned = event.angleDelta().y() / 120
        if turned and not self._image.isNull():
            self.zoom_to(self.zoom * STEP**turned, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold of the picture, or of the line between two."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._held = event.position()
            self._sliding = self._near_line(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move it."""
        shape = (
            Qt.CursorShape.SplitHCursor if self._near_line(event.position()) else Qt.CursorShape.ArrowCursor
        )
        if self._held is None:
            self.setCursor(shape)
            return
        if self._sliding:
            box = self._box()
            self.set_split((event.position().x() - box.left()) / max(box.width(), 1))
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._middle -= (event.position() - self._held) / self.zoom
        self._held, self.fitted = event.position(), False
        self._keep_near()
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        self._held, self._sliding = None, False
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """See all of it, or every pixel."""
        if self.fitted:
            self.zoom_to(1 / self.devicePixelRatioF(), event.position())
        else:
            self.fit()

    def _near_line(self, point: QPointF) -> bool:
        slides = not self._other.isNull() and self.comparing is Comparing.SLIDER
        return slides and abs(point.x() - self._line()) <= NEAR

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep on showing all of it."""
        super().resizeEvent(event)
        if self.fitted:
            self.fit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint."""
        painter, colors = QPainter(self), theme_of(self).colors
        painter.fillRect(self.rect(), QColor(colors.canvas))
        if self._image.isNull():
            painter.setPen(QColor(colors.text_muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.message)
        else:
            smooth = self.zoom * self.devicePixelRatioF() < SHARP
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            self._paint_pictures(painter)
        painter.end()

    def _paint_pictures(self, painter: QPainter) -> None:
        box = self._box()
        if self._other.isNull():
            painter.drawImage(box, self._image)
        elif self.comparing is Comparing.DIFFERENCE:
            if self._difference.isNull():
                self._difference = difference(self._image, self._other)
            painter.drawImage(box, self._difference)
        else:
            line = self._line()
            painter.drawImage(box, self._image)
            painter.save()
            painter.setClipRect(QRectF(line, 0, max(self.width() - line, 0), self.height()))
            painter.drawImage(box, self._other)
            painter.restore()
            self._paint_line(painter, line)

    def _paint_line(self, painter: QPainter, line: float) -> None:
        colors = theme_of(self).colors
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(0, 0, 0, 120), 4))
        painter.drawLine(QPointF(line, 0), QPointF(line, self.height()))
        painter.setPen(QPen(QColor(255, 255, 255), 2))
        painter.drawLine(QPointF(line, 0), QPointF(line, self.height()))
        painter.setBrush(QColor(colors.accent))
        painter.drawEllipse(QPointF(line, self.height() / 2), SPACE.one, SPACE.one)
        painter.setFont(ui_font(theme_of(self).type.body))
        for letter, name, right in (("A", self._names[0], False), ("B", self._names[1], True)):
            self._tag(painter, f"{letter}  {name}" if name else letter, right=right)

    def _tag(self, painter: QPainter, text: str, *, right: bool) -> None:
        """Name a picture at the outer lower corner of its side."""
        wide = min(painter.fontMetrics().horizontalAdvance(text) + SPACE.two, max(self.width() // 2 - 16, 40))
        left = self.width() - wide - SPACE.two if right else SPACE.two
        box = QRectF(left, self.height() - 5 * SPACE.one, wide, SPACE.three)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(box, SPACE.half, SPACE.half)
        painter.setPen(QColor(255, 255, 255))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(wide) - SPACE.two)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def difference(one: QImage, two: QImage) -> QImage:
    """Where two pictures differ, made stronger; the second is scaled to the first's size."""
    result = one.convertToFormat(QImage.Format.Format_RGB32)
    if two.size() != one.size():
        two = two.scaled(
            one.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, two.convertToFormat(QImage.Format.Format_RGB32))
    painter.end()
    weak = result.copy()
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    for _ in range(GAIN - 1):
        painter.drawImage(0, 0, weak)
    painter.end()
    return result
