"""A column of inputs, kept in step with what is selected by the fewest new widgets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.panels.binding import Binding
from ui.panels.input_row import InputRow, columns
from ui.theme.metrics import SPACE


class Form(QWidget):
    """Inputs one below the other.

    Args:
        plain: For those who only use the workflow.

    Attributes:
        rows: The rows, from the top.
    """

    shown = Signal(str)

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self._plain = plain
        self.rows: list[InputRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE.one + SPACE.half if plain else SPACE.half)

    def show_inputs(self, bindings: Sequence[Binding], labels: Sequence[str] = ()) -> None:
        """Show these inputs; rows for inputs that were shown already stay as they are.

        Args:
            bindings: The inputs, from the top.
            labels: What each is called; none: by their names.
        """
        known = {row.binding.key: row for row in self.rows}
        rows = [known.get(binding.key) or self._made(binding) for binding in bindings]
        for row in (row for row in self.rows if row not in rows):
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        for number, row in enumerate(rows):
            if self._layout.indexOf(row) != number:
                self._layout.insertWidget(number, row)
            if labels:
                row.show_label(labels[number])
            row.sync()
        self.rows = rows
        self._line_up()
        self.setVisible(bool(rows))

    def _line_up(self) -> None:
        """Begin all fields beside the longest name; where that leaves no room, below their names."""
        shares = columns(self.width(), max((row.name_width for row in self.rows), default=0))
        for row in self.rows:
            row.line_up(shares)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width may have another line."""
        super().resizeEvent(event)
        self._line_up()

    def _made(self, binding: Binding) -> InputRow:
        row = InputRow(binding, plain=self._plain)
        row.shown.connect(self.shown)
        return row

    def row(self, name: str) -> InputRow | None:
        """The row of an input."""
        return next((row for row in self.rows if row.binding.spec.name == name), None)
