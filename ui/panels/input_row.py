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
from ui.panels.fixes import fixes
from ui.panels.flow import Flow
from ui.panels.parts import Elided, IconButton, Words, clear
from ui.theme.metrics import SPACE

if TYPE_CHECKING:
    from ui.values.editor import ValueEditor

TALL = {"prompt", "curve", "mask", "picture"}
"""Fields that need the whole width."""


class InputRow(QWidget):
    """One input; `sync` brings it up to date and keeps the widgets it has.

    Args:
        binding: What is shown.
        plain: Without buttons, for those who only use the workflow.
        label: What it is called; empty: its name.

    Attributes:
        editor: Edits the value; None while the input is linked or can only be linked.
        reset: Gives it its default again.
        pin: Puts it on the app panel.
        unlink: Removes its links.
        jumps: Buttons that show what it is linked to.
    """

    shown = Signal(str)
    """A node that somebody wants to see."""

    def __init__(self, binding: Binding, *, plain: bool = False, label: str = "") -> None:
        super().__init__()
        self.binding, self._plain = binding, plain
        self.editor: ValueEditor | None = None
        self.jumps: list[QPushButton] = []
        self.label = Elided(label or label_text(binding.spec.name))
        self.label.setToolTip(binding.spec.description)
        self.unlink = IconButton("link-break", self.tr("Remove link"), binding.unlink)
        self.reset = IconButton("arrow-counter-clockwise", self.tr("Reset to default"), binding.reset)
        self.pin = IconButton("push-pin", self.tr("On the app panel"))
        self.pin.setCheckable(True)
        self.pin.clicked.connect(binding.show_on_panel)
        self._content = QWidget()
        self._inside = QHBoxLayout(self._content)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(SPACE.half)
        self._wrong = Words(tone="error")
        self._fixes = QWidget()
        self.fixes = Flow(self._fixes)
        self._wide = plain or field_kind(binding.spec) in TALL
        self._lay_out()
        self._state: object = None
        self._told: object = None
        self.sync()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE.half)
        grid.setVerticalSpacing(SPACE.hair)
        grid.addWidget(self.label, 0, 0)
        buttons = [self.unlink] if self._plain else [self.unlink, self.reset, self.pin]
        if self._wide:
            grid.addWidget(self._content, 1, 0, 1, 2 + len(buttons))
        else:
            grid.addWidget(self._content, 0, 1)
        grid.setColumnStretch(0, 2 if not self._wide else 1)
        grid.setColumnStretch(1, 3 if not self._wide else 0)
        for number, button in enumerate(buttons):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(button is self.reset and not self._wide)
            button.setSizePolicy(policy)
            grid.addWidget(button, 0, 2 + number, Qt.AlignmentFlag.AlignTop)
        for button in (self.reset, self.pin) if self._plain else ():
            button.setParent(self)
            button.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.hair)
        layout.addLayout(grid)
        layout.addWidget(self._wrong)
        layout.addWidget(self._fixes)

    def sync(self) -> None:
        """Show what the document holds now."""
        sources, count = self.binding.sources(), self.binding.linked()
        state = (tuple(sources), count)
        if state != self._state:
            self._state = state
            self._rebuild(sources, count)
        if self.editor is not None:
            self._show_value()
        self.unlink.setVisible(count > 0)
        if not self._plain:
            self.reset.setVisible(count < len(self.binding.nodes) and self.binding.is_set())
            self._show_pin()
        self._show_faults()

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

    def _add_editor(self) -> None:
        from ui.values.editor import make_editor

        editor = make_editor(self.binding.spec, self.binding.editing.desk, compact=not self._wide)
        editor.setAccessibleName(self.label.text())
        editor.edited.connect(self.binding.set)
        if self.binding.is_seed and hasattr(editor, "seed_mode_changed"):
            editor.seed_mode_changed.connect(self.binding.set_seed_mode)
        self._inside.addWidget(editor, 1)
        self.label.setBuddy(editor)
        self.editor = editor

    def _add_jumps(self, sources: list[Source]) -> None:
        for source in sources:
            text = str(source) if isinstance(source, Link) else self.tr("input {0}").format(source.name)
            button = QPushButton(text)
            button.setFlat(True)
            button.setToolTip(self.tr("Show {0}").format(text))
            button.setMinimumWidth(SPACE.three)
            if isinstance(source, Link):
                button.clicked.connect(lambda _checked=False, node=source.node: self.shown.emit(node))
            self._inside.addWidget(button, 1)
            self.jumps.append(button)

    def _add_linker(self) -> None:
        button = QPushButton(self.tr("Link…"))
        button.setFlat(True)
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
            text = str(source) if isinstance(source, Link) else self.tr("input {0}").format(source.name)
            menu.addAction(text, partial(self._link, source, target))
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
        if self.binding.is_seed and hasattr(editor, "set_seed_mode"):
            editor.set_seed_mode(self.binding.seed_mode())

    def _show_pin(self) -> None:
        shown = self.binding.on_panel()
        self.pin.setChecked(shown)
        self.pin.show_icon("push-pin-fill" if shown else "push-pin", "accent" if shown else "text_muted")

    def _show_faults(self) -> None:
        found = self.binding.faults()
        if found == getattr(self, "_faults", None):
            return
        self._faults = found
        clear(self.fixes)
        lines = []
        for fault in found:
            words = [fault.problem.message, fault.problem.advice or ""]
            lines.append(". ".join(word[:1].upper() + word[1:] for word in words if word))
        self._wrong.say("\n".join(lines + self._digests(bool(found))))
        offered = fixes(self.binding.editing, found[0]) if found else []
        for fix in offered:
            button = QPushButton(fix.text)
            button.clicked.connect(lambda _checked=False, do=fix.do: do())
            self.fixes.addWidget(button)
        self._fixes.setVisible(bool(offered))

    def _digests(self, wrong: bool) -> list[str]:
        """What is known of a missing model: its digest, if the workflow recorded it."""
        value, _ = self.binding.value()
        used = self.binding.editing.document.workflow.models.get(value) if isinstance(value, str) else None
        if not wrong or used is None or not self.binding.spec.names_file:
            return []
        return [self.tr("It was made with {0}, digest {1}").format(value, used.digest)]
