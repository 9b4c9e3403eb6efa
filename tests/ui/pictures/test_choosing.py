"""Choosing pictures in the editor while a run waits."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from nodeflow.backends.fake import FakeBackend
from nodeflow.document.files import parse_workflow, save_workflow
from nodeflow.worker import WorkerRunner
from tests.execution.test_choosing import TEXT
from tests.worker import conftest as workers
from ui.pictures.choice_list import LEAST, fitting_tile
from ui.pictures.chooser import Chooser
from ui.queue.entry import State
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

own_folders, make_worker = workers.own_folders, workers.make_worker


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A document that chooses among three pictures and saves what is left."""
    text = TEXT.replace('"show": {"type": "PreviewImage"', '"show": {"type": "SaveImage"')
    save_workflow(parse_workflow(text), tmp_path / "choose.json")
    return str(tmp_path / "choose.json")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, file: str) -> Iterator[MainWindow]:
    """A window with that document, which runs in this process."""
    folders, backend = folders_in(tmp_path), FakeBackend()
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


@pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
def test_a_question_whose_process_dies_is_asked_again(
    make_worker: Callable[..., WorkerRunner], file: str, qtbot: QtBot, tmp_path: Path
) -> None:
    worker = make_worker()
    with open_window(tmp_path, file, make_runner=lambda: worker) as window:
        engine, choosing = window.desk.engine, window.pictures.choosing
        qtbot.waitUntil(lambda: bool(window.editing and window.editing.running.line))
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: "choose" in choosing.open)
        first = choosing.open["choose"]
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        qtbot.waitUntil(lambda: choosing.open.get("choose", first) is not first)
        qtbot.waitUntil(lambda: len(window.findChildren(Chooser)) == 1)
        for key in (Qt.Key.Key_2, Qt.Key.Key_Return):
            QTest.keyClick(choosing.open["choose"].list, key)
        qtbot.waitUntil(lambda: not engine.busy)
        (entry,) = engine.queue.over
        assert (entry.state, len(entry.files)) == (State.DONE, 1)


def test_the_order_of_choosing_counts(
    window: MainWindow, asked: Callable[[], Chooser], qtbot: QtBot, tmp_path: Path
) -> None:
    chooser = asked()
    view = chooser.list
    for row in (2, 0, 1, 0):  # the third, the first, the second, and not the first after all
        at = view.visualItemRect(view.item(row)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert view.order == [2, 1]
    QTest.mouseClick(chooser.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.desk.engine.busy)
    assert len(list((tmp_path / "output").rglob("*.png"))) == 2


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_all_pictures_are_seen_at_once_in_their_own_colours(qtbot: QtBot, count: int) -> None:
    picture = QImage(320, 200, QImage.Format.Format_RGB32)
    picture.fill(QColor("#408020"))
    chooser = Chooser("choose", [picture] * count)
    chooser.show()
    view = chooser.list
    port = view.viewport().rect()
    view.selectAll()
    boxes = [view.visualItemRect(view.item(row)) for row in range(count)]
    assert all(port.contains(box) for box in boxes)
    assert len({box.topLeft().toTuple() for box in boxes}) == count
    shown = view.viewport().grab().toImage()
    assert {shown.pixelColor(box.center()).name() for box in boxes} == {"#408020"}
    chooser.close()


def test_too_many_pictures_scroll_rather_than_shrink() -> None:
    tile = fitting_tile(QSizeF(320, 200), 100, QSize(800, 500))
    assert tile.width() >= LEAST
