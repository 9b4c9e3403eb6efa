"""What the app panel says while nothing is on it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.widgets.parts import RESTYLED, Words, titled

SIZE = 32


class Empty(QWidget):
    """How to put inputs on the panel."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = QLabel()
        head = Words(self.tr("No inputs yet"), "text")
        head.setFont(titled(head.font()))
        what = Words(self.tr("Show the inputs that matter here, as a plain form for others."))
        how = Words(
            self.tr(
                "Press the pin beside an input in the inspector,"
                " or choose “Expose on the app panel” in the menu of an input on the canvas."
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.two, SPACE.three, SPACE.two, SPACE.two)
        layout.setSpacing(SPACE.one)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        for words in (head, what, how):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(words)
        self._draw()

    def _draw(self) -> None:
        self._mark.setPixmap(icon("push-pin", theme_of(self).colors.text_muted).pixmap(SIZE, SIZE))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in RESTYLED:
            self._draw()
