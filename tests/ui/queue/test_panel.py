"""The queue panel, by mouse and keys: order, pause, cancel, edit, ask again, look at pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nodeflow.errors import NodeFailed
from tests.ui.queue.conftest import prompts
from tests.ui.running.conftest import Held
from ui.canvas.actions import Port
from ui.editing.editing import Editing
from ui.panels.testing import choose, click, drag, open_menu, press, settle
from ui.queue.entry import State
from ui.queue.model import BESIDE, STATE
from ui.queue.panel import QueuePanel
from ui.window.asking import Answer
from ui.window.main_window import MainWindow

Finish = Callable[[], list[Path]]
Key, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier


def place(panel: QueuePanel, row: int) -> QPoint:
    assert panel.model is not None
    return panel.view.visualRect(panel.model.index(row)).center()


def select(panel: QueuePanel, *rows: int) -> None:
    for number, row in enumerate(rows):
        held = Qt.KeyboardModifier.ControlModifier if number else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, held, place(panel, row))
    settle()


def says(panel: QueuePanel, row: int, role: int = STATE) -> str:
    assert panel.model is not None
    return str(panel.model.index(row).data(role))


def states(panel: QueuePanel) -> list[State]:
    assert panel._engine is not None
    return [entry.state for entry in panel._engine.queue]


def drag_row(panel: QueuePanel, start: int, end: int, *, below: bool) -> None:
    viewport, there = panel.view.viewport(), place(panel, end)
    there.setY(there.y() + (20 if below else -20))
    drag(viewport, place(panel, start), place(panel, start) + QPoint(0, 14), there)


def test_what_runs_and_what_waits_is_shown_with_what_tells_it_from_others(three: QueuePanel) -> None:
    assert [says(three, row) for row in range(4)] == ["sampler 5/25", "Waiting", "Waiting", "Waiting"]
    assert prompts(three) == ["a plum", "a lemon", "cherries"]
    assert three.summary.text() == "1 running · 3 waiting"
    assert three.model is not None
    assert three.model.index(0).data(Qt.ItemDataRole.DecorationRole) is not None, "a live preview"
    spoken = three.model.index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "text_to_image, Waiting, seed 7 · a lemon"


@pytest.mark.parametrize(
    ("start", "end", "below", "order"),
    [
        (3, 1, False, ["cherries", "a plum", "a lemon"]),
        (1, 3, True, ["a lemon", "cherries", "a plum"]),
        (1, 2, True, ["a lemon", "a plum", "cherries"]),
        (3, 0, False, ["cherries", "a plum", "a lemon"]),
    ],
)
def test_jobs_are_dragged_to_their_place(
    three: QueuePanel, start: int, end: int, below: bool, order: list[str]
) -> None:
    drag_row(three, start, end, below=below)
    assert prompts(three) == order
    assert not three.view.dragging


def test_several_are_dragged_together(three: QueuePanel) -> None:
    select(three, 2, 3)
    drag_row(three, 3, 1, below=False)
    assert prompts(three) == ["a lemon", "cherries", "a plum"]


def test_escape_ends_a_drag(three: QueuePanel) -> None:
    viewport = three.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=place(three, 3))
    QTest.mouseMove(viewport, place(three, 1))
    assert three.view.dragging
    press(three.view, Key.Key_Escape)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place(three, 1))
    assert prompts(three) == ["a plum", "a lemon", "cherries"]


def test_what_runs_is_not_dragged(three: QueuePanel) -> None:
    drag_row(three, 0, 3, below=True)
    assert states(three)[0] is State.RUNNING
    assert prompts(three) == ["a plum", "a lemon", "cherries"]


def test_keys_move_a_job_and_the_canvas_stays_as_it_is(
    three: QueuePanel, window: MainWindow, editing: Editing
) -> None:
    before = editing.document.workflow
    select(three, 3)
    press(three.view, Key.Key_Up, ALT)
    assert prompts(three) == ["a plum", "cherries", "a lemon"]
    press(three.view, Key.Key_Up, ALT)
    press(three.view, Key.Key_Up, ALT)
    assert prompts(three) == ["cherries", "a plum", "a lemon"]
    press(three.view, Key.Key_Down, ALT)
    assert prompts(three) == ["a plum", "cherries", "a lemon"]
    press(three.view, Key.Key_Home, ALT)
    assert prompts(three) == ["cherries", "a plum", "a lemon"]
    assert [entry.note[-8:] for entry in three.chosen] == ["cherries"], "it stays selected"
    assert editing.document.workflow is before


def test_delete_cancels_a_job_that_can_be_asked_for_again(three: QueuePanel, finish: Finish) -> None:
    select(three, 2)
    press(three.view, Key.Key_Delete)
    assert prompts(three) == ["a plum", "cherries"]
    assert states(three)[-1] is State.CANCELLED
    select(three, 3)
    open_menu(three.view.viewport(), place(three, 3))
    choose("Run again")
    assert prompts(three) == ["a plum", "cherries", "a lemon"]
    assert len(finish()) == 4


def test_all_that_waits_is_cancelled_and_what_is_over_removed(three: QueuePanel, finish: Finish) -> None:
    click(three.cancel)
    assert states(three) == [State.RUNNING, *3 * [State.CANCELLED]]
    assert len(finish()) == 1
    click(three.clear)
    assert states(three) == []
    assert three.hint.isVisible()
    assert not three.view.isVisible()


def test_a_paused_queue_begins_nothing_new_until_it_goes_on(
    three: QueuePanel, window: MainWindow, backend: Held, finish: Finish, qtbot: QtBot
) -> None:
    click(three.pause)
    assert "queue paused" in window.running.bar.text.text()
    assert len(finish()) == 1
    qtbot.wait(50)
    assert states(three) == [*3 * [State.WAITING], State.DONE]
    assert three.summary.text().startswith("Paused · 3 waiting · about ")
    assert not window.desk.engine.busy
    click(three.pause)
    assert len(finish()) == 4


def test_what_runs_is_cancelled_from_the_list(three: QueuePanel, finish: Finish) -> None:
    select(three, 0)
    press(three.view, Key.Key_Delete)
    assert len(finish()) == 3
    assert State.CANCELLED in states(three)


def test_run_next_comes_before_all_others(
    three: QueuePanel, window: MainWindow, editing: Editing, finish: Finish
) -> None:
    editing.set_values([Port("prompt", "text")], "a pear")
    QTest.keyClick(window, Key.Key_Return, ALT)
    assert prompts(three) == ["a pear", "a plum", "a lemon", "cherries"]
    assert len(finish()) == 5


def test_a_finished_job_opens_its_picture(
    three: QueuePanel, window: MainWindow, finish: Finish, tmp_path: Path
) -> None:
    pictures = finish()
    assert says(three, 0) == "Done"
    assert " · " in says(three, 0, BESIDE)
    viewport = three.view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(three, 1))
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place(three, 1))
    viewer = window.pictures.commands.viewer
    assert viewer is not None
    assert viewer.isVisible()
    assert viewer.picture is not None
    assert viewer.picture.path in pictures
    assert viewer.picture.path == three.chosen[0].files[0]


def test_a_failure_is_told_with_its_message(
    panel: QueuePanel, editing: Editing, window: MainWindow, run: Callable[[], None], backend: Held
) -> None:
    def fail(call: str, step: int) -> None:
        if call == "sample":
            raise NodeFailed("the guidance is too strong", advice="Try 7")

    backend.on_step = fail
    run()
    window.docks.show("queue")
    (entry,) = window.desk.engine.queue.over
    assert (entry.state, entry.message) == (State.FAILED, "sampler: the guidance is too strong. Try 7")
    assert "too strong" in panel.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)  # type: ignore[union-attr]
    select(panel, 0)
    press(panel.view, Key.Key_Return)
    assert len(window.documents.editings) == 2, "its workflow is open"


def test_a_waiting_job_is_edited_as_a_document_and_put_back(
    three: QueuePanel, window: MainWindow, finish: Finish, qtbot: QtBot
) -> None:
    select(three, 1)
    press(three.view, Key.Key_F2)
    editing = window.editing
    assert editing is not None
    assert window.documents.title(editing) == "Queued: text_to_image"
    assert says(three, 1) == "Being edited"
    editing.set_values([Port("prompt", "text")], "a melon")
    QTest.keyClick(window, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert prompts(three) == ["a melon", "a lemon", "cherries"]
    assert not editing.document.modified
    assert len(finish()) == 3, "it waits while it is open"
    QTest.keyClick(window, Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert len(finish()) == 4
    (melon,) = (entry for entry in window.desk.engine.queue.over if "melon" in entry.note)
    assert melon.state is State.DONE


def test_an_edit_that_is_given_up_leaves_the_job_as_it_was(
    three: QueuePanel, window: MainWindow, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(three, 1)
    press(three.view, Key.Key_Return)
    assert window.editing is not None
    window.editing.set_values([Port("prompt", "text")], "a melon")
    asked: list[str] = []

    def discard(title: str) -> Answer:
        asked.append(title)
        return Answer.DISCARD

    monkeypatch.setattr(window.asking, "about_changes", discard)
    QTest.keyClick(window, Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["Queued: text_to_image"]
    assert prompts(three) == ["a plum", "a lemon", "cherries"]
    assert says(three, 1) == "Waiting"


def test_a_job_that_was_cancelled_while_it_was_edited_is_told(
    three: QueuePanel, window: MainWindow, finish: Finish
) -> None:
    select(three, 1)
    press(three.view, Key.Key_F2)
    press(three.view, Key.Key_Delete)
    QTest.keyClick(window, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "not wanted any more" in window.notice.text
    assert "Save as…" in [button.text() for button in window.notice.findChildren(QPushButton)]


def test_closing_the_document_keeps_what_waits(
    three: QueuePanel, window: MainWindow, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.asking, "about_changes", lambda title: Answer.DISCARD)
    window.documents.close(0)
    assert prompts(three) == ["a plum", "a lemon", "cherries"]
    assert len(finish()) == 3, "only what ran was to be looked at"


def test_the_queue_is_shown_and_hidden_by_its_key(window: MainWindow, editing: Editing) -> None:
    for shown in (True, False):
        target: QWidget = QApplication.focusWidget() or window
        QTest.keyClick(target, Key.Key_J, Qt.KeyboardModifier.ControlModifier)
        settle()
        assert window.docks.shows("queue") is shown
