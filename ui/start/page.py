"""The start page: begin from a template, a file, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.machine.card import MachineCard
from ui.start.card import WIDTH as CARD
from ui.start.card import TemplateCard
from ui.start.news import latest_changes
from ui.start.recent import RecentList
from ui.templates import templates
from ui.theme import SPACE, Theme, icon
from ui.widgets.flow import Flow
from ui.widgets.parts import Words

if TYPE_CHECKING:
    from ui.desk import Desk

WIDTH = 5 * CARD + 4 * SPACE.one
"""Five cards side by side."""
NARROW = 720
"""Below this width, recent files and news do not fit beside each other."""


class StartPage(QScrollArea):
    """Big buttons: a new workflow, a file, a template, a recent file.

    Args:
        theme: The theme to begin with.

    Attributes:
        cards: The templates.
        recent: The recent files.
        machine: What this computer can do; shown at the first start.
    """

    newWanted = Signal()  # noqa: N815 - signals are named as Qt names them
    openWanted = Signal()  # noqa: N815
    fileWanted = Signal(object)  # noqa: N815
    fileForgotten = Signal(object)  # noqa: N815
    templateWanted = Signal(str)  # noqa: N815
    newsWanted = Signal()  # noqa: N815
    machineWanted = Signal()  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._icons: list[tuple[QPushButton, str, bool]] = []
        self.cards = [TemplateCard(template, theme) for template in templates()]
        self.recent = RecentList(theme)
        self.recent.wanted.connect(self.fileWanted)
        self.recent.removed.connect(self.fileForgotten)
        self.machine = MachineCard()
        self._no_recent = Words(self.tr("Workflows that you save or open are listed here."))
        self._lower = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._fill()
        self.set_theme(theme)
        self.show_recent(())

    def _fill(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.one)
        column.addStretch(1)
        column.addLayout(self._head())
        column.addSpacing(SPACE.one)
        column.addWidget(self.machine)
        column.addSpacing(SPACE.one)
        self._lower.setSpacing(SPACE.three)
        self._lower.addLayout(self._recent_column(), 3)
        self._lower.addLayout(self._news_column(), 2)
        self._middle.setSpacing(SPACE.two)
        self._middle.addLayout(self._template_column())
        self._middle.addLayout(self._lower)
        column.addLayout(self._middle)
        column.addSpacing(SPACE.one)
        hint = _muted(self.tr("Drop a workflow, or a picture that nodeflow made, anywhere on this window."))
        column.addWidget(hint)
        column.addStretch(2)
        body = QWidget()
        body.setMaximumWidth(WIDTH)
        body.setLayout(column)
        page = QWidget()
        page.setObjectName("startpage")
        row = QHBoxLayout(page)
        row.setContentsMargins(SPACE.three, SPACE.two, SPACE.three, SPACE.two)
        row.addStretch(1)
        row.addWidget(body, 100)
        row.addStretch(1)
        self.setWidget(page)

    def _head(self) -> QHBoxLayout:
        title = QLabel("nodeflow")
        title.setObjectName("display")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(title)
        texts.addWidget(_muted(self.tr("Wire a picture: pick a template, or begin with an empty canvas.")))
        row = QHBoxLayout()
        row.setSpacing(SPACE.one)
        row.addLayout(texts, 1)
        row.addWidget(self._button(self.tr("Open…"), "folder-open", self.openWanted))
        row.addWidget(self._button(self.tr("New workflow"), "file-plus", self.newWanted, main=True))
        return row

    def _button(self, text: str, sign: str, do: SignalInstance, *, main: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("big")
        button.setDefault(main)
        button.setIconSize(QSize(18, 18))
        button.clicked.connect(do)
        self._icons.append((button, sign, main))
        return button

    def _template_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE.one)
        column.addWidget(_heading(self.tr("Templates")))
        column.addLayout(self._templates())
        return column

    def _templates(self) -> Flow:
        flow = Flow()
        flow.setSpacing(SPACE.one)
        height = max((card.needed_height() for card in self.cards), default=0)
        for card, template in zip(self.cards, templates(), strict=True):
            card.setFixedHeight(height)
            card.clicked.connect(partial(self.templateWanted.emit, template.name))
            flow.addWidget(card)
        return flow

    def _recent_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE.half)
        column.addWidget(_heading(self.tr("Recent files")))
        column.addWidget(self._no_recent)
        column.addWidget(self.recent)
        column.addStretch(1)
        return column

    def _news_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE.half)
        column.addWidget(_heading(self.tr("What is new")))
        for text in latest_changes():
            column.addWidget(Words(f"•  {text}"))
        for text, sign, do in ((self.tr("All changes"), "list-bullets", self.newsWanted),):
            button = QPushButton(text)
            button.setObjectName("quiet")
            button.clicked.connect(do)
            self._icons.append((button, sign, False))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return column

    def show_recent(self, paths: Sequence[Path], desk: Desk | None = None) -> None:
        """List the files that were open lately; while there are some, they come before the templates.

        Args:
            paths: The latest first.
            desk: Tells more of them; None: nothing more is told.
        """
        directions = QBoxLayout.Direction
        self._middle.setDirection(directions.BottomToTop if paths else directions.TopToBottom)
        self._no_recent.setVisible(not paths)
        self.recent.show_paths(paths, desk)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """In a narrow window the news go below the recent files."""
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        self._lower.setDirection(directions.TopToBottom if self.width() < NARROW else directions.LeftToRight)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for button, name, main in self._icons:
            button.setIcon(icon(name, theme.colors.on_accent if main else theme.colors.accent))
        for card in self.cards:
            card.set_theme(theme)
        self.recent.set_theme(theme)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("heading")
    return label


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label
