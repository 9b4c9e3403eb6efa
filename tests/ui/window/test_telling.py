"""What is told outside the window: notifications, and progress in the task bar."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import NodeFailed
from nodeflow.execution.job import Runner
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.task_bar import ADDRESS, INTERFACE
from ui.window.testing import folders_in, open_window


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a stand-in for `notify-send` writes what it is asked to show."""
    command, notes = tmp_path / "bin" / "notify-send", tmp_path / "notes"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> "{notes}"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=":")
    return notes


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, backend: FakeBackend) -> Iterator[MainWindow]:
    """A window that runs on the fake backend, with `text_to_image` open."""

    def make() -> Runner:
        return fake_runner(folders_in(tmp_path), backend)

    with open_window(tmp_path, make_runner=make) as window:
        window.documents.open_template("text_to_image")
        yield window


@pytest.fixture
def run(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs the document to its end, with our window in front or another."""

    def press(*, in_front: bool = False) -> None:
        assert window.editing is not None
        QTest.keyClick(window.editing.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        front = window if in_front else None
        monkeypatch.setattr(QApplication, "activeWindow", staticmethod(lambda: front))
        qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=30_000)

    return press


def test_a_run_that_ends_behind_another_window_is_told(
    notes: Path, run: Callable[..., None], qtbot: QtBot
) -> None:
    run()
    qtbot.waitUntil(notes.exists)
    assert "|--|text_to_image|Done in " in notes.read_text()


def test_a_failure_says_why(
    notes: Path, backend: FakeBackend, run: Callable[..., None], qtbot: QtBot
) -> None:
    def fail(_call: str, _step: int) -> None:
        raise NodeFailed("the picture burnt")

    backend.on_step = fail
    run()
    qtbot.waitUntil(notes.exists)
    assert "the picture burnt" in notes.read_text()


@pytest.mark.parametrize("why", ["in front", "not wanted"])
def test_nothing_is_told_where_nobody_needs_it(
    window: MainWindow, notes: Path, run: Callable[..., None], qtbot: QtBot, why: str
) -> None:
    window.desk.settings.setValue("notify", why != "not wanted")
    run(in_front=why == "in front")
    qtbot.wait(150)
    assert not notes.exists()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A message bus of the test's own."""
    if not (shutil.which("dbus-daemon") and shutil.which("dbus-monitor")):
        pytest.skip("needs dbus-daemon and dbus-monitor")
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv(ADDRESS, address)
        yield address
        daemon.terminate()


def test_the_task_bar_shows_how_far_a_run_is(
    bus: str, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from PySide6.QtDBus import QDBusConnection

    from ui.window.task_bar import TaskBar

    heard = tmp_path / "heard"
    monitor = ["dbus-monitor", "--address", bus, f"interface='{INTERFACE}'"]
    with heard.open("w") as file, subprocess.Popen(monitor, stdout=file) as listening:
        qtbot.waitUntil(lambda: "NameAcquired" in heard.read_text() or bool(heard.read_text()))
        connection = QDBusConnection.connectToBus(bus, "task bar")
        TaskBar(window.desk.engine, connection)
        assert window.editing is not None
        QTest.keyClick(window.editing.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=30_000)
        qtbot.waitUntil(lambda: heard.read_text().count("member=Update") >= 2)
        QDBusConnection.disconnectFromBus("task bar")
        listening.terminate()
    told = heard.read_text()
    assert "application://" in told
    assert '"progress-visible"' in told
    assert "boolean true" in told
    assert told.rstrip().count("boolean false") >= 1, "in the end it is taken away"
