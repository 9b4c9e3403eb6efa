"""The log: what runs, nodes and the worker say, filtered, copied, saved, and the way to the node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import NodeFailed
from nodeflow.execution.job import Runner
from ui.canvas.paint_header import duration
from ui.editing.editing import Editing
from ui.log.log import Level, Log
from ui.log.panel import LogPanel
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, backend: FakeBackend) -> Iterator[MainWindow]:
    """A window that runs on the fake backend, with `text_to_image` open."""

    def make() -> Runner:
        return fake_runner(folders_in(tmp_path), backend)

    with open_window(tmp_path, make_runner=make) as window:
        window.documents.open_template("text_to_image")
        yield window


@pytest.fixture
def editing(window: MainWindow) -> Editing:
    assert window.editing is not None
    return window.editing


@pytest.fixture
def panel(window: MainWindow, editing: Editing) -> LogPanel:
    """The panel, opened by its key."""
    QTest.keyClick(
        editing.canvas, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    panel = window.docks.panel("log")
    assert isinstance(panel, LogPanel)
    assert panel.isVisible()
    return panel


@pytest.fixture
def run(window: MainWindow, editing: Editing, qtbot: QtBot) -> Callable[[], None]:
    """Runs the document to its end."""

    def press() -> None:
        QTest.keyClick(editing.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=30_000)

    return press


def texts(panel: LogPanel) -> list[str]:
    return [entry.text for entry in panel.model.shown]


def fail(call: str, _step: int) -> None:
    if call == "sample":
        raise NodeFailed("the picture burnt", advice="Try fewer steps")


def test_a_run_is_noted_from_its_beginning_to_its_end(
    panel: LogPanel, editing: Editing, run: Callable[[], None]
) -> None:
    run()
    shown = texts(panel)
    assert "begins; " in shown[0]
    assert any(text.startswith("saved ") for text in shown)
    assert any(text.startswith("done in ") for text in shown)
    assert not any(entry.level is Level.DETAIL for entry in panel.model.shown), (
        "details are left out at first"
    )
    panel.level.setFocus()
    QTest.keyClick(panel.level, Qt.Key.Key_Up)
    assert {"sampler", "decode"} <= {entry.node for entry in panel.model.shown}
    seconds = editing.scene.status("decode").seconds
    assert seconds is not None
    assert f"done in {duration(seconds)}" in texts(panel), "as on its badge"


def test_an_error_names_its_node_and_leads_to_it(
    panel: LogPanel, editing: Editing, backend: FakeBackend, run: Callable[[], None]
) -> None:
    backend.on_step = fail
    run()
    row = next(i for i, entry in enumerate(panel.model.shown) if entry.level is Level.ERROR and entry.node)
    assert panel.model.shown[row].text == "the picture burnt. Try fewer steps"
    editing.canvas.select(frozenset())
    place = panel.list.visualRect(panel.model.index(row, 0)).center()
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=place)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert editing.selection == {"sampler"}


def test_it_is_filtered_by_weight_and_words(panel: LogPanel, window: MainWindow) -> None:
    window.say("all is well")
    window.tell("something is odd")
    assert texts(panel)[-2:] == ["all is well", "something is odd"]
    QTest.keyClicks(panel.line, "odd")
    assert texts(panel) == ["something is odd"]
    panel.line.clear()
    panel.level.setFocus()
    QTest.keyClick(panel.level, Qt.Key.Key_Down)
    assert texts(panel) == ["something is odd"]


def test_entries_are_copied_by_key_and_by_button(panel: LogPanel, window: MainWindow) -> None:
    window.say("first")
    window.say("second")
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=panel.list.visualRect(panel.model.index(0, 0)).center())
    QTest.keyClick(panel.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == panel.model.shown[0].line
    panel.list.clearSelection()
    QTest.mouseClick(panel.copy, LEFT)
    assert QGuiApplication.clipboard().text() == panel.text()


def test_it_is_saved_and_forgotten(panel: LogPanel, window: MainWindow, tmp_path: Path) -> None:
    window.say("to be kept")
    target = tmp_path / "what happened.log"

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert line is not None
        line.setText(str(target))
        QTest.keyClick(line, Qt.Key.Key_Return)

    QTimer.singleShot(80, answer)
    QTest.mouseClick(panel.save, LEFT)
    assert "to be kept" in target.read_text("utf-8")
    QTest.mouseClick(panel.clear, LEFT)
    assert texts(panel) == []


def test_it_never_grows_beyond_its_bound() -> None:
    log = Log(most=3)
    log.add(Level.INFO, "one\n\ntwo\nthree\nfour" + "x" * 9_000)
    assert [entry.text[:5] for entry in log.entries] == ["two", "three", "fourx"]
    assert len(log.entries[-1].text) == 2_000


def test_what_the_worker_writes_is_noted(
    window: MainWindow, panel: LogPanel, run: Callable[[], None]
) -> None:
    words = iter(["a library warns\n", "", ""])
    runner = window.desk.engine._runner
    runner.said = lambda: next(words, "")  # type: ignore[union-attr]
    run()
    panel.level.setFocus()
    QTest.keyClick(panel.level, Qt.Key.Key_Up)
    assert "a library warns" in texts(panel)
