"""The window comes back as it was: size, panels and files; after a crash too, and on another screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nodeflow.document.files import find_workflow
from ui.window.main_window import MainWindow
from ui.window.remembered import PAUSE, USUAL
from ui.window.testing import open_window

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, CONTROL | SHIFT)


def saved(window: MainWindow) -> str:
    window.desk.settings.sync()
    return Path(window.desk.settings.fileName()).read_text()


def test_size_panels_and_files_come_back(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "apple.json"
    file.write_bytes(find_workflow("text_to_image").read_bytes())
    with open_window(tmp_path, str(file)) as window:
        window.resize(1010, 640)
        press(window, Qt.Key.Key_O)  # the outline goes
        press(window, Qt.Key.Key_M)  # the problems come
    with open_window(tmp_path, resize=False) as window:
        assert window.height() == 640  # it is wider than this screen, whose width it gets
        assert not window.docks.shows("outline")
        assert window.docks.shows("problems")
        assert window.editing is not None
        assert window.editing.document.path == file


def test_a_crash_forgets_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(tmp_path) as window:
        window.documents.open_template("text_to_image")
        window.resize(1111, 666)
        press(window, Qt.Key.Key_M)
        before = saved(window)
        qtbot.waitUntil(lambda: saved(window) != before, timeout=PAUSE * 3)
        crashed = saved(window)
    (tmp_path / "config" / "editor.ini").write_text(crashed)  # as if it had never ended
    with open_window(tmp_path, resize=False) as window:
        assert window.height() == 666
        window.documents.new()
        assert window.docks.shows("problems")


def test_panels_that_stepped_aside_are_not_forgotten(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(tmp_path) as window:
        window.documents.open_template("text_to_image")
        window.documents.close_current()  # the start page: no panel is seen
        window.remembering.changed()
        before = saved(window)
        window.resize(1001, 601)
        qtbot.waitUntil(lambda: saved(window) != before, timeout=PAUSE * 3)
        crashed = saved(window)
    (tmp_path / "config" / "editor.ini").write_text(crashed)
    with open_window(tmp_path) as window:
        window.documents.new()
        assert window.docks.shows("inspector")


def test_a_window_whose_screen_is_gone_comes_back_where_it_is_seen(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(tmp_path) as window:
        window.move(9_000, 7_000)
    with open_window(tmp_path, resize=False) as window:
        screen = window.screen().availableGeometry()
        assert screen.intersects(window.frameGeometry())


def test_a_damaged_memory_gives_the_usual_window(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "editor.ini").write_text("[window]\ngeometry=@ByteArray(nonsense)\nstate=7\n")
    with open_window(tmp_path, resize=False) as window:
        assert window.width() <= USUAL.width()
        assert window.docks.aside
