"""A colour, written as `#rrggbb`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QColorDialog

from nodeflow.node.spec import InputSpec
from ui.theme.theme import theme_of
from ui.values.looks import HEIGHT, ROUND
from ui.values.text import TextEditor

if TYPE_CHECKING:
    from ui.desk import Desk

_COLOR = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)


class Swatch(QAbstractButton):
    """Shows a colour; a click lets one choose another.

    Args:
        tip: What a click does.
    """

    def __init__(self, tip: str) -> None:
        super().__init__()
        self.color: str | None = None
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setFixedSize(2 * HEIGHT, HEIGHT)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Twice as wide as high."""
        return QSize(2 * HEIGHT, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Draw the colour, or a stroke where there is none."""
        colors = theme_of(self).colors
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(QColor(colors.accent if strong else colors.line), 1))
        painter.setBrush(QColor(self.color) if self.color else QColor(colors.field))
        painter.drawRoundedRect(box, ROUND, ROUND)
        if self.color is None:
            painter.setPen(QPen(QColor(colors.text_muted), 1.5))
            painter.drawLine(box.bottomLeft(), box.topRight())


class ColorEditor(TextEditor):
    """Edits a colour, by its code or in a dialog.

    Attributes:
        swatch: Shows it and opens the dialog.
        dialog: The dialog, while it is open.
    """

    least = (160, 24)

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self.dialog: QColorDialog | None = None
        self.swatch = Swatch(self.tr("Choose a colour"))
        self.swatch.clicked.connect(lambda _checked: self._ask())
        self._row.insertWidget(0, self.swatch)
        self.line.setMaxLength(7)
        self._show()

    def _show(self) -> None:
        super()._show()
        if hasattr(self, "swatch"):
            known = isinstance(self._value, str) and _COLOR.fullmatch(self._value)
            self.swatch.color = self._value if known else None
            self.swatch.update()

    def _typed(self) -> str | None:
        """The colour that was typed; three digits and none of the `#` will do.

        Raises:
            ValueError: If it is no colour.
        """
        text = super()._typed()
        if not text:
            return text
        found = _COLOR.fullmatch(text.strip())
        if found is None:
            raise ValueError(self.tr("is no colour, such as #20a0ff"))
        digits = found.group(1).lower()
        return f"#{digits}" if len(digits) == 6 else "#" + "".join(2 * digit for digit in digits)

    def _ask(self) -> None:
        before, known = self._value, self.swatch.color
        dialog = QColorDialog(QColor(known or "#808080"), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle(self.tr("Choose a colour"))
        dialog.currentColorChanged.connect(lambda color: self._tell(color.name(), True))
        dialog.accepted.connect(lambda: self._tell(dialog.selectedColor().name()))
        dialog.rejected.connect(lambda: self._tell(before) if self._value != before else self._settle())
        self.dialog = dialog
        dialog.open()
