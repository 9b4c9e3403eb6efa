"""The page that says what this computer can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.machine.words import machine_words, placement_words
from ui.theme import SPACE
from ui.widgets.parts import Words, clear

if TYPE_CHECKING:
    from ui.running.engine import Engine
    from ui.window.main_window import MainWindow


class MachineDialog(QDialog):
    """Asks the worker, and says what it answers.

    Args:
        window: The window.

    Attributes:
        details: The report as `nodeflow doctor` prints it.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("What this computer can do"))
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName(self.tr("Details"))
        self.details.hide()
        sheet, page = QScrollArea(), QWidget()
        self._page = page
        sheet.setWidgetResizable(True)
        sheet.setFrameShape(QFrame.Shape.NoFrame)
        sheet.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, SPACE.one, 0)
        self._texts = QVBoxLayout()
        outer.addLayout(self._texts)
        outer.addStretch(1)
        sheet.setWidget(page)
        self._texts.setSpacing(SPACE.one)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedHeight(SPACE.half + SPACE.hair)
        self._add_words(self.tr("Looking at this computer…"))
        more, copy = QPushButton(self.tr("Details")), QPushButton(self.tr("Copy"))
        settings, close = QPushButton(self.tr("Settings…")), QPushButton(self.tr("Close"))
        more.setCheckable(True)
        more.toggled.connect(self.details.setVisible)
        copy.setToolTip(self.tr("Copy the details"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.details.toPlainText()))
        settings.clicked.connect(window.help.show_settings)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        for button in (more, copy, settings):
            button.setAutoDefault(False)
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.three, SPACE.two, SPACE.three, SPACE.two)
        column.setSpacing(SPACE.one)
        column.addWidget(sheet, 2)
        column.addWidget(self._busy)
        column.addWidget(self.details, 1)
        column.addLayout(foot)
        self.resize(640, 420)
        self._ask(window.desk.engine)

    def _ask(self, engine: Engine) -> None:
        if engine.ready:
            engine.ask(lambda runner: runner.doctor(), self._take)
        else:
            self._busy.hide()
            self._add_words(self.tr("What computes pictures has not started yet."))

    def _take(self, told: Any) -> None:
        self._busy.hide()
        clear(self._texts)
        if isinstance(told, Exception):
            self._add_words(str(told), "error")
            return
        for title, lines in (
            (self.tr("Your computer"), machine_words(told)),
            (self.tr("Pictures"), placement_words(told)),
            (self.tr("What would change it"), told["placement"]["changes"]),
        ):
            if lines:
                self._add_title(title)
                for line in lines:
                    self._add_words(line, "text")
        self.details.setPlainText("\n".join(told["lines"]))

    def _add_title(self, text: str) -> None:
        label = QLabel(text)
        label.setObjectName("heading")
        label.setContentsMargins(0, SPACE.one if self._texts.count() else 0, 0, 0)
        self._texts.addWidget(label)

    def _add_words(self, text: str, tone: str = "text_muted") -> None:
        self._texts.addWidget(Words(text, tone))

    @property
    def text(self) -> str:
        """All that it says."""
        labels = self._page.findChildren(QLabel)
        return "\n".join(label.text() for label in labels)
