"""One picture, or two over each other, with zoom and pan."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui.pictures.comparing import Comparing, difference, draw_line, draw_name, inside
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of

STEP = 1.25
SMALLEST, LARGEST = 0.02, 32.0
SHARP = 2.0
"""From this zoom on, pixels are shown as they are, unless a small picture just fills the room."""
NEAR = 12.0
"""Pixels beside the line between two pictures that still take hold of it."""


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
        changed = self._other.isNull() is not other.isNull()
        self._other, self._names = other, names
        self._difference = QImage()
        if changed and self.fitted:
            self.fit()
        self.update()

    def set_comparing(self, how: Comparing) -> None:
        """Compare by a line between them, beside each other, or by what differs."""
        self.comparing = how
        if self.fitted:
            self.fit()
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
            room = self._rooms()[0]
            wide, high = room.width() - 2 * SPACE.one, room.height() - 2 * SPACE.one
            scale = min(wide / size.width(), high / size.height())
            self.zoom = min(max(scale, SMALLEST), LARGEST)
        self.zoomChanged.emit()
        self.update()

    def full_size(self) -> None:
        """One pixel of the picture is one of the screen."""
        self.zoom_to(1 / self.devicePixelRatioF(), self._rooms()[0].center())

    def zoom_to(self, zoom: float, around: QPointF) -> None:
        """Zoom so that what lies under a point of the view stays there."""
        zoom = min(max(zoom, SMALLEST), LARGEST)
        offset = around - self._room_at(around).center()
        self._middle += offset / self.zoom - offset / zoom
        self.zoom, self.fitted = zoom, False
        self._keep_near()
        self.zoomChanged.emit()
        self.update()

    def place_of(self, point: QPointF) -> QPointF:
        """The point of the picture under a point of the view."""
        return self._middle + (point - self._room_at(point).center()) / self.zoom

    def _keep_near(self) -> None:
        size = self._image.size()
        self._middle.setX(min(max(self._middle.x(), 0.0), float(size.width())))
        self._middle.setY(min(max(self._middle.y(), 0.0), float(size.height())))

    def _rooms(self) -> list[QRectF]:
        """The view, or its halves while two pictures lie beside each other."""
        whole = QRectF(self.rect())
        if self._other.isNull() or self.comparing is not Comparing.BESIDE:
            return [whole]
        half = round(whole.width() / 2)
        return [QRectF(0, 0, half - 1, whole.height()), QRectF(half + 1, 0, half - 1, whole.height())]

    def _room_at(self, point: QPointF) -> QRectF:
        rooms = self._rooms()
        return rooms[-1] if point.x() >= rooms[-1].left() else rooms[0]

    def _box(self, room: QRectF | None = None) -> QRectF:
        """Where the picture lies in the view, or in half of it."""
        middle = (self._rooms()[0] if room is None else room).center()
        corner = middle - self._middle * self.zoom
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
            smooth = self.fitted or self.zoom * self.devicePixelRatioF() < SHARP
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            self._paint_pictures(painter)
        painter.end()

    def _paint_pictures(self, painter: QPainter) -> None:
        if self._other.isNull():
            painter.drawImage(self._box(), self._image)
        elif self.comparing is Comparing.DIFFERENCE:
            if self._difference.isNull():
                self._difference = difference(self._image, self._other)
            painter.drawImage(self._box(), self._difference)
        else:
            self._paint_both(painter)

    def _paint_both(self, painter: QPainter) -> None:
        rooms, theme = self._rooms(), theme_of(self)
        beside = len(rooms) == 2
        line = rooms[-1].left() if beside else self._line()
        left = rooms[0] if beside else QRectF(0, 0, line, self.height())
        right = rooms[1] if beside else QRectF(line, 0, max(self.width() - line, 0), self.height())
        for image, room, box in (
            (self._image, left, self._box(rooms[0])),
            (self._other, right, inside(self._box(rooms[-1]), QSizeF(self._other.size()))),
        ):
            painter.save()
            painter.setClipRect(room)
            painter.drawImage(box, image)
            painter.restore()
        if not beside:
            draw_line(painter, line, QRectF(self.rect()), theme)
        halves = rooms if beside else [QRectF(self.rect())] * 2
        for letter, name, room in zip("AB", self._names, halves, strict=False):
            text = f"{letter}  {name}" if name else letter
            draw_name(painter, text, room, theme, right=letter == "B" and not beside)
