"""The list in the gallery: pictures in rows, with keys of its own, to be dragged wherever files can go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QDrag, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QListView

from ui.pictures.tile import TILE, Tile
from ui.theme.metrics import SPACE
from ui.widgets.parts import taken

Key = Qt.Key
CARRIED = 96
"""Longest side of the picture under the pointer while it is dragged."""
MOVING = (Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown)


class PictureList(QListView):
    """Pictures in rows.

    Args:
        do: What keys do, whatever the window's shortcuts are.
        copy: What Ctrl+C does.
    """

    def __init__(self, do: dict[int, Callable[[], None]], copy: Callable[[], None]) -> None:
        super().__init__()
        self._do, self._copy = do, copy
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setGridSize(TILE)
        self.setItemDelegate(Tile(self))
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMinimumSize(QSize(TILE.width() + SPACE.three, SPACE.three * 4))

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            ours = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)
            if any(event.matches(keys) for keys in ours):
                event.accept()
                return True
            return taken(event, (*self._do, *MOVING)) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Our keys, and the list's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif (do := self._do.get(event.key())) is not None and not event.modifiers():
            do()
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        """Carry the files, with the picture under the pointer."""
        indexes = self.selectedIndexes()
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData(indexes))
        shown = self.currentIndex().data(Qt.ItemDataRole.DecorationRole)
        if isinstance(shown, QPixmap) and not shown.isNull():
            smooth = Qt.TransformationMode.SmoothTransformation
            keep = Qt.AspectRatioMode.KeepAspectRatio
            drag.setPixmap(shown.scaled(CARRIED, CARRIED, keep, smooth))
            drag.setHotSpot(QPoint(-SPACE.one, -SPACE.one))
        drag.exec(Qt.DropAction.CopyAction)
