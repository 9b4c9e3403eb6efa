"""The list of recent files: shown at once, what is known of each file a moment later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from ui.start.recent_row import RecentRow
from ui.theme import Theme
from ui.widgets.parts import clear

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.start.facts import FileFacts

MOST = 6


class FactsReader(QObject):
    """Reads what is to be said of files, off the window's thread."""

    told = Signal(object, object)
    """A path, and its `FileFacts`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._round = 0

    def read(self, paths: Sequence[Path], desk: Desk) -> None:
        """Read files; what was asked before is given up."""
        self._round += 1
        number, specs = self._round, dict(desk.specs)
        finders = [desk.finder(path) for path in paths]
        output = desk.folders.output

        def work() -> None:
            from ui.start.facts import latest_pictures, read_file

            pictures = latest_pictures(output, [path.stem for path in paths])
            for path, finder in zip(paths, finders, strict=True):
                if number != self._round or not isValid(self):
                    return
                facts = read_file(path, specs, finder, pictures.get(path.stem))
                if number == self._round and isValid(self):
                    self.told.emit(path, facts)

        self._pool.start(work)

    def end(self) -> None:
        """Stop reading."""
        self._round += 1
        self._pool.waitForDone()


class RecentList(QWidget):
    """The files that were open lately.

    Args:
        theme: The theme to begin with.
    """

    wanted = Signal(object)
    removed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._rows: dict[Path, RecentRow] = {}
        self.reader = FactsReader(self)
        self.reader.told.connect(self._take)

    @property
    def rows(self) -> tuple[RecentRow, ...]:
        """The rows, the latest file first."""
        return tuple(self._rows.values())

    def show_paths(self, paths: Sequence[Path], desk: Desk | None) -> None:
        """List files.

        Args:
            paths: The latest first.
            desk: Tells more of them; None: nothing more is told.
        """
        clear(self._column)
        self._rows = {path: self._row(path) for path in paths[:MOST]}
        for row in self._rows.values():
            self._column.addWidget(row)
        if desk is not None and self._rows:
            self.reader.read(tuple(self._rows), desk)

    def _row(self, path: Path) -> RecentRow:
        row = RecentRow(path, self._theme)
        row.clicked.connect(lambda: self.wanted.emit(path))
        row.removed.connect(lambda: self.removed.emit(path))
        return row

    @Slot(object, object)
    def _take(self, path: Path, facts: FileFacts) -> None:
        if path in self._rows:
            self._rows[path].show_facts(facts)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        for row in self._rows.values():
            row.set_theme(theme)
