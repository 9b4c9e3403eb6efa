"""What there is to read about one model, and its trigger words to write into a prompt."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nodeflow.models.portrait import Portrait
from ui.models.words import facts, prompt_words
from ui.theme.metrics import SPACE
from ui.widgets.fact_table import FactTable
from ui.widgets.flow import Flow
from ui.widgets.parts import IconButton, ShortButton, Words, clear, row, titled
from ui.widgets.section import Scroller

SIDE = 112
"""Of the preview, in pixels."""


class Preview(QWidget):
    """A picture in a square."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmap = QPixmap()
        self.setFixedSize(QSize(SIDE, SIDE))
        self.setAccessibleName(self.tr("Preview"))

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        """Show another picture."""
        self._pixmap = pixmap or QPixmap()
        self.setVisible(not self._pixmap.isNull())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it with round corners."""
        size = self._pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box, shape = QRect(self.rect().topLeft(), size), QPainterPath()
        shape.addRoundedRect(box.toRectF(), SPACE.half, SPACE.half)
        painter = QPainter(self)
        hints = QPainter.RenderHint
        painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
        painter.setClipPath(shape)
        painter.drawPixmap(box, self._pixmap)
        painter.end()


class ModelDetails(Scroller):
    """Preview, facts and trigger words of a model.

    Attributes:
        add: Adds a node that loads it.
        reveal: Shows its folder.
        copy: Copies its trigger words.
        insert: Writes them into the prompts of the selected nodes.
        chips: A button for each of them.
    """

    addWanted = Signal()  # noqa: N815 - signals are named as Qt names them
    revealWanted = Signal()  # noqa: N815
    copyWanted = Signal()  # noqa: N815
    wordsWanted = Signal(object)  # noqa: N815
    """Words to write into the selected prompt."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Portrait | None = None
        self.preview, self.title, self.fault = Preview(), Words(tone="text"), Words(tone="warning")
        self.title.setFont(titled(self.title.font()))
        self.add = ShortButton(self.tr("Add to canvas"), self.addWanted.emit)
        self.reveal = IconButton("folder-open", self.tr("Show in folder"), self.revealWanted.emit)
        self.heading = Words(self.tr("Trigger words"))
        self.copy = IconButton("copy", self.tr("Copy trigger words"), self.copyWanted.emit)
        self.insert = ShortButton(self.tr("Add to prompt"), lambda: self.wordsWanted.emit(self._words()))
        self.chips: list[QPushButton] = []
        self._chip_box = QWidget()
        self._flow = Flow(self._chip_box)
        self._facts, self.description = FactTable(), Words(tone="text")
        self._trigger = QWidget()
        trigger = QVBoxLayout(self._trigger)
        trigger.setContentsMargins(0, 0, 0, 0)
        trigger.setSpacing(SPACE.half)
        trigger.addWidget(self.heading)
        trigger.addWidget(self._chip_box)
        trigger.addWidget(row(self.insert, self.copy, 1))
        words, head = QVBoxLayout(), QHBoxLayout()
        words.setSpacing(SPACE.one)
        for widget in (self.title, self.fault, row(self.add, self.reveal, 1)):
            words.addWidget(widget)
        words.addStretch(1)
        head.setSpacing(SPACE.one + SPACE.half)
        head.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self.column.addLayout(head)
        for part in (self._trigger, self._facts, self.description):
            self.column.addWidget(part)
        self.show_portrait(None, None, prompts=0)

    def _words(self) -> tuple[str, ...]:
        return prompt_words(self._shown) if self._shown is not None else ()

    def show_portrait(self, portrait: Portrait | None, preview: QPixmap | None, *, prompts: int) -> None:
        """Show what is known of a model.

        Args:
            portrait: The model; None: say how to choose one.
            preview: Its picture; None: it is still being read.
            prompts: How many prompts are selected that could take its trigger words.
        """
        self.preview.show_pixmap(preview)
        tip = self.tr("Into the prompt of the selected nodes")
        no_prompt = self.tr("Select a node with a prompt first")
        self.insert.setEnabled(prompts > 0)
        self.insert.setToolTip(tip if prompts else no_prompt)
        if portrait is not None and portrait == self._shown:
            return
        self._shown = portrait
        self.title.say(portrait.entry.name if portrait else self.tr("Choose a model to read about it."))
        self.title.set_heading(portrait is not None)
        self.fault.say(
            self.tr("It cannot be used: {0}").format(portrait.fault) if portrait and portrait.fault else ""
        )
        for widget in (self.add, self.reveal):
            widget.setVisible(portrait is not None)
        self.add.setEnabled(portrait is not None and not portrait.fault)
        self._facts.show_facts(facts(portrait) if portrait else {})
        self.description.say(portrait.about.description if portrait else "")
        self._show_words(self._words())
        self.verticalScrollBar().setValue(0)

    def _show_words(self, words: tuple[str, ...]) -> None:
        clear(self._flow)
        self.chips = [self._chip(word) for word in words]
        for chip in self.chips:
            self._flow.addWidget(chip)
            chip.show()
        self._trigger.setVisible(bool(words))

    def _chip(self, word: str) -> QPushButton:
        chip = ShortButton(word, lambda: self.wordsWanted.emit((word,)))
        chip.setToolTip(self.tr("Add “{0}” to the selected prompt").format(word))
        return chip

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the preview and some lines."""
        return QSize(3 * SIDE, 3 * SIDE)
