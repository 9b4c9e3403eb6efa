"""Running a document: what is shown before, during and after, and in what order things happen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.document.model import SeedMode
from nodeflow.execution.run import Run
from tests.ui.running.conftest import Held, phases, statuses
from ui.bare_canvas.testing import Hand
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

Press = Callable[..., None]
Hold = Callable[[], None]
Finish = Callable[[], list[Path]]
RETURN, PERIOD = Qt.Key.Key_Return, Qt.Key.Key_Period


def saved(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "output").rglob("*.png"))


def test_before_a_run_the_nodes_that_will_run_are_marked(editing: Editing, window: MainWindow) -> None:
    found = phases(editing)
    assert found.pop("checkpoint") == Phase.IDLE  # it is light: there is nothing to wait for
    assert set(found.values()) == {Phase.WILL_RUN}
    assert window.running.bar.text.text().startswith("6 of 7 nodes will run")
    assert not window.running.bar.progress.isVisible()
    assert window.running.button.isEnabled()
    assert not window.running.cancel.isVisible()


def test_a_run_shows_its_steps_a_preview_and_in_the_end_the_picture(
    editing: Editing, window: MainWindow, hold: Hold, finish: Finish
) -> None:
    hold()
    sampler = editing.scene.status("sampler")
    assert (sampler.phase, sampler.progress) == (Phase.RUNNING, 5 / 25)
    assert sampler.preview is not None
    assert editing.scene.nodes["sampler"].look.geometry.preview is not None
    assert phases(editing)["prompt"] == Phase.DONE
    assert phases(editing)["save"] == Phase.WILL_RUN
    assert window.running.bar.text.text().startswith("sampler 5/25")
    assert 0 < window.running.bar.progress.value() < window.running.bar.progress.maximum()
    assert window.running.cancel.isVisible()
    pictures = finish()
    found = statuses(editing)
    assert found["sampler"].phase is Phase.DONE
    assert found["sampler"].seconds is not None
    assert found["sampler"].preview is None
    picture = found["save"].preview
    assert picture is not None
    assert (picture.width(), picture.height()) == (128, 128)
    (path,) = pictures
    assert window.status.message.text() == f"Saved as {path}"
    assert window.running.bar.text.text().startswith("Done in")
    assert differences(editing) == []


def test_a_second_run_fetches_what_is_at_hand(editing: Editing, run: Callable[[], None]) -> None:
    run()
    run()
    found = phases(editing)
    assert found.pop("checkpoint") == Phase.IDLE
    assert found.pop("save") == Phase.DONE
    assert set(found.values()) == {Phase.CACHED}


def test_after_a_change_only_what_it_affects_is_marked(
    editing: Editing, run: Callable[[], None], qtbot: QtBot
) -> None:
    run()
    editing.set_values([Port("prompt", "text")], "a green pear")
    qtbot.waitUntil(lambda: "will run" in editing.running.line)
    found = {name for name, phase in phases(editing).items() if phase == Phase.WILL_RUN}
    assert found == {"prompt", "sampler", "decode", "save"}
    assert phases(editing)["negative"] == phases(editing)["latent"] == Phase.CACHED
    assert editing.running.line.startswith("4 of 7 nodes will run · about 1 s")
    assert editing.scene.status("save").preview is not None  # until there is a newer one


def test_moving_a_node_asks_nothing(editing: Editing, run: Callable[[], None], qtbot: QtBot) -> None:
    run()
    line = editing.running.line
    editing.scene.select({"sampler"})
    editing.duplicate_selection()
    editing.undo()
    editing.collapse(["prompt"], True)
    qtbot.wait(400)
    assert editing.running.line == line
    assert phases(editing)["sampler"] == Phase.DONE


def test_cancel_stops_within_a_step(
    editing: Editing, press: Press, qtbot: QtBot, hold: Hold, finish: Finish
) -> None:
    hold()
    press(PERIOD)
    assert finish() == []
    assert editing.running.line == "Cancelled"
    qtbot.waitUntil(lambda: "will run" in editing.running.line)
    assert phases(editing)["prompt"] == Phase.CACHED
    assert phases(editing)["sampler"] == Phase.WILL_RUN


def test_a_second_cancel_ends_it_at_once(
    window: MainWindow, press: Press, hold: Hold, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    monkeypatch.setattr(Run, "abandon", lambda run: ended.append(run.cancelled))
    hold()
    press(PERIOD)
    assert window.running.cancel.text() == "End it at once"
    assert ended == []
    press(PERIOD)
    assert ended == [True]
    finish()
    assert window.board.actions["run.cancel"].text() == "Cancel"


def test_three_presses_run_one_after_the_other(
    editing: Editing, window: MainWindow, press: Press, hold: Hold, finish: Finish
) -> None:
    editing.set_seed_mode(Port("sampler", "seed"), SeedMode.RANDOMIZE)
    hold()
    press(RETURN)
    press(RETURN)
    assert "2 waiting" in window.running.bar.text.text()
    press(PERIOD)  # ends the first only
    pictures = finish()
    assert len(pictures) == 2
    assert len({path.stem.rpartition("_")[2] for path in pictures}) == 2, "each has its own seed"


def test_cancel_all_forgets_what_waits(
    window: MainWindow, press: Press, hold: Hold, finish: Finish, qtbot: QtBot
) -> None:
    hold()
    press(RETURN)
    window.board.actions["run.cancel_all"].trigger()
    assert window.running.bar.text.text() == "Cancelling"
    assert finish() == []
    editing = window.editing
    assert editing is not None
    qtbot.waitUntil(lambda: "will run" in editing.running.line)


def test_the_seed_that_is_used_is_shown_and_undo_takes_it_back(
    editing: Editing, run: Callable[[], None], tmp_path: Path
) -> None:
    port = Port("sampler", "seed")
    editing.set_seed_mode(port, SeedMode.INCREMENT)
    run()
    assert editing.value(port) == 7  # begins with what is there
    run()
    assert editing.value(port) == 8
    assert [path.stem[-1] for path in saved(tmp_path)] == ["7", "8"]
    editing.undo()
    assert editing.value(port) == 7
    editing.set_values([port], 41)
    run()
    assert editing.value(port) == 41


def test_only_what_the_selected_node_needs_runs(editing: Editing, press: Press, finish: Finish) -> None:
    editing.scene.select({"decode"})
    press(RETURN, shift=True)
    assert finish() == []
    assert phases(editing)["decode"] == Phase.DONE
    assert editing.scene.status("decode").preview is not None


def test_an_input_that_is_being_typed_counts(editing: Editing, run: Callable[[], None]) -> None:
    field = editing.scene.nodes["prompt"].look.geometry.field("text")
    assert field is not None
    editing.canvas.editor.open(Port("prompt", "text"), field)
    editor = editing.canvas.focusWidget()
    assert editor is not None
    QTest.keyClicks(editor, "blue ")
    run()
    assert "blue" in str(editing.value(Port("prompt", "text")))
    assert phases(editing)["save"] == Phase.DONE


def test_undo_and_renaming_while_it_runs_disturb_nothing(
    editing: Editing, qtbot: QtBot, hold: Hold, finish: Finish
) -> None:
    editing.set_values([Port("prompt", "text")], "a green pear")
    hold()
    editing.undo()
    editing.rename("sampler", "painter")
    assert editing.scene.status("painter").phase is Phase.RUNNING
    editing.scene.select({"negative"})
    editing.delete_selection()
    pictures = finish()
    assert len(pictures) == 1
    assert differences(editing) == []
    qtbot.waitUntil(lambda: "will run" in editing.running.line)
    assert phases(editing)["painter"] == Phase.WILL_RUN


def test_nodes_inside_a_subgraph_report_to_it_and_to_themselves(
    editing: Editing, press: Press, backend: Held, qtbot: QtBot, finish: Finish
) -> None:
    editing.scene.select({"sampler", "decode"})
    editing.group_selection()
    (group,) = (n for n, node in editing.document.workflow.nodes.items() if node.subgraph)
    backend.hold_at = 6
    press(RETURN)
    qtbot.waitUntil(lambda: editing.scene.status(group).detail.startswith("5/25"))
    assert editing.scene.status(group).preview is not None
    editing.enter(group)
    assert editing.scene.status("sampler").phase is Phase.RUNNING
    assert editing.scene.status("decode").phase is Phase.WILL_RUN
    finish()
    assert editing.scene.status("decode").phase is Phase.DONE
    editing.leave()
    assert editing.scene.status(group).phase is Phase.DONE


def test_a_document_that_is_closed_while_it_runs_stops(
    editing: Editing, window: MainWindow, press: Press, hold: Hold, finish: Finish
) -> None:
    hold()
    press(Qt.Key.Key_W)
    assert window.editing is None
    assert finish() == []


def test_a_window_that_is_closed_while_it_runs_ends(
    window: MainWindow, backend: Held, tmp_path: Path, hold: Hold
) -> None:
    engine = window.desk.engine
    hold()
    backend.delay = 0.02
    backend.let_go.set()
    window.close()
    assert not engine.ready
    assert saved(tmp_path) == []


def test_a_picture_on_a_node_opens_with_a_double_click(
    window: MainWindow, editing: Editing, run: Callable[[], None], tmp_path: Path
) -> None:
    run()
    item = editing.scene.nodes["save"]
    box = item.look.geometry.preview
    assert box is not None
    Hand(editing.canvas).double_click(item.pos() + box.center())
    viewer = window.pictures.commands.viewer
    assert viewer is not None
    assert viewer.isVisible()
    assert viewer.picture is not None
    assert viewer.picture.path == saved(tmp_path)[0]


def test_pictures_that_are_only_shown_are_on_their_node(
    editing: Editing, run: Callable[[], None], tmp_path: Path
) -> None:
    editing.scene.select({"save"})
    editing.replace_selected("PreviewImage")
    (name,) = (n for n, node in editing.document.workflow.nodes.items() if node.type == "PreviewImage")
    editing.set_values([Port("latent", "batch_size")], 3)
    run()
    picture = editing.scene.status(name).preview
    assert picture is not None
    assert picture.width() > 2 * 128, "all of a batch, side by side"
    assert saved(tmp_path) == []


def test_what_waits_when_the_window_is_closed_runs_at_the_next_start(
    window: MainWindow, backend: Held, tmp_path: Path, hold: Hold, qtbot: QtBot
) -> None:
    hold()
    window.board.actions["run.run"].trigger()
    window.close()
    assert saved(tmp_path) == []
    backend.hold_at = 0
    with open_window(tmp_path, make_runner=lambda: fake_runner(folders_in(tmp_path), backend)) as again:
        qtbot.waitUntil(lambda: not again.desk.engine.queue.unfinished)
        assert len(saved(tmp_path)) == 2
