"""A frameless list under a line of text: type to search, arrows and Enter choose, Escape leaves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from ui.theme import SPACE, Theme
from ui.widgets.choices import HEIGHT, Row, RowDelegate, RowModel
from ui.widgets.places import kept_on_screen

WIDTH = 440
MOST_ROWS_SEEN = 11
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(QFrame):
    """The popup. What it lists is for those that derive from it to say.

    Args:
        theme: The theme to begin with.
        parent: Its window.

    Attributes:
        line: Where one types.
        list: The rows that match.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.model = RowModel()
        self.line = QLineEdit()
        self.line.setClearButtonEnabled(False)
        self.line.setObjectName("search")
        self.line.installEventFilter(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self._delegate = RowDelegate(theme)
        self._most = MOST_ROWS_SEEN
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setMouseTracking(True)
        self.summary = QLabel()
        self.summary.setObjectName("muted")
        self.summary.setWordWrap(True)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.summary.setFixedHeight(2 * self.summary.fontMetrics().lineSpacing() + SPACE.half)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, SPACE.half)
        column.setSpacing(SPACE.half)
        for widget in (self.line, self.list, self.summary):
            column.addWidget(widget)
        self.setFixedWidth(WIDTH)
        self.line.textChanged.connect(self._search)
        self.list.clicked.connect(self._clicked)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.selectionModel().currentChanged.connect(self._describe)

    def found(self, text: str) -> Sequence[Row]:
        """The rows for what was typed, the best first."""
        raise NotImplementedError

    def open_at(self, where: QPoint, hint: str) -> None:
        """Show it with its top left corner at a place on the screen.

        Args:
            where: The place.
            hint: What can be typed.
        """
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        blocked = self.line.blockSignals(True)
        self.line.clear()
        self.line.blockSignals(blocked)
        self._most = MOST_ROWS_SEEN
        self._search("")
        self._most = self.list.height() // HEIGHT  # there is room for so many where it opens
        self.move(kept_on_screen(self, where))
        self.show()
        self.line.setFocus()

    def _search(self, text: str) -> None:
        self.model.show(self.found(text.strip()))
        first = next((index for index, row in enumerate(self.model.rows) if row.enabled), -1)
        self.list.setCurrentIndex(self.model.index(first, 0) if first >= 0 else QModelIndex())
        self.list.scrollToTop()
        self._describe(self.list.currentIndex())
        self._fit()

    def _fit(self) -> None:
        """Be as high as what was found, within the room there is."""
        self.list.setFixedHeight(min(max(self.model.rowCount(), 1), self._most) * HEIGHT)
        self.adjustSize()

    def _describe(self, index: QModelIndex) -> None:
        if index.isValid():
            self.summary.setText(self.model.rows[index.row()].summary)
        else:
            self.summary.setText(self.tr("Nothing found") if self.line.text() else "")

    def _clicked(self, index: QModelIndex) -> None:
        if index.isValid() and self.model.rows[index.row()].enabled:
            self.close()
            self.model.rows[index.row()].choose()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let keys that move or choose go to the list while the line keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._clicked(self.list.currentIndex())
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                step = 1 if event.key() == Qt.Key.Key_Tab else -1
                self._walk(step)
                return True
        return super().eventFilter(watched, event)

    def _walk(self, step: int) -> None:
        count = self.model.rowCount()
        if count:
            self.list.setCurrentIndex(self.model.index((self.list.currentIndex().row() + step) % count, 0))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._delegate.theme = theme
