"""The settings dialog. Every change is checked and kept at once; the next run follows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from ui.settings.keeper import SettingsKeeper
from ui.settings.pages import Setting, computing, editor, folders
from ui.settings.rows import Choice, SettingRow
from ui.theme import SPACE
from ui.widgets.parts import Words

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


class SettingsDialog(QDialog):
    """Shows the settings on pages, and keeps what is changed.

    Args:
        window: The window.

    Attributes:
        keeper: Reads and writes them.
        rows: The rows, by the settings' names.
        fields: What changes them, by the settings' names.
        state: Says what became of the last change.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Settings"))
        self._window = window
        self.keeper = SettingsKeeper(window.desk, self)
        self.keeper.followed.connect(self._followed)
        self.rows: dict[str, SettingRow] = {}
        self.fields: dict[str, Any] = {}
        self.state = Words()
        self.pages = QTabWidget()
        self._add_page(self.tr("Computing"), computing())
        self._add_page(self.tr("Folders and cache"), folders(window.desk))
        self._add_page(self.tr("Editor"), editor())
        self._lay_out()
        self._show_fault()
        window.desk.engine.ask(lambda runner: runner.doctor(), self._take_devices)
        self.resize(620, 470)

    def _lay_out(self) -> None:
        file, close = QPushButton(self.tr("Open settings.toml")), QPushButton(self.tr("Close"))
        file.setToolTip(str(self.keeper.file))
        file.clicked.connect(self._open_file)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        for button in (file, close):
            button.setAutoDefault(False)
        foot.addWidget(file)
        foot.addWidget(self.state, 100)
        foot.addStretch(1)  # while there is nothing to say
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.two, SPACE.one, SPACE.two, SPACE.two)
        column.setSpacing(SPACE.one)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)

    def _add_page(self, title: str, settings: list[Setting]) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE.half, SPACE.two, SPACE.half, SPACE.one)
        for setting in settings:
            row = SettingRow(setting.title, setting.widget, setting.hint)
            self.rows[setting.name], self.fields[setting.name] = row, setting.field
            column.addWidget(row)
            if setting.own:
                value = self._window.desk.settings.value(setting.name, setting.usual)
                setting.field.show_value(value if isinstance(setting.usual, str) else value in (True, "true"))
                setting.field.chosen.connect(partial(self._keep_own, setting.name))
            else:
                setting.field.show_value(self.keeper.value(setting.name))
                setting.field.chosen.connect(partial(self._keep, setting.name))
                self._tell_what_goes_before(setting.name)
        column.addStretch(1)
        self.pages.addTab(page, title)

    def _tell_what_goes_before(self, name: str) -> None:
        over = self.keeper.over(name)
        if over is not None:
            text = self.tr("The variable {0} says “{1}”, which goes before this.")
            self.rows[name].warn(text.format(*over))

    def _keep(self, name: str, value: Any) -> None:
        complaint = self.keeper.change(name, value)
        self.rows[name].complain(_short(complaint, name))
        if complaint:
            self.state.say("")  # what was said of the change before is no longer so
            return
        self.fields[name].show_value(self.keeper.value(name))
        self._tell_what_goes_before(name)
        self.state.set_tone("text_muted")
        self.state.say(self.tr("Kept"))

    def _keep_own(self, name: str, value: Any) -> None:
        """Keep one of the editor's own."""
        self._window.desk.settings.setValue(name, value)
        if name == "theme":
            self._window.choose_theme(str(value))
        self.state.say(self.tr("Kept"))

    def _followed(self, complaint: str) -> None:
        self.state.set_tone("error" if complaint else "text_muted")
        self.state.say(complaint or self.tr("Kept; the next run follows it"))

    def _show_fault(self) -> None:
        fault = self.keeper.fault()
        if fault:
            self.state.set_tone("error")
            self.state.say(fault)

    def _take_devices(self, told: Any) -> None:
        """Offer the devices that this machine has."""
        field = self.fields["run.device"]
        if isinstance(told, Exception) or not isinstance(field, Choice):
            return
        for device in told["profile"]["devices"]:
            address = _address(device)
            name = f"{device['name']}  ({address})"
            index = field.findData(address)
            if index < 0:
                field.addItem(name, address)
            else:
                field.setItemText(index, name)

    def _open_file(self) -> None:
        if not self.keeper.file.exists():
            self.state.say(self.tr("Nothing is set yet"))
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.keeper.file)))


def _address(device: dict[str, Any]) -> str:
    """A device of a report as torch addresses it."""
    from nodeflow.hardware import Device, DeviceKind

    kind = DeviceKind(device["kind"])
    return Device(kind, "", 0, 0, (), (), int(device["index"])).address


def _short(complaint: str, name: str) -> str:
    """A complaint about a setting without the file and the name, which is plain to see."""
    for mark in (f"{name}: ", f"{name.partition('.')[0]}: "):
        _, found, after = complaint.partition(mark)
        if found:
            text = after.removeprefix(f"{name.partition('.')[2]}: ")
            return text[:1].upper() + text[1:]
    return complaint
