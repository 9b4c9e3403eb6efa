"""Choosing pictures in the editor while a run waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from nodeflow.backends.fake import FakeBackend
from nodeflow.document.files import parse_workflow, save_workflow
from tests.execution.test_choosing import TEXT
from ui.pictures.chooser import Chooser
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window whose document chooses among three pictures and saves what is left."""
    text = TEXT.replace('"show": {"type": "PreviewImage"', '"show": {"type": "SaveImage"')
    save_workflow(parse_workflow(text), tmp_path / "choose.json")
    folders, backend = folders_in(tmp_path), FakeBackend()
    file = str(tmp_path / "choose.json")
    with open_window(tmp_path, file, make_runner=lambda: fake_runner(folders, backend)) as window:
        qtbot.waitUntil(lambda: bool(window.editing and window.editing.running.line))
        yield window


@pytest.fixture
def asked(window: MainWindow, qtbot: QtBot) -> Callable[[], Chooser]:
    """Presses Ctrl+Enter and waits for the question."""

    def run() -> Chooser:
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: "choose" in window.pictures.choosing.open)
        return window.pictures.choosing.open["choose"]

    return run


def test_numbers_and_enter_choose(
    window: MainWindow, asked: Callable[[], Chooser], qtbot: QtBot, tmp_path: Path
) -> None:
    chooser = asked()
    assert chooser.list.count() == 3
    assert not chooser.use.isEnabled()
    for key in (Qt.Key.Key_3, Qt.Key.Key_1, Qt.Key.Key_Return):
        QTest.keyClick(chooser.list, key)
    qtbot.waitUntil(lambda: not window.desk.engine.busy)
    assert len(list((tmp_path / "output").rglob("*.png"))) == 2
    assert not window.pictures.choosing.open


@pytest.mark.parametrize("by", ["Escape", "button"])
def test_giving_up_cancels_the_run(
    window: MainWindow, asked: Callable[[], Chooser], qtbot: QtBot, tmp_path: Path, by: str
) -> None:
    chooser = asked()
    if by == "Escape":
        QTest.keyClick(chooser.list, Qt.Key.Key_Escape)
    else:
        (box,) = chooser.findChildren(QDialogButtonBox)
        stop = next(button for button in box.buttons() if button.text() == "Cancel the run")
        QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.desk.engine.busy)
    assert not list((tmp_path / "output").rglob("*.png"))
    assert not window.pictures.choosing.open
