"""What the window asks: a line of text, where to save, what to do with unsaved changes."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from html import escape
from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from ui.window.line import LinePopup

SUFFIX = ".json"


class Answer(Enum):
    """What to do with unsaved changes."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Asking(QObject):
    """Asks the user.

    Args:
        window: Where questions appear.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def line(self, title: str, text: str, done: Callable[[str], object], where: QPoint | None = None) -> None:
        """Ask for a line of text in a small box; nothing waits for it.

        Args:
            title: What for.
            text: What it begins with.
            done: Takes what was entered; not called if it was given up.
            where: On the screen; None: the middle of the window.
        """
        popup = LinePopup(title, text, done, self._window)
        popup.open_at(self._window.mapToGlobal(self._window.rect().center()) if where is None else where)

    def files_to_open(self, folder: Path) -> list[Path]:
        """Ask which files to open; none if it was given up."""
        kinds = self.tr("Workflows and pictures (*.json *.png *.webp *.jpg);;All files (*)")
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Open"), str(folder), kinds)
        return [Path(name) for name in names]

    def file_to_save(self, suggested: Path, title: str = "") -> Path | None:
        """Ask where to save; None if it was given up."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, title or self.tr("Save as"), str(suggested), self.tr("Workflows (*.json)")
        )
        path = Path(name)
        return (path if path.suffix else path.with_suffix(SUFFIX)) if name else None

    def about_changes(self, title: str) -> Answer:
        """Ask what to do with a document's unsaved changes."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(self.tr("Unsaved changes"))
        box.setText(self.tr("<b>Save the changes to “{0}”?</b>").format(escape(title)))
        box.setInformativeText(self.tr("Otherwise they are lost."))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.button(buttons.Discard).setText(self.tr("Don't save"))
        box.setDefaultButton(buttons.Save)
        chosen = {buttons.Save: Answer.SAVE, buttons.Discard: Answer.DISCARD}
        answer = chosen.get(buttons(box.exec()), Answer.CANCEL)
        box.deleteLater()
        return answer
