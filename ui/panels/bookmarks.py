"""The bookmarks panel: places on the canvas to come back to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nodeflow.document.marks import BOOKMARKS, mark, with_mark
from nodeflow.document.model import Workflow
from nodeflow.document.renaming import free_name, renamed_keys
from ui.document import edits
from ui.theme.metrics import SPACE
from ui.widgets.panel import Panel
from ui.widgets.parts import IconButton, Words, row, taken

Key = Qt.Key
NAME = Qt.ItemDataRole.UserRole


class BookmarkList(QListWidget):
    """A list in which Enter jumps, F2 renames and Delete removes, whatever the window's shortcuts are."""

    def __init__(self, remove: Callable[[], None], jump: Callable[[], None]) -> None:
        super().__init__()
        self._keys = {
            Key.Key_Delete: remove,
            Key.Key_Backspace: remove,
            Key.Key_Return: jump,
            Key.Key_Enter: jump,
        }
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(self.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            return taken(event, (*self._keys, Key.Key_F2)) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Our keys, and the list's."""
        do = self._keys.get(Key(event.key()))
        if do is not None and self.state() is not self.State.EditingState:
            do()
        else:
            super().keyPressEvent(event)


class Bookmarks(Panel):
    """The bookmarks of a document.

    Attributes:
        view: The list.
        add: Keeps what the canvas shows.
        remove: Forgets the selected one.
        hint: What is said while there are none.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = BookmarkList(self._remove, self._jump)
        self.view.setAccessibleName(self.tr("Bookmarks"))
        self.add = IconButton("plus", self.tr("Keep what the canvas shows"), self._add)
        self.remove = IconButton("trash", self.tr("Remove bookmark"), self._remove)
        self.hint = Words(
            self.tr("No bookmarks yet. + keeps what the canvas shows, to come back to it; so does Ctrl+1.")
        )
        self.hint.setContentsMargins(SPACE.one, SPACE.half, SPACE.one, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.half, SPACE.half, SPACE.half, 0)
        layout.setSpacing(SPACE.half)
        layout.addWidget(row(self.add, self.remove, 1))
        layout.addWidget(self.hint)
        layout.addWidget(self.view, 100)
        layout.addStretch(1)  # while the list is hidden
        self.setFocusProxy(self.view)
        self.view.itemDoubleClicked.connect(lambda _item: self._jump())
        self.view.itemChanged.connect(self._rename)
        self.view.currentRowChanged.connect(lambda _row: self._enable())
        self._sync()

    def _sync(self) -> None:
        names = self.editing.bookmarks() if self.editing is not None else []
        if names != self._names():
            row = self.view.currentRow()
            self.view.blockSignals(True)
            self.view.clear()
            for name in names:
                item = QListWidgetItem(name, self.view)
                item.setData(NAME, name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.view.setCurrentRow(min(row, len(names) - 1))
            self.view.blockSignals(False)
        self.hint.setVisible(not names and self.editing is not None)
        self.view.setVisible(bool(names))
        self._enable()

    def _names(self) -> list[str]:
        """What is shown; a text that was typed and refused counts as a difference."""
        items = (self.view.item(number) for number in range(self.view.count()))
        return [item.data(NAME) if item.data(NAME) == item.text() else "" for item in items]

    def _enable(self) -> None:
        self.add.setEnabled(self.editing is not None)
        self.remove.setEnabled(self.view.currentItem() is not None)

    def _add(self) -> None:
        """Keep what the canvas shows under a free name, and let it be typed over."""
        if self.editing is None:
            return
        name = free_name(self.tr("Bookmark"), self.editing.bookmarks()).replace("_", " ")
        self.editing.keep_bookmark(name)
        found = self.view.findItems(name, Qt.MatchFlag.MatchExactly)
        if found:
            self.view.setFocus()
            self.view.setCurrentItem(found[-1])
            self.view.editItem(found[-1])

    def _remove(self) -> None:
        item = self.view.currentItem()
        if self.editing is not None and item is not None:
            self.editing.remove_bookmark(item.data(NAME))

    def _jump(self) -> None:
        item = self.view.currentItem()
        if self.editing is not None and item is not None:
            self.editing.jump_to_bookmark(item.data(NAME))

    def _rename(self, item: QListWidgetItem) -> None:
        old, new = item.data(NAME), item.text().strip()
        if self.editing is None or old == item.text():
            return
        self.editing.apply(self.tr("Rename bookmark"), lambda w: renamed(w, old, new))
        self._sync()


def renamed(workflow: Workflow, old: str, new: str) -> Workflow:
    """Give a bookmark another name; it keeps its place in the list.

    Raises:
        EditRefused: If the name is empty or taken.
    """
    known = mark(workflow, BOOKMARKS, dict)
    if not new:
        raise edits.EditRefused("A bookmark needs a name.")
    if new != old and new in known:
        raise edits.EditRefused(f"There is a bookmark {new!r} already.")
    return with_mark(workflow, BOOKMARKS, renamed_keys(known, {old: new}))
