"""The settings dialog: what is changed is checked, kept with comments, and followed by the next run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import UsageError
from nodeflow.execution.job import Runner
from nodeflow.execution.runner import ThreadRunner
from nodeflow.hardware import HardwareProfile
from nodeflow.hardware.detection import cpu_device
from nodeflow.settings import read_settings
from ui.running.testing import fake_runner
from ui.settings.dialog import SettingsDialog
from ui.settings.keeper import write_settings
from ui.settings.rows import Choice, FolderLine, Line, Switch
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def runners() -> list[ThreadRunner]:
    """The runners that were made."""
    return []


@pytest.fixture
def window(
    qtbot: QtBot, tmp_path: Path, runners: list[ThreadRunner], monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window that runs on the fake backend, with settings written by hand."""
    for name in ("DEVICE", "MODELS_DIR", "OUTPUT_DIR", "CACHE_DIR"):
        monkeypatch.delenv(f"NODEFLOW_{name}", raising=False)
    folders = folders_in(tmp_path)
    folders.config.mkdir()
    (folders.config / "settings.toml").write_text('# mine\n[run]\nquality = "fast"  # for drafts\n')

    def make() -> Runner:
        runners.append(fake_runner(folders, FakeBackend()))
        runners[-1].profile = HardwareProfile((cpu_device(bfloat16=False),), 2)
        return runners[-1]

    with open_window(tmp_path, make_runner=make) as window:
        yield window


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> SettingsDialog:
    """The dialog, opened by its key; it knows the devices."""
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Comma, CONTROL)
    (dialog,) = window.findChildren(SettingsDialog)
    device = dialog.fields["run.device"]
    qtbot.waitUntil(lambda: "(cpu)" in device.itemText(device.findData("cpu")))
    return dialog


def text_of(window: MainWindow) -> str:
    return (window.desk.folders.config / "settings.toml").read_text("utf-8")


def pick(field: QComboBox, value: object) -> None:
    """Choose by keys."""
    field.setFocus()
    down = field.findData(value) - field.currentIndex()
    for _ in range(abs(down)):
        QTest.keyClick(field, Qt.Key.Key_Down if down > 0 else Qt.Key.Key_Up)


def enter(line: QLineEdit, text: str) -> None:
    line.clear()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_it_shows_what_the_file_says_and_keeps_comments(
    window: MainWindow, dialog: SettingsDialog, runners: list[ThreadRunner], qtbot: QtBot
) -> None:
    quality, mode = dialog.fields["run.quality"], dialog.fields["run.mode"]
    assert isinstance(quality, Choice)
    assert quality.currentData() == "fast"
    pick(quality, "exact")
    pick(mode, "full")
    assert text_of(window) == '# mine\n[run]\nquality = "exact"  # for drafts\nmode = "full"\n'
    qtbot.waitUntil(lambda: runners[0].wishes.mode == "full")
    qtbot.waitUntil(lambda: "next run follows" in dialog.state.text())
    assert runners[0].wishes.quality == "exact"
    pick(mode, None)
    assert "mode" not in text_of(window)


def test_what_cannot_be_is_told_and_not_written(window: MainWindow, dialog: SettingsDialog) -> None:
    dialog.pages.setCurrentIndex(1)
    before, line = text_of(window), dialog.fields["cache.disk"]
    assert isinstance(line, Line)
    enter(line, "plenty")
    assert text_of(window) == before
    assert dialog.rows["cache.disk"].note.text() == "“plenty” is no size such as 500MB or 50GB"
    assert not dialog.state.isVisible()
    assert max(button.width() for button in dialog.findChildren(QPushButton)) < dialog.width() / 3
    enter(line, "50GB")
    assert read_settings(window.desk.folders).cache.disk == 50_000_000_000


def test_pictures_go_to_another_folder_from_the_next_run_on(
    window: MainWindow, dialog: SettingsDialog, runners: list[ThreadRunner], tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.pages.setCurrentIndex(1)
    field = dialog.fields["folders.output"]
    assert isinstance(field, FolderLine)
    enter(field.line, str(tmp_path / "prints"))
    assert window.desk.folders.output == tmp_path / "prints"
    assert window.pictures.library.folder == tmp_path / "prints"
    qtbot.waitUntil(lambda: runners[0].folders.output == tmp_path / "prints")
    enter(field.line, "prints")
    assert "whole path" in dialog.rows["folders.output"].note.text()
    enter(field.line, "")
    assert window.desk.folders.output == folders_in(tmp_path).output


def test_a_models_folder_is_added_and_removed(
    window: MainWindow, dialog: SettingsDialog, tmp_path: Path, in_folder_dialog: Callable[[Path], None]
) -> None:
    dialog.pages.setCurrentIndex(1)
    field, more = dialog.fields["folders.models"], tmp_path / "more models"
    more.mkdir()
    in_folder_dialog(more)
    QTest.mouseClick(field.add, LEFT)
    assert read_settings(window.desk.folders).folders.models == (tmp_path / "models", more)
    assert window.desk.folders.models[1] == more
    field.list.setCurrentRow(1)
    QTest.mouseClick(field.up, LEFT)
    assert window.desk.folders.models[0] == more
    QTest.keyClick(field.list, Qt.Key.Key_Delete)
    assert more not in window.desk.folders.models
    assert "models" not in text_of(window)


@pytest.fixture
def in_folder_dialog() -> Callable[[Path], None]:
    """When the next folder dialog is open, types a folder and presses Enter."""

    def answer(folder: Path) -> None:
        def type_it() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QFileDialog)
            line = box.findChild(QLineEdit, "fileNameEdit")
            assert line is not None
            line.setText(str(folder))
            QTest.keyClick(line, Qt.Key.Key_Return)

        QTimer.singleShot(80, type_it)

    return answer


def test_a_variable_that_goes_before_is_named(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODEFLOW_DEVICE", "cuda:1")
    window.help.show_settings()
    (dialog,) = window.findChildren(SettingsDialog)
    assert "NODEFLOW_DEVICE says “cuda:1”" in dialog.rows["run.device"].note.text().replace("\u200b", "")
    dialog.close()


def test_theme_and_switches_are_the_editors_own(window: MainWindow, dialog: SettingsDialog) -> None:
    dialog.pages.setCurrentIndex(2)
    pick(dialog.fields["theme"], "light")
    assert not window.desk.theme.theme.colors.dark
    switch = dialog.fields["restore"]
    assert isinstance(switch, Switch)
    QTest.mouseClick(switch, LEFT, pos=QPoint(8, switch.height() // 2))
    assert window.desk.settings.value("restore", True, bool) is False


def test_settings_wait_for_the_end_of_the_run(
    window: MainWindow, dialog: SettingsDialog, runners: list[ThreadRunner], qtbot: QtBot
) -> None:
    backend, gate = runners[0].backend, threading.Event()
    assert isinstance(backend, FakeBackend)
    window.documents.open_template("text_to_image")
    assert window.editing is not None

    def hold(_call: str, _step: int) -> None:
        gate.wait(20)

    backend.on_step = hold
    window.editing.running.run()
    pick(dialog.fields["run.quality"], "exact")
    qtbot.wait(50)
    assert window.desk.engine.busy
    assert runners[0].wishes.quality is None
    gate.set()
    qtbot.waitUntil(lambda: runners[0].wishes.quality == "exact")


def test_a_file_that_is_none_is_told_at_the_start_and_never_overwritten(qtbot: QtBot, tmp_path: Path) -> None:
    folders = folders_in(tmp_path)
    folders.config.mkdir()
    (folders.config / "settings.toml").write_text("[folders\n")
    with open_window(tmp_path) as window:
        assert "is no TOML file" in window.notice.text
        window.help.show_settings()
        (dialog,) = window.findChildren(SettingsDialog)
        assert "is no TOML file" in dialog.state.text().replace("\u200b", "")
        pick(dialog.fields["run.quality"], "exact")
        assert text_of(window) == "[folders\n"
        dialog.close()


def test_the_first_setting_makes_the_file(tmp_path: Path) -> None:
    folders = folders_in(tmp_path)
    write_settings(folders, {"run.quality": "exact", "cache.memory": "1GB"})
    assert read_settings(folders).cache.memory == 1_000_000_000
    with pytest.raises(UsageError, match=r"run\.quality"):
        write_settings(folders, {"run.quality": "best"})
