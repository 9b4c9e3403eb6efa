"""On or off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from nodeflow.node.spec import InputSpec
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.values.editor import ValueEditor
from ui.values.looks import HEIGHT

if TYPE_CHECKING:
    from ui.desk import Desk

TRACK = QSize(32, 18)


class Switch(QCheckBox):
    """A check box that looks like the switches on nodes, with a word beside it."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as other fields."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(TRACK.width() + SPACE.one + words + SPACE.one, HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As little as is needed."""
        return QSize(TRACK.width() + SPACE.half, HEIGHT)

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802 - Qt's name
        """The word can be clicked, too."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Draw the track, the knob and the word."""
        colors = theme_of(self).colors
        on, part = self.isChecked(), self.checkState() is Qt.CheckState.PartiallyChecked
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        track = QRectF(1.5, (self.height() - TRACK.height()) / 2, TRACK.width(), TRACK.height())
        half = track.height() / 2
        painter.setPen(QPen(QColor(colors.accent), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-1, -1, 1, 1), half + 1, half + 1)
        inner = track.adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent if on and not part else colors.node_line))
        painter.drawRoundedRect(inner, half - 1, half - 1)
        x = inner.center().x() if part else inner.right() - half + 1 if on else inner.left() + half - 1
        painter.setBrush(QColor(colors.on_accent if on and not part else colors.text))
        painter.drawEllipse(QPointF(x, inner.center().y()), half - 4, half - 4)
        painter.setPen(QColor(colors.text_muted if part else colors.text))
        words = QRectF(self.rect()).adjusted(track.right() + SPACE.one, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())


class ToggleEditor(ValueEditor):
    """Edits a boolean.

    Attributes:
        switch: The switch.
    """

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self.switch = Switch()
        self.switch.clicked.connect(lambda: self._tell(not self._value))
        self._hold(self.switch)
        self._show()

    def _show(self) -> None:
        unknown = self.mixed or self._value is None
        self.switch.setTristate(unknown)
        on = Qt.CheckState.Checked if self._value else Qt.CheckState.Unchecked
        self.switch.setCheckState(Qt.CheckState.PartiallyChecked if unknown else on)
        none = self.tr("several values") if self.mixed else self.tr("none")
        self.switch.setText(none if unknown else self.tr("on") if self._value else self.tr("off"))
