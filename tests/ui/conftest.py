"""What tests of the editor share: no screen needed, no widget or timer left behind, no warning of Qt's."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from nodeflow.document.model import Workflow
    from ui.desk import Desk
    from ui.editing.editing import Editing

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__).parent
PATIENCE = 30_000
"""Milliseconds that a test waits for something to happen."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fail tests of the editor on Qt's warnings."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))  # offscreen's own


@pytest.fixture(autouse=True)
def nothing_of_qt_is_left_behind() -> Iterator[None]:
    """Fail a test that leaves a top-level widget, a running timer or a working thread of Qt's."""
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QThreadPool, QTimer
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if _widgets():  # collecting takes long where torch is loaded too
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not _widgets(), f"widgets left behind: {_widgets()}"
    found = _of_qt(QTimer, QThread, QThreadPool)
    assert not [timer for timer in found[QTimer] if timer.isActive()], "a timer still runs"
    assert all(pool.waitForDone(PATIENCE) for pool in found[QThreadPool]), "a pool still works"
    own = [thread for thread in found[QThread] if thread != QThread.currentThread()]
    assert not [thread for thread in own if thread.isRunning()], "a thread of Qt's still runs"


def _of_qt(*kinds: type[Any]) -> dict[type[Any], list[Any]]:
    """All objects of some types that are still there."""
    from shiboken6 import isValid

    exact = {found: kind for kind in kinds for found in _with_subclasses(kind)}
    found: dict[type[Any], list[Any]] = {kind: [] for kind in kinds}
    # By type(), since some objects of torch's warn when asked for their __class__; looked up, since there
    # are hundreds of thousands of objects, and this is done after every test.
    for thing in [thing for thing in gc.get_objects() if type(thing) in exact]:
        if isValid(thing):
            found[exact[type(thing)]].append(thing)
    return found


def _with_subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    yield kind
    for derived in kind.__subclasses__():
        yield from _with_subclasses(derived)


def _widgets() -> list[Any]:
    from PySide6.QtWidgets import QApplication

    return [widget for widget in QApplication.topLevelWidgets() if not widget.objectName().startswith("qt_")]


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """A bot as patient as a busy machine needs; what it waits for usually happens at once."""
    from pytestqt.qtbot import QtBot

    class PatientBot(QtBot):
        def waitUntil(  # noqa: N802 - its name there
            self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE
        ) -> None:
            super().waitUntil(callback, timeout=timeout)

    return PatientBot(request)


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    """A desk in folders of its own, which knows the node types."""
    from ui.desk import Desk
    from ui.theme import ThemeKeeper
    from ui.window.testing import folders_in

    keeper = ThemeKeeper(qapp, dark=True)
    desk = Desk(keeper, folders_in(tmp_path))
    desk.load_specs()
    yield desk
    desk.deleteLater()
    keeper.deleteLater()
    qapp.setStyleSheet("")


@pytest.fixture
def open_editing(qtbot: QtBot, desk: Desk) -> Iterator[Callable[[Workflow | str], Editing]]:
    """Opens documents on a canvas of 1600 by 900 pixels; closes them in the end."""
    from nodeflow.document.files import load_workflow
    from ui.document.document import Document
    from ui.editing.editing import Editing

    opened: list[Editing] = []

    def open_document(workflow: Workflow | str) -> Editing:
        content = load_workflow(workflow) if isinstance(workflow, str) else workflow
        editing = Editing(Document(content, desk.specs), desk)
        editing.canvas.resize(1600, 900)
        editing.canvas.show()
        editing.canvas.fit_all()
        qtbot.wait(1)
        editing.faults.look()
        opened.append(editing)
        return editing

    yield open_document
    for editing in opened:
        editing.close()


@pytest.fixture
def editing(open_editing: Callable[[Workflow | str], Editing]) -> Editing:
    """`text_to_image`, at 100 %."""
    return open_editing("text_to_image")
