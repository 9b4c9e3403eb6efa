"""The app panel: the workflow's title, what it is for, and the inputs that its author exposes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nodeflow.document.model import Workflow
from ui.document import edits
from ui.editing.editing import Editing
from ui.panels.app.empty import Empty
from ui.panels.app.exposed import Exposed, exposed_inputs, place_among_all
from ui.panels.app.sheet import Sheet
from ui.panels.entries import Entries, Line
from ui.theme.metrics import SPACE
from ui.widgets.panel import Panel
from ui.widgets.parts import IconButton, Words
from ui.widgets.section import Scroller


class AppPanel(Panel):
    """A plain form; its author puts it in order, renames and removes in the same place.

    Attributes:
        title: The workflow's name.
        edit_button: Begins and ends editing the panel.
        sheet: The form.
        entries: What is on the panel, while it is edited.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exposed: dict[str, Exposed] = {}
        self.title, self._description = Words(tone="text"), Words()
        self.title.setObjectName("large")
        self.edit_button = IconButton("pencil-simple", self.tr("Edit panel"))
        self.edit_button.setCheckable(True)
        self.edit_button.toggled.connect(self._hear)
        self.sheet, self.entries = Sheet(), Entries(self.tr("Take off the panel"))
        self._empty, self._hint = (
            Empty(),
            Words(self.tr("Drag to put in order, double-click a name to rename.")),
        )
        self._none = Words(self.tr("No document is open."))
        self._scroller = Scroller()
        self._lay_out()
        self.entries.renamed.connect(self._rename)
        self.entries.removed.connect(self._remove)
        self.entries.moved.connect(self._move)
        self._sync()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(SPACE.half)
        words.addWidget(self.title)
        words.addWidget(self._description)
        head = QHBoxLayout()
        head.setSpacing(SPACE.one)
        head.addLayout(words, 1)
        head.addWidget(self.edit_button, 0, Qt.AlignmentFlag.AlignTop)
        column = self._scroller.column
        column.addLayout(head)
        column.addSpacing(SPACE.half)
        for widget in (self._none, self._hint, self.entries, self.sheet, self._empty):
            column.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroller)

    def _signals(self, editing: Editing) -> Iterable[Any]:
        return (
            editing.changed,
            editing.problemsChanged,
            editing.desk.specsChanged,
            editing.desk.filesChanged,
        )

    def _sync(self) -> None:
        editing = self.editing
        self._none.setVisible(editing is None)
        self.title.setVisible(editing is not None)
        workflow = editing.document.workflow if editing is not None else None
        self.title.setText(editing.document.workflow.name or editing.document.title if editing else "")
        self._description.say((workflow.description or "") if workflow is not None else "")
        shown = exposed_inputs(editing) if editing is not None else []
        self._exposed = {item.key: item for item in shown}
        if not shown:
            self.edit_button.setChecked(False)
        ordering = self.edit_button.isChecked()
        self.edit_button.setVisible(bool(shown))
        self._hint.setVisible(ordering)
        self._empty.setVisible(editing is not None and not shown)
        self.entries.setVisible(ordering)
        self.sheet.setVisible(bool(shown) and not ordering)
        self.entries.show_lines([_line(item) for item in shown] if ordering else [])
        if editing is not None:
            self.sheet.show_inputs(editing, [] if ordering else shown)

    def _apply(self, label: str, edit: Callable[[Workflow], Workflow]) -> None:
        if self.editing is not None:
            self.editing.apply(label, edit)
            self._sync()  # a line that was dragged goes back if it was refused

    def _rename(self, key: str, label: str) -> None:
        item = self._exposed[key]
        self._apply(
            self.tr("Rename on the app panel"),
            lambda w: edits.show_on_panel(w, item.target, label, at=item.scope),
        )

    def _remove(self, key: str) -> None:
        item = self._exposed[key]
        self._apply(
            self.tr("Take off the app panel"),
            lambda w: edits.hide_from_panel(w, item.target, at=item.scope),
        )

    def _move(self, key: str, place: int) -> None:
        item = self._exposed[key]
        others = [other for other in self._exposed if other != key]
        later = others[place] if place < len(others) else None
        self._apply(
            self.tr("Move on the app panel"),
            lambda w: edits.move_on_panel(w, item.target, place_among_all(w, key, later), at=item.scope),
        )


def _line(item: Exposed) -> Line:
    return Line(item.key, item.label, item.place[1], tip=item.key)
