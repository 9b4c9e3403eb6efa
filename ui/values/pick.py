"""One of several: a choice of an enumeration, a model, a LoRA."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from nodeflow.node.spec import InputSpec
from ui.canvas.fields import FieldKind, field_kind, value_text
from ui.values.choices import choices_for, describe_model, hint, is_here
from ui.values.chooser import Chooser, pop_up
from ui.values.editor import ValueEditor
from ui.values.pick_button import PickButton

if TYPE_CHECKING:
    from ui.desk import Desk

_SIGNS = {FieldKind.MODEL: "cube", FieldKind.PICTURE: "image"}


class PickEditor(ValueEditor):
    """Edits what is picked from a list.

    Attributes:
        button: Shows what is picked and opens the list.
        chooser: The list, while it is open.
        document: The workflow's file, beside which pictures may lie.
    """

    document: Path | None = None
    picks = True

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self.chooser: Chooser | None = None
        self.button = PickButton()
        self.button.opened.connect(self.open)
        self.button.stepped.connect(self._step)
        self._hold(self.button, *self._more())
        self._show()

    def _more(self) -> list[QWidget]:
        """Further buttons, for those that derive from this."""
        return []

    def _show(self) -> None:
        kind = field_kind(self.spec)
        sign = _SIGNS.get(kind, "")
        if self.mixed or self._value is None:
            text = self.tr("several values") if self.mixed else self._nothing()
            self.button.show_choice(text, sign=sign, tone="text_muted")
            self.button.setToolTip("")
            return
        text = value_text(self.spec, self._value)
        if not is_here(self.spec, self.desk, self._value, self.document):
            self.button.show_choice(text, sign="warning", tone="warning")
            self.button.setToolTip(self.tr("{0} is not here").format(text))
            return
        entry = self.desk.model(self.spec, str(self._value)) if kind is FieldKind.MODEL else None
        about = describe_model(entry) if entry else ""
        self.button.show_choice(text, sign=sign, detail=about)
        words = about or hint(self.spec, self._value)
        self.button.setToolTip(f"{text}\n{words}" if words else text)

    def _nothing(self) -> str:
        return self.tr("none") if self.spec.optional else self.tr("Choose…")

    def begin(self) -> None:
        """Choose at once."""
        self.setFocus()
        self.open()

    def open(self, typed: str = "") -> None:
        """Open the list, filtered by what was typed."""
        where = self.button.mapToGlobal(QPoint(0, self.button.height() + 2))
        current = "" if self._value is None else str(self._value)
        rows = choices_for(self.spec, self.desk, self.document)
        self.chooser = pop_up(rows, current, where, self._take, under=self.button)
        self.chooser.destroyed.connect(self._forget)
        self.chooser.left.connect(self.left)
        if typed:
            self.chooser.search.setText(typed)

    def _forget(self) -> None:
        self.chooser = None

    def _take(self, name: str) -> None:
        if name != self._value:
            self._tell(name)
        else:
            self.left.emit()

    def _step(self, count: int) -> None:
        """Choose the next one."""
        names = [choice.value for choice in choices_for(self.spec, self.desk, self.document)]
        if not names:
            return
        at = names.index(self._value) + count if self._value in names else 0
        if 0 <= at < len(names):
            self._take(names[at])
