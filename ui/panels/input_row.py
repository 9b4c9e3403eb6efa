"""One input in a form: its name, its value or link, what is wrong with it, and what can be done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from nodeflow.document.links import Source, Target
from nodeflow.document.values import Link
from ui.canvas.fields import FieldKind, field_kind, label_text
from ui.document import edits
from ui.panels.binding import Binding
from ui.panels.connecting import sources_for
from ui.panels.mending import Mending
from ui.theme.metrics import SPACE
from ui.widgets.parts import Elided, IconButton, Jump, clear

if TYPE_CHECKING:
    from ui.values.editor import ValueEditor

BESIDE = (FieldKind.NONE, FieldKind.NUMBER, FieldKind.SLIDER, FieldKind.TOGGLE, FieldKind.CHOICE)
"""Fields that fit beside their name; the others need the whole width."""
ROOM = 88
"""What a field beside its name needs."""
ICON = SPACE.three
"""How wide a button with an icon is."""
BELOW = (1, 0)
"""Shares of the width where the field is below its name."""


def columns(width: int, longest: int) -> tuple[int, int]:
    """How names and the fields beside them share the width of a form.

    Args:
        width: How wide the form is.
        longest: How wide the longest name is.

    Returns:
        Half for each where that will do, so that several forms line up; `BELOW` if the fields had too little.
    """
    room = width - 2 * ICON - 2 * SPACE.half
    names = max(longest, room // 2)
    return (names, room - names) if room - names >= ROOM else BELOW


class InputRow(QWidget):
    """One input; `sync` brings it up to date and keeps the widgets it has.

    Args:
        binding: What is shown.
        plain: Without buttons, for those who only use the workflow.

    Attributes:
        label: What it is called.
        editor: Edits the value; None while the input is linked or can only be linked.
        reset: Gives it its default again.
        pin: Puts it on the app panel.
        unlink: Removes its links.
        jumps: Buttons that show what it is linked to.
        mending: What is wrong, and ways to mend it.
    """

    shown = Signal(str)
    """A node that somebody wants to see."""

    def __init__(self, binding: Binding, *, plain: bool = False) -> None:
        super().__init__()
        self.binding, self._plain = binding, plain
        self.editor: ValueEditor | None = None
        self.jumps: list[QPushButton] = []
        self.label = Elided(label_text(binding.spec.name), binding.spec.description)
        self.unlink = IconButton("link-break", self.tr("Remove link"), binding.unlink)
        self.reset = IconButton("arrow-counter-clockwise", self.tr("Reset to default"), binding.reset)
        self.pin = IconButton("push-pin", self.tr("On the app panel"))
        self.pin.setCheckable(True)
        self.pin.clicked.connect(binding.show_on_panel)
        self._content, self._buttons, self.mending = QWidget(), QWidget(), Mending()
        self._inside = QHBoxLayout(self._content)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(SPACE.half)
        self._grid = QGridLayout()
        self._wide = plain or field_kind(binding.spec) not in BESIDE
        self._stacked: bool | None = None
        self._columns = BELOW
        self._lay_out()
        self._state: object = None
        self._told: object = None
        self.sync()

    def _lay_out(self) -> None:
        beside = QHBoxLayout(self._buttons)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addStretch(1)
        for button in (self.unlink, self.reset, self.pin):
            beside.addWidget(button)
        self._buttons.setMinimumWidth(0 if self._plain else 2 * ICON)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE.half)
        self._grid.setVerticalSpacing(SPACE.hair)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(SPACE.hair)
        self._column.addLayout(self._grid)
        self._column.addWidget(self.mending)
        self._arrange(stacked=self._wide)

    def _arrange(self, *, stacked: bool) -> None:
        """Put the field below the name, or beside it."""
        if stacked == self._stacked:
            return
        self._stacked = stacked
        grid, top = self._grid, Qt.AlignmentFlag.AlignTop
        for widget in (self.label, self._content, self._buttons):
            grid.removeWidget(widget)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(self._buttons, 0, 2, Qt.AlignmentFlag.AlignVCenter if stacked else top)
        if stacked:
            grid.addWidget(self._content, 1, 0, 1, 3)
        else:
            grid.addWidget(self._content, 0, 1)
        self._column.setContentsMargins(0, 0, 0, SPACE.half if stacked else 0)

    @property
    def name_width(self) -> int:
        """How wide its name is; 0 if its field needs the whole width anyway."""
        return 0 if self._wide else self.label.fontMetrics().horizontalAdvance(self.label.text()) + 1

    def line_up(self, columns: tuple[int, int]) -> None:
        """Share the width among name and field; (1, 0): put the field below the name."""
        self._columns = columns
        self._place()

    def _place(self) -> None:
        stacked = self._wide or len(self.jumps) > 1 or not self._columns[1]
        self._arrange(stacked=stacked)
        for column, share in enumerate(BELOW if stacked else self._columns):
            self._grid.setColumnStretch(column, share)

    def show_label(self, text: str) -> None:
        """Call it something else than its name."""
        self.label.show_text(text)
        if self.editor is not None:
            self.editor.setAccessibleName(text)

    def sync(self) -> None:
        """Show what the document holds now."""
        binding = self.binding
        sources, count = binding.sources(), binding.linked()
        state = (tuple(sources), count)
        if state != self._state:
            self._state = state
            self._rebuild(sources, count)
        if self.editor is not None:
            self._show_value()
        self.unlink.setVisible(count > 0)
        self.reset.setVisible(not self._plain and count < len(binding.nodes) and binding.is_set())
        self.pin.setVisible(not self._plain)
        if not self._plain:
            self._show_pin()
        faults = binding.faults()
        self.mending.show_faults(binding.editing, faults, self._digests() if faults else ())

    def _rebuild(self, sources: list[Source], count: int) -> None:
        """Make the widget for the value, or for what it is linked to."""
        clear(self._inside)
        self.editor, self.jumps = None, []
        all_linked = count == len(self.binding.nodes)
        if field_kind(self.binding.spec) is not FieldKind.NONE and not all_linked:
            self._add_editor()
        elif not sources:
            self._add_linker()
        else:
            self._add_jumps(sources)
        self._place()

    def _add_editor(self) -> None:
        from ui.values.editor import make_editor
        from ui.values.surroundings import settle_in

        editor = make_editor(self.binding.spec, self.binding.editing.desk, compact=not self._wide)
        editor.setAccessibleName(self.label.text())
        settle_in(editor, self.binding.editing, self.binding.scope, self.binding.nodes[0])
        editor.edited.connect(self.binding.set)
        if self.binding.is_seed:
            editor.seed_mode_changed.connect(self.binding.set_seed_mode)  # type: ignore[attr-defined]  # seeds have it
        self._inside.addWidget(editor, 1)
        self.label.setBuddy(editor)
        self.editor = editor

    def _add_jumps(self, sources: list[Source]) -> None:
        for source in sources:
            button = Jump(self._source_text(source, short=True))
            button.setToolTip(self.tr("Show {0}").format(self._source_text(source)))
            if isinstance(source, Link):
                button.clicked.connect(partial(self.shown.emit, source.node))
            self._inside.addWidget(button, 1)
            self.jumps.append(button)

    def _source_text(self, source: Source, *, short: bool = False) -> str:
        """Where a link comes from; in short, a node that has one output is named alone."""
        if not isinstance(source, Link):
            return self.tr("input {0}").format(source.name)
        return source.node if short and self.binding.gives_one(source) else str(source)

    def _add_linker(self) -> None:
        button = Jump(self.tr("Link…"))
        button.setToolTip(self.tr("Choose an output that fits"))
        button.setEnabled(len(self.binding.nodes) == 1)
        button.clicked.connect(lambda: self._offer_links(button))
        self._inside.addWidget(button, 1)

    def _offer_links(self, button: QPushButton) -> None:
        """A menu of the outputs that fit."""
        binding, target = self.binding, self.binding.targets[0]
        editing = binding.editing
        found = sources_for(editing.document.workflow, editing.desk.specs, target, binding.scope)
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for source in found:
            menu.addAction(self._source_text(source), partial(self._link, source, target))
        if not found:
            menu.addAction(self.tr("Nothing here fits")).setEnabled(False)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _link(self, source: Source, target: Target) -> None:
        self.binding.editing.apply(
            self.tr("Connect"), lambda w: edits.connect(w, source, target, at=self.binding.scope)
        )

    def _show_value(self) -> None:
        editor, (value, mixed) = self.editor, self.binding.value()
        told = ("mixed",) if mixed else ("value", type(value), value)
        if editor is None:
            return
        if mixed:
            editor.set_mixed()
        elif told != self._told or editor.value != value:
            editor.set_value(value)
        self._told = told
        editor.heed()
        if self.binding.is_seed:
            editor.set_seed_mode(self.binding.seed_mode())  # type: ignore[attr-defined]  # seeds have it

    def _show_pin(self) -> None:
        shown = self.binding.on_panel()
        self.pin.setChecked(shown)
        self.pin.show_icon("push-pin-fill" if shown else "push-pin", "accent" if shown else "text_muted")

    def _digests(self) -> list[str]:
        """What is known of a missing model: its digest, if the workflow recorded it."""
        value, _ = self.binding.value()
        used = self.binding.editing.document.workflow.models.get(value) if isinstance(value, str) else None
        if used is None or not self.binding.spec.names_file:
            return []
        return [self.tr("It was made with {0}, digest {1}").format(value, used.digest)]
