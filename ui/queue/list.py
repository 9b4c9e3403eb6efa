"""The list of jobs: jobs that wait are dragged to another place, and keys do what the menu does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QListView

from ui.queue.entry import Entry, State
from ui.queue.model import ENTRY
from ui.queue.tile import HEIGHT, QueueTile
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of

SCROLLING = 40
"""Milliseconds from one step to the next while a job is dragged beyond the edge."""
WALKING = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Down)
Chord = tuple[Qt.Key, Qt.KeyboardModifier]


class QueueList(QListView):
    """Jobs, one below the other.

    Args:
        keys: What keys do; they come before the window's shortcuts.
    """

    moveWanted = Signal(str)  # noqa: N815 - signals are named as Qt names them
    """The selected jobs are to stand before the job of that name; empty: at the end of what waits."""

    def __init__(self, keys: Mapping[Chord, Callable[[], object]]) -> None:
        super().__init__()
        self._keys = keys
        self._pressed: QPoint | None = None
        self._target: int | None = None
        self._scrolling = QTimer(self, interval=SCROLLING)
        self._scrolling.timeout.connect(self._scroll)
        self.setItemDelegate(QueueTile(self))
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    @property
    def dragging(self) -> bool:
        """Whether jobs are being dragged."""
        return self._target is not None

    @property
    def chosen(self) -> list[Entry]:
        """The selected jobs, from the top."""
        return [index.data(ENTRY) for index in sorted(self.selectedIndexes())]

    def entry(self, row: int) -> Entry | None:
        """The job in a row."""
        found = self.model().index(row, 0).data(ENTRY) if self.model() is not None else None
        return found if isinstance(found, Entry) else None

    def _waits(self, row: int) -> bool:
        entry = self.entry(row)
        return entry is not None and entry.state is State.WAITING

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A job that waits may be dragged from here."""
        index = self.indexAt(event.position().toPoint())
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        self._pressed = event.position().toPoint() if plain and self._waits(index.row()) else None
        if self._pressed is not None and self.selectionModel().isSelected(index):
            return  # several are dragged together; a mere click selects one when the button is let go
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show where the jobs would go."""
        place = event.position().toPoint()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self.dragging or far:
            self._aim(place)
            self._scrolling.start()

    def _aim(self, place: QPoint) -> None:
        """Find the gap that is nearest, among the jobs that wait."""
        rows = [row for row in range(self.model().rowCount()) if self._waits(row)]
        if not rows:
            self._stop()
            return
        first = self.visualRect(self.model().index(rows[0], 0)).top()
        gap = rows[0] + round((place.y() - first) / HEIGHT)
        self._target = min(max(gap, rows[0]), rows[-1] + 1)
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.viewport().update()

    def _scroll(self) -> None:
        """Go on while the pointer is beyond the edge."""
        place = self.viewport().mapFromGlobal(self.cursor().pos())
        beyond = min(place.y(), 0) or max(place.y() - self.viewport().height(), 0)
        if beyond and self.dragging:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + max(min(beyond, SPACE.two), -SPACE.two))
            self._aim(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Put the jobs there."""
        target, pressed = self._target, self._pressed
        self._stop()
        if target is not None:
            following = self.entry(target)
            waits = following is not None and following.state is State.WAITING
            self.moveWanted.emit(following.id if waits and following is not None else "")
        elif pressed is not None:
            self.setCurrentIndex(self.indexAt(pressed))
        super().mouseReleaseEvent(event)

    def _stop(self) -> None:
        self._target = self._pressed = None
        self._scrolling.stop()
        self.unsetCursor()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the jobs, and the line where those that are dragged would go."""
        super().paintEvent(event)
        if self._target is None:
            return
        after = self.visualRect(self.model().index(self._target - 1, 0)).bottom() + 1
        here = self.visualRect(self.model().index(self._target, 0))
        y = here.top() if here.isValid() else after
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(theme_of(self).colors.accent), 2))
        painter.drawLine(SPACE.half, max(y, 1), self.viewport().width() - SPACE.half, max(y, 1))

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window."""
        override = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        walks = event.key() in WALKING and not event.modifiers()
        return walks or event.matches(QKeySequence.StandardKey.SelectAll) or self._meant(event) is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Our keys, and the list's."""
        do = self._meant(event)
        if self.dragging and event.key() == Qt.Key.Key_Escape:
            self._stop()
        elif do is not None:
            do()
        else:
            super().keyPressEvent(event)

    def _meant(self, event: QKeyEvent) -> Callable[[], object] | None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return self._keys.get((Qt.Key(event.key()), modifiers))

    def place(self, index: QModelIndex) -> QPoint:
        """The middle of a row, for menus that are opened by keys."""
        return self.visualRect(index).center()
