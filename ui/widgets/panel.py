"""What all panels have in common: they follow one open document at a time, and rest while unseen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMetaObject, QObject
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Panel(QWidget):
    """A panel beside the canvas.

    Subclasses say in `_sync` what they show; it is called after everything that may change it, so that it
    must be cheap when nothing did.

    Attributes:
        editing: The document that is followed; None: none is open.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editing: Editing | None = None
        self._links: list[QMetaObject.Connection] = []
        self._stale = False
        self.setMinimumWidth(240)

    def show_editing(self, editing: Editing | None) -> None:
        """Follow another document, or none."""
        if editing is self.editing:
            return
        for link in self._links:
            QObject.disconnect(link)
        self.editing = editing
        signals = self._signals(editing) if editing is not None else ()
        self._links = [signal.connect(self._hear) for signal in signals]
        self._hear()

    def _signals(self, editing: Editing) -> Iterable[Any]:
        """What is listened to."""
        return (
            editing.changed,
            editing.scopeChanged,
            editing.selectionChanged,
            editing.problemsChanged,
            editing.desk.specsChanged,
            editing.desk.theme.changed,
        )

    def _hear(self) -> None:
        if self.isVisible():
            self._sync()
        else:
            self._stale = True

    def _sync(self) -> None:
        """Show what is the case now."""

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Catch up with what happened meanwhile."""
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self._sync()
