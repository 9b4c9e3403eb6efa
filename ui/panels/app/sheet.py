"""The app panel's form, with a title over the inputs of each frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.panels.app.exposed import Exposed, sections
from ui.panels.form import Form
from ui.panels.input_row import InputRow
from ui.theme.metrics import SPACE
from ui.widgets.parts import Words, titled

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Sheet(QWidget):
    """Forms one below the other.

    Attributes:
        forms: The forms, from the top.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._titles: list[Words] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE.one)

    def show_inputs(self, editing: Editing, exposed: Sequence[Exposed]) -> None:
        """Show these, in this order."""
        runs = list(sections([item for item in exposed if item.spec is not None]))
        while len(self.forms) < len(runs):
            self._add()
        for number, (form, title) in enumerate(zip(self.forms, self._titles, strict=True)):
            name, items = runs[number] if number < len(runs) else ("", [])
            title.say(name)
            bindings = [item.binding(editing, item.spec) for item in items if item.spec is not None]
            form.show_inputs(bindings, [item.label for item in items])

    def _add(self) -> None:
        title, form = Words(tone="text"), Form(plain=True)
        title.setFont(titled(title.font()))
        title.setContentsMargins(0, SPACE.one if self.forms else 0, 0, 0)
        self._layout.addWidget(title)
        self._layout.addWidget(form)
        self._titles.append(title)
        self.forms.append(form)

    @property
    def rows(self) -> list[InputRow]:
        """The rows, from the top."""
        return [row for form in self.forms for row in form.rows]
