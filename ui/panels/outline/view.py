"""The tree widget of the outline: what keys do in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from ui.panels.outline.delegate import OutlineDelegate
from ui.theme.metrics import SPACE
from ui.widgets.parts import taken

Key = Qt.Key


class OutlineView(QTreeView):
    """A tree in which a key does what it does on the canvas."""

    shown = Signal(QModelIndex)
    muted = Signal()
    deleted = Signal()
    menuWanted = Signal(QModelIndex, object)  # noqa: N815 - signals are named as Qt names them

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Outline"))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(SPACE.two)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        self.setItemDelegate(OutlineDelegate(self))
        self._keys: dict[int, Callable[[], None]] = {
            Key.Key_Return: lambda: self.shown.emit(self.currentIndex()),
            Key.Key_Enter: lambda: self.shown.emit(self.currentIndex()),
            Key.Key_F2: self._rename,
            Key.Key_Space: self.muted.emit,
            Key.Key_Delete: self.deleted.emit,
            Key.Key_Backspace: self.deleted.emit,
        }
        self.doubleClicked.connect(self.shown)

    def _rename(self) -> None:
        """Type over a name; an input has a value instead."""
        name = self.currentIndex().siblingAtColumn(0)
        if name.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(name)
        else:
            self.shown.emit(name)

    def set_columns(self) -> None:
        """Share the width among the columns; there must be a model."""
        header = self.header()
        header.setMinimumSectionSize(SPACE.three)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._share()

    def _share(self) -> None:
        header, width = self.header(), self.viewport().width()
        if header.count() == 2:
            names = width * 3 // 5
            header.resizeSection(0, names)
            header.resizeSection(1, width - names)

    def resizeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the shares."""
        super().resizeEvent(event)  # type: ignore[arg-type]  # the stubs want the narrower type
        self._share()

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            return taken(event, self._keys) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter shows or edits, F2 renames, Space mutes, Delete removes; the rest is the tree's."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() in self._keys and self.state() is not self.State.EditingState:
            self._keys[event.key()]()
            event.accept()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Ask for a menu for the row under the pointer, or for the current one."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            where = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        else:
            index, where = self.indexAt(event.pos()), event.globalPos()
        if index.isValid():
            self.menuWanted.emit(index.siblingAtColumn(0), where)
