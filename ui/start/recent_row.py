"""A recent file: a small picture, its name, where and when it was saved, and what it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout

from nodeflow.files.names import shown_path
from ui.start.rounded import rounded
from ui.start.sketch import draw_sketch
from ui.theme import SPACE, Theme
from ui.widgets.parts import Elided

if TYPE_CHECKING:
    from ui.start.facts import FileFacts

PICTURE = QSize(56, 42)


class RecentRow(QPushButton):
    """A button for a file.

    Args:
        path: The file.
        theme: The theme to begin with.
    """

    removed = Signal()

    def __init__(self, path: Path, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("recent")
        self.setAccessibleName(path.stem)
        self.setToolTip(str(path))
        self._path, self._theme = path, theme
        self._facts: FileFacts | None = None
        self._picture = QLabel()
        self._picture.setFixedSize(PICTURE)
        self._name, self._where = Elided(path.stem), Elided(shown_path(path.parent))
        self._name.setObjectName("strong")
        self._where.setObjectName("muted")
        self.lacks = QLabel()
        self.lacks.setObjectName("warning")
        self.lacks.hide()
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._name)
        texts.addWidget(self._where)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.half, SPACE.half, SPACE.one, SPACE.half)
        row.setSpacing(SPACE.one + SPACE.half)
        row.addWidget(self._picture)
        row.addLayout(texts, 1)
        row.addWidget(self.lacks)
        for label in (self._picture, self._name, self._where, self.lacks):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._draw()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as its parts."""
        layout = self.layout()
        assert layout is not None  # noqa: S101 - made above
        return layout.sizeHint()

    def show_facts(self, facts: FileFacts) -> None:
        """Show what is known of the file."""
        self._facts = facts
        if facts.time:
            self._where.show_text(f"{when(facts.time)}  ·  {shown_path(self._path.parent)}")
        text = self._lacking(facts)
        self.lacks.setText(text)
        self.lacks.setVisible(bool(text))
        self.setToolTip("\n".join((str(self._path), *facts.faults)))
        self.setAccessibleDescription(text)
        self._draw()

    def _lacking(self, facts: FileFacts) -> str:
        if facts.missing and facts.missing == len(facts.faults):
            one, more = self.tr("1 file is missing"), self.tr("{0} files are missing")
        elif facts.faults:
            one, more = self.tr("1 problem"), self.tr("{0} problems")
        else:
            return ""
        return one if len(facts.faults) == 1 else more.format(len(facts.faults))

    def _draw(self) -> None:
        ratio, facts = self.devicePixelRatioF(), self._facts
        if facts is not None and not facts.picture.isNull():
            self._picture.setPixmap(rounded(QPixmap.fromImage(facts.picture), PICTURE, ratio))
        else:
            places, links = (facts.places, facts.links) if facts is not None else ({}, [])
            self._picture.setPixmap(draw_sketch(places, links, PICTURE, self._theme.colors, ratio))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self._draw()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer to take it off the list."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), self.click)
        menu.addAction(self.tr("Remove from this list"), self.removed.emit)
        menu.popup(event.globalPos())


def when(seconds: float) -> str:
    """A time of the past, in the user's way of writing it."""
    time = QDateTime.fromSecsSinceEpoch(int(seconds))
    return QLocale().toString(time, QLocale.FormatType.ShortFormat)
