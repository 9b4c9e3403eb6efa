"""A list with a search line, for choices, models and pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.theme.metrics import SPACE
from ui.values.choice_row import CHOICE, ChoiceDelegate
from ui.values.choices import Choice, matching
from ui.values.thumbnails import THUMBNAILS

ROWS = 9
_MOVES = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: ROWS - 1,
    Qt.Key.Key_PageUp: 1 - ROWS,
}


class Chooser(QFrame):
    """Lets one pick from a list by typing, arrows or a click.

    Args:
        choices: What there is; plain names will do.
        current: What is chosen now.
    """

    chosen = Signal(str)
    left = Signal()

    def __init__(self, choices: Sequence[str | Choice], current: str) -> None:
        super().__init__()
        self.setObjectName("popup")
        self.current, self._picked = current, False
        rows = [item if isinstance(item, Choice) else Choice(item, item) for item in choices]
        self._choices = {row.text: row for row in rows}
        self.setAutoFillBackground(True)
        self.search = QLineEdit(placeholderText=self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search"))
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self._delegate = ChoiceDelegate(self.list, tall=any(row.picture for row in rows))
        self.list.setItemDelegate(self._delegate)
        THUMBNAILS.ready.connect(self.list.viewport().update)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.half, SPACE.half, SPACE.half, SPACE.half)
        layout.setSpacing(SPACE.half)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.setFocusProxy(self.search)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._click)
        self._filter("")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """High enough for a few rows, wide enough for most names."""
        rows = min(max(len(self._choices), 2), ROWS if not self._delegate.tall else ROWS // 2 + 1)
        metrics = self.list.fontMetrics()
        widest = max(
            (metrics.horizontalAdvance(row.text + row.detail) for row in self._choices.values()), default=0
        )
        frame = 3 * SPACE.half + self.search.sizeHint().height() + 2
        wide = min(max(widest + (112 if self._delegate.tall else 80), 220), 440)
        return QSize(wide, frame + self._delegate.height * rows)

    def _filter(self, query: str) -> None:
        self.list.clear()
        found = matching(query, list(self._choices))
        for text in found:
            item = QListWidgetItem(text)
            item.setData(CHOICE, self._choices[text])
            self.list.addItem(item)
        if not found:
            empty = self.tr("Nothing found") if query else self.tr("There is nothing to choose")
            item = QListWidgetItem(empty)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
            return
        values = [self._choices[text].value for text in found]
        self.list.setCurrentRow(values.index(self.current) if not query and self.current in values else 0)

    def _click(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self._picked = True
            self.chosen.emit(item.data(CHOICE).value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows move in the list, Enter picks, Escape leaves."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        if watched is self.search and event.type() is QEvent.Type.FocusOut and not self._picked:
            self.left.emit()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up | Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                row = self.list.currentRow() + _MOVES[Qt.Key(event.key())]
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self.list.currentItem() is not None:
                    self._click(self.list.currentItem())
            case Qt.Key.Key_Escape:
                self.left.emit()
            case _:
                return False
        return True


def pop_up(
    choices: Sequence[str | Choice],
    current: str,
    where: QPoint,
    done: Callable[[str], object],
    *,
    under: QWidget | None = None,
) -> Chooser:
    """Let somebody pick, in a list of its own.

    Args:
        choices: What there is.
        current: What is chosen now.
        where: A place on the screen.
        done: Takes what was picked; not called if nothing was.
        under: What it hangs under; it is at least as wide, and lies above where there is no room below.
    """
    chooser = Chooser(choices, current)
    chooser.setParent(under, Qt.WindowType.Popup)
    chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    chooser.left.connect(chooser.close)

    def pick(name: str) -> None:
        chooser.close()
        done(name)

    chooser.chosen.connect(pick)
    size = chooser.sizeHint()
    if under is not None:
        size.setWidth(max(size.width(), under.width()))
    chooser.resize(size)
    chooser.move(_on_screen(where, size, under))
    chooser.show()
    chooser.search.setFocus()
    return chooser


def _on_screen(where: QPoint, size: QSize, under: QWidget | None) -> QPoint:
    screen = under.screen() if under is not None else None
    if screen is None or under is None:
        return where
    room = screen.availableGeometry()
    x = min(where.x(), room.right() - size.width())
    below = where.y() + size.height() <= room.bottom()
    y = where.y() if below else under.mapToGlobal(QPoint(0, 0)).y() - size.height()
    return QPoint(max(x, room.left()), max(y, room.top()))
