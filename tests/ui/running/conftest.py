"""A window that runs workflows in this process, with a backend that computes next to nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import Cancelled
from ui.canvas.status import NodeStatus
from ui.editing.editing import Editing
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Held(FakeBackend):
    """Waits at a step of the sampler until it is let go."""

    def __init__(self) -> None:
        super().__init__(on_step=self._wait)
        self.hold_at = 0
        self.let_go = threading.Event()

    def _wait(self, call: str, step: int) -> None:
        if call == "sample" and step == self.hold_at and not self.let_go.wait(20):
            raise Cancelled


@pytest.fixture
def backend() -> Held:
    return Held()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, backend: Held) -> Iterator[MainWindow]:
    folders = folders_in(tmp_path)
    with open_window(tmp_path, make_runner=lambda: fake_runner(folders, backend)) as window:
        yield window
        backend.let_go.set()


@pytest.fixture
def editing(window: MainWindow, qtbot: QtBot) -> Editing:
    """`text_to_image`, when it is known what a run would do."""
    window.documents.open_template("text_to_image")
    assert window.editing is not None
    editing = window.editing
    qtbot.waitUntil(lambda: bool(editing.running.line))
    return editing


@pytest.fixture
def press(window: MainWindow) -> Callable[..., None]:
    """Presses a key with Ctrl, and Shift."""

    def press_key(key: Qt.Key, *, shift: bool = False) -> None:
        QTest.keyClick(window.focusWidget() or window, key, CONTROL | SHIFT if shift else CONTROL)

    return press_key


@pytest.fixture
def hold(editing: Editing, backend: Held, press: Callable[..., None], qtbot: QtBot) -> Callable[[], None]:
    """Presses Ctrl+Enter and waits until the sampler stands at its sixth step."""

    def run_and_hold() -> None:
        backend.hold_at = 6
        press(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: editing.scene.status("sampler").detail.startswith("5/25"))

    return run_and_hold


@pytest.fixture
def finish(window: MainWindow, backend: Held, qtbot: QtBot, tmp_path: Path) -> Callable[[], list[Path]]:
    """Lets the sampler go and waits until all is done; gives the pictures that were saved."""

    def wait() -> list[Path]:
        backend.let_go.set()
        qtbot.waitUntil(lambda: not window.desk.engine.busy)
        return sorted((tmp_path / "output").rglob("*.png"))

    return wait


@pytest.fixture
def run(editing: Editing, qtbot: QtBot, press: Callable[..., None]) -> Callable[[], None]:
    """Presses Ctrl+Enter and waits until all is done."""

    def run_it() -> None:
        press(Qt.Key.Key_Return)
        assert editing.desk.engine.busy
        qtbot.waitUntil(lambda: not editing.desk.engine.busy)

    return run_it


def statuses(editing: Editing) -> dict[str, NodeStatus]:
    return {name: editing.scene.status(name) for name in editing.scene.nodes}


def phases(editing: Editing) -> dict[str, str]:
    return {name: str(status.phase) for name, status in statuses(editing).items()}
