"""Freezing results in the editor: by key, by menu, undone, and said where it does not work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nodeflow.execution.runner import Runner, ThreadRunner
from tests.ui.running.conftest import phases
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.panels.fixes import fixes
from ui.window.main_window import MainWindow

FREEZE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def press_freeze(editing: Editing, *names: str) -> None:
    editing.scene.select(names)
    QTest.keyClick(editing.canvas, Qt.Key.Key_F, FREEZE)


def frozen(editing: Editing) -> set[str]:
    return {name for name, node in editing.document.workflow.nodes.items() if node.frozen}


def test_a_frozen_node_keeps_its_result_until_it_is_thawed(
    editing: Editing, run: Callable[[], None], window: MainWindow, qtbot: QtBot
) -> None:
    run()
    press_freeze(editing, "sampler")
    qtbot.waitUntil(lambda: frozen(editing) == {"sampler"})
    assert editing.scene.nodes["sampler"].look.frozen
    assert editing.document.undo_label == "Freeze"
    editing.set_values([Port("prompt", "text")], "a green pear")
    qtbot.waitUntil(lambda: editing.running.line.startswith("1 of 4 nodes will run"))
    run()
    assert phases(editing)["sampler"] == Phase.CACHED
    assert phases(editing)["save"] == Phase.DONE
    why = editing.running.why("sampler")
    assert why is not None
    assert why.line.startswith("Need not run: it is frozen")
    assert window.board.actions["node.freeze"].text() == "Thaw the result"
    press_freeze(editing, "sampler")
    assert frozen(editing) == set()
    qtbot.waitUntil(lambda: editing.scene.status("sampler").phase is Phase.WILL_RUN)
    editing.undo()
    assert frozen(editing) == {"sampler"}
    editing.undo()
    editing.undo()
    assert frozen(editing) == set()


def test_what_is_not_computed_is_named_and_offered(
    editing: Editing, window: MainWindow, qtbot: QtBot
) -> None:
    press_freeze(editing, "sampler", "checkpoint", "save")
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.text.endswith("cannot be frozen: sampler")
    assert frozen(editing) == set()
    (offered,) = (b for b in window.notice.findChildren(QPushButton) if b.text() == "Run up to them")
    QTest.mouseClick(offered, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: editing.scene.status("sampler").phase is Phase.DONE)
    press_freeze(editing, "sampler")
    qtbot.waitUntil(lambda: frozen(editing) == {"sampler"})


def test_nodes_that_compute_nothing_cannot_be_frozen(editing: Editing, window: MainWindow) -> None:
    press_freeze(editing, "checkpoint", "save")
    assert window.status.message.text().startswith("Only nodes that compute something can be frozen")


def test_a_lost_result_is_marked_before_a_run_and_mended_with_one_click(
    editing: Editing, run: Callable[[], None], window: MainWindow, qtbot: QtBot
) -> None:
    run()
    press_freeze(editing, "sampler")
    qtbot.waitUntil(lambda: frozen(editing) == {"sampler"})
    window.desk.engine.ask(_empty_cache, lambda _: None)
    editing.set_values([Port("sampler", "steps")], 3)
    qtbot.waitUntil(lambda: bool(editing.faults.all))
    (fault,) = editing.faults.all
    assert (fault.node, fault.problem.message[:22]) == ("sampler", "its frozen result is n")
    run()
    assert editing.faults.all == (fault,)
    assert phases(editing)["save"] == Phase.IDLE
    (thaw,) = fixes(editing, fault)
    assert thaw.text == "Thaw it"
    thaw.do()
    qtbot.waitUntil(lambda: editing.faults.all == ())
    run()
    assert phases(editing)["save"] == Phase.DONE


def _empty_cache(runner: Runner) -> Future[None]:
    assert isinstance(runner, ThreadRunner)
    assert runner.cache is not None
    runner.cache.clear()
    done: Future[None] = Future()
    done.set_result(None)
    return done
