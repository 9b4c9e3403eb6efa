"""A card that shows what a wire carries: pictures, a line that describes it, and facts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nodeflow.execution.look import Look
from ui.running.pictures import sheet, shown_picture
from ui.theme import SPACE
from ui.widgets.breaking import breakable
from ui.widgets.places import kept_on_screen

WIDTH = 320
LINES = 12
"""Facts that are shown at most."""
LETTERS = 600
"""Letters of a fact that are shown at most: a card is no book."""


class LookCard(QFrame):
    """A small window beside a wire.

    Args:
        title: The output: `decode.image`.
        look: What is to be seen.
        parent: What it lies over.
        pinned: Whether it stays until it is closed, rather than while the pointer rests.

    Attributes:
        pinned: The same.
        text: All that is said, without the title.
    """

    closed = Signal()

    def __init__(self, title: str, look: Look, parent: QWidget, *, pinned: bool) -> None:
        super().__init__(parent, Qt.WindowType.Popup if pinned else Qt.WindowType.ToolTip)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not pinned)
        self.setObjectName("popup")
        self.setFixedWidth(WIDTH + 2 * SPACE.one)
        self.setAccessibleName(title)
        self.pinned = pinned
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, SPACE.one)
        self._box.setSpacing(SPACE.half)
        head = QHBoxLayout()
        head.addWidget(_label(title, "strong"), 1)
        head.addWidget(_label(look.kind, "muted"))
        self._box.addLayout(head)
        self._add_picture(look)
        said = [look.text] if look.text and look.text not in look.lines else []
        lines = [line[:LETTERS] for line in (*said, *look.lines)][:LINES]
        self.text = "\n".join(lines)
        for line in lines:
            self._box.addWidget(_label(line))

    def _add_picture(self, look: Look) -> None:
        if look.pictures:
            shown = QLabel()
            picture = QPixmap.fromImage(sheet([shown_picture(small) for small in look.pictures]))
            if max(picture.width(), picture.height()) > WIDTH:
                keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                picture = picture.scaled(WIDTH, WIDTH, keep, smooth)
            shown.setPixmap(picture)
            shown.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            shown.setAccessibleName(look.text)
            self._box.addWidget(shown)

    def offer(self, text: str, do: Callable[[], object]) -> None:
        """Offer to do something, which also closes the card."""
        button = QPushButton(text)
        button.clicked.connect(self.close)
        button.clicked.connect(lambda _checked=False: do())
        self._box.addWidget(button)
        button.setFocus()
        self.adjustSize()

    def open_at(self, where: QPoint) -> None:
        """Show it beside a place on the screen."""
        self.adjustSize()
        self.move(kept_on_screen(self, where + QPoint(SPACE.two, SPACE.two)))
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that it is gone."""
        super().closeEvent(event)
        self.closed.emit()


def _label(text: str, name: str = "") -> QLabel:
    label = QLabel(breakable(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setObjectName(name)
    return label
