"""A number, with or without a range to slide over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeflow.node.spec import InputSpec
from ui.values.editor import ValueEditor
from ui.values.number_field import NumberField

if TYPE_CHECKING:
    from ui.desk import Desk


class NumberEditor(ValueEditor):
    """Edits a number.

    Attributes:
        field: Where it is shown, slid and typed.
    """

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self.field = NumberField(spec)
        self.field.slid.connect(self._tell)
        self.field.typed.connect(self._tell)
        self.field.refused.connect(self.complain)
        self._hold(self.field)
        self._show()

    def _show(self) -> None:
        self.field.show_value(self._value, self.tr("several values") if self.mixed else None)

    def begin(self) -> None:
        """Type at once."""
        self.field.setFocus()
        self.field.begin()

    def finish(self) -> None:
        """Take what was typed."""
        self._value = self.field.entered()
        self._show()
