"""The status bar: the last message, what is wrong, and the zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QToolButton, QWidget

from ui.sentences import as_sentence
from ui.theme import Theme, icon

if TYPE_CHECKING:
    from ui.editing.editing import Editing

LASTS = 8_000
"""Milliseconds that a message stays."""


class StatusBar(QStatusBar):
    """Says things in one line.

    Args:
        theme: The theme to begin with.
    """

    problemsWanted = Signal()  # noqa: N815 - signals are named as Qt names them
    zoomWanted = Signal()  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizeGripEnabled(False)
        self.message = QLabel()
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.addWidget(self.message, 1)
        self.fault = self._button(self.tr("The journal that keeps your edits safe cannot be written"))
        self.problems = self._button(self.tr("Show what is wrong"))
        self.zoom = self._button(self.tr("Back to 100 %"))
        self.problems.clicked.connect(self.problemsWanted)
        self.zoom.clicked.connect(self.zoomWanted)
        self._clear = QTimer(self, singleShot=True, interval=LASTS)
        self._clear.timeout.connect(self._forget)
        self.show_editing(None)

    def _button(self, tip: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setToolTip(tip)
        button.setObjectName("status")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addPermanentWidget(button)
        return button

    def say(self, text: str) -> None:
        """Show a message for some seconds, as a sentence."""
        text = as_sentence(text)
        self.message.setText(text)
        self.message.setToolTip(text)
        if text:
            self._clear.start()
        else:
            self._clear.stop()

    def _forget(self) -> None:
        self.say("")

    def show_editing(self, editing: Editing | None) -> None:
        """Show what is known of a document."""
        self.zoom.setVisible(editing is not None)
        self.problems.setVisible(editing is not None)
        self.fault.setVisible(editing is not None and editing.document.fault is not None)
        if editing is None:
            return
        self.zoom.setText(f"{round(editing.canvas.zoom * 100)} %")
        self._show_count(len(editing.faults.all))
        self._show_fault(editing.document.fault)

    def _show_count(self, count: int) -> None:
        colors = self._theme.colors
        if count == 0:
            self.problems.setText(self.tr("No problems"))
            self.problems.setIcon(icon("check", colors.success))
        else:
            self.problems.setText(
                self.tr("1 problem") if count == 1 else self.tr("{0} problems").format(count)
            )
            self.problems.setIcon(icon("warning-circle", colors.error))

    def _show_fault(self, fault: str | None) -> None:
        if fault is not None:
            self.fault.setText(self.tr("Edits are not kept safe"))
            self.fault.setToolTip(fault)
            self.fault.setIcon(icon("warning", self._theme.colors.warning))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
