"""What the window shows while no document is open: beginning from a template, a file, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QCommandLinkButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.theme import SPACE, Theme, icon
from ui.window.templates import templates

WIDTH = 760
COLUMNS = 2
MOST_RECENT = 8


class StartPage(QScrollArea):
    """Big buttons: a new workflow, a file, a template, a recent file.

    Args:
        theme: The theme to begin with.
    """

    newWanted = Signal()  # noqa: N815 - signals are named as Qt names them
    openWanted = Signal()  # noqa: N815
    fileWanted = Signal(object)  # noqa: N815
    templateWanted = Signal(str)  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._theme = theme
        self._icons: list[tuple[QPushButton | QCommandLinkButton, str, bool]] = []
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._recent_title = self._heading(self.tr("Recent files"))
        self._fill()
        self.set_theme(theme)

    def _fill(self) -> None:
        page = QWidget()
        page.setObjectName("startpage")
        column = QVBoxLayout()
        column.setSpacing(SPACE.one)
        title = QLabel("nodeflow")
        title.setObjectName("display")
        words = QLabel(self.tr("Wire a picture: pick a template, or begin with an empty canvas."))
        words.setObjectName("muted")
        words.setWordWrap(True)
        column.addStretch(1)
        column.addWidget(title)
        column.addWidget(words)
        column.addSpacing(SPACE.one)
        column.addLayout(self._buttons())
        column.addSpacing(SPACE.two)
        column.addWidget(self._heading(self.tr("Templates")))
        column.addLayout(self._templates())
        column.addSpacing(SPACE.two)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        column.addStretch(2)
        body = QWidget()
        body.setMaximumWidth(WIDTH)
        body.setLayout(column)
        row = QHBoxLayout(page)
        row.setContentsMargins(SPACE.three, SPACE.two, SPACE.three, SPACE.two)
        row.addStretch(1)
        row.addWidget(body, 100)
        row.addStretch(1)
        self.setWidget(page)

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("heading")
        return label

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE.one)
        row.addWidget(self._button(self.tr("New workflow"), "file-plus", self.newWanted, main=True))
        row.addWidget(self._button(self.tr("Open…"), "folder-open", self.openWanted))
        row.addStretch(1)
        return row

    def _button(self, text: str, sign: str, do: SignalInstance, *, main: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("big")
        button.setDefault(main)
        button.setIconSize(QSize(18, 18))
        button.clicked.connect(do)
        self._icons.append((button, sign, main))
        return button

    def _templates(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(SPACE.one)
        for index, template in enumerate(templates()):
            card = QCommandLinkButton(template.title, template.description)
            card.setObjectName("card")
            card.setIconSize(QSize(20, 20))
            card.clicked.connect(partial(self.templateWanted.emit, template.name))
            self._icons.append((card, "flow-arrow", False))
            grid.addWidget(card, index // COLUMNS, index % COLUMNS)
        return grid

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List the files that were open lately."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._recent_title.setVisible(bool(paths))
        for path in paths[:MOST_RECENT]:
            button = QPushButton(f"{path.stem}    {_shortened(path.parent)}".replace("&", "&&"))
            button.setObjectName("recent")
            button.setToolTip(str(path))
            button.clicked.connect(partial(self.fileWanted.emit, path))
            self._recent.addWidget(button)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for button, name, main in self._icons:
            button.setIcon(icon(name, theme.colors.on_accent if main else theme.colors.accent))


def _shortened(folder: Path) -> str:
    """A folder as people recognise it: from the home folder on, the middle left out."""
    try:
        text = str(Path("~") / folder.relative_to(Path.home()))
    except ValueError:
        text = str(folder)
    return text if len(text) <= 60 else f"{text[:20]}…{text[-38:]}"
