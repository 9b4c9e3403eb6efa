"""The button beside a prompt that offers presets, keeps new ones, and lets one sort them out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QInputDialog, QMenu, QPlainTextEdit

from nodeflow.folders import Folders
from ui.values.preset_list import PresetList
from ui.values.presets import PROMPT, Presets, appended, wrapped
from ui.widgets.parts import IconButton

LONGEST = 60


class PresetButton(IconButton):
    """Offers presets for a prompt.

    Args:
        folders: Where they are kept.
        text: The prompt.

    Attributes:
        presets_menu: What it offers, while that is open.
        dialog: Asks for a name, or lists what is kept.
    """

    refused = Signal(str)
    """Why something could not be kept."""

    def __init__(self, folders: Folders, text: QPlainTextEdit) -> None:
        super().__init__("bookmarks-simple", "")
        self.setToolTip(self.tr("Presets"))
        self.setAccessibleName(self.tr("Presets"))
        self._presets, self._text = Presets(folders), text
        self.presets_menu: QMenu | None = None
        self.dialog: QInputDialog | PresetList | None = None
        self.clicked.connect(lambda _checked: self.offer())

    def offer(self) -> None:
        """Open the menu."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        for name, preset in self._presets.all().items():
            self._add(menu.addMenu(name.replace("&", "&&")), preset)
        menu.addSeparator()
        keep = menu.addAction(self.tr("Save as preset…"), self._ask_name)
        keep.setEnabled(bool(self._text.toPlainText().strip()))
        menu.addAction(self.tr("Manage presets…"), self._manage)
        self.presets_menu = menu
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _add(self, menu: QMenu, preset: str) -> None:
        prompt = self._text.toPlainText()
        if PROMPT in preset:
            self._action(
                menu, self.tr("Put around the prompt"), lambda: self._replace(wrapped(preset, prompt))
            )
        else:
            self._action(menu, self.tr("Insert at the cursor"), lambda: self._text.insertPlainText(preset))
        self._action(menu, self.tr("Append"), lambda: self._replace(appended(prompt, preset)))
        self._action(menu, self.tr("Replace the prompt"), lambda: self._replace(wrapped(preset, "")))
        menu.addSeparator()
        short = preset if len(preset) <= LONGEST else preset[: LONGEST - 1] + "…"
        menu.addAction(short.replace("&", "&&")).setEnabled(False)

    @staticmethod
    def _action(menu: QMenu, text: str, do: Callable[[], object]) -> None:
        menu.addAction(text).triggered.connect(lambda _checked=False: do())

    def _replace(self, text: str) -> None:
        """Write another text so that Ctrl+Z brings the old one back."""
        cursor = self._text.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self._text.setTextCursor(cursor)
        self._text.setFocus()

    def _ask_name(self) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Save as preset"))
        dialog.setLabelText(self.tr("Name; a preset of the same name is replaced"))
        dialog.textValueSelected.connect(self._keep)
        self.dialog = dialog
        dialog.open()

    def _keep(self, name: str) -> None:
        if name.strip():
            try:
                self._presets.keep(name.strip(), self._text.toPlainText())
            except OSError as error:
                self.refused.emit(self.tr("cannot be kept: {0}").format(error.strerror))

    def _manage(self) -> None:
        self.dialog = PresetList(self._presets, self)
        self.dialog.open()
