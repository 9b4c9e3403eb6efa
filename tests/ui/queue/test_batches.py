"""Many jobs at once: new seeds, a list of prompts, a folder of pictures; asked for in dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.document.grouping import group
from nodeflow.document.model import SeedMode
from nodeflow.errors import MissingFile
from nodeflow.execution.job import Job
from nodeflow.execution.variations import lines_of, pictures_in, read_lines
from nodeflow.node.registry import Registry
from tests.ui.running.conftest import Held
from ui.canvas.actions import Port
from ui.editing.editing import Editing
from ui.panels.testing import choose, click, open_menu, press, settle
from ui.queue.batches import FILES, PROMPTS, SEEDS, batch, over_values, places, with_new_seeds
from ui.queue.dialogs import PicturesDialog, PromptsDialog, RepeatDialog
from ui.queue.entry import State
from ui.window.main_window import MainWindow

SPECS = {node.spec.type: node.spec for node in Registry.installed()}
Finish = Callable[[], list[Path]]
Key = Qt.Key


def dialog() -> object:
    settle()
    return QApplication.activeModalWidget()


def notes(window: MainWindow) -> list[str]:
    return [entry.note for entry in window.desk.engine.queue]


def test_the_inputs_that_can_change_are_found_inside_subgraphs_too() -> None:
    workflow = load_workflow("text_to_image")
    assert [place.path for place in places(workflow, SPECS, PROMPTS)] == [
        "prompt.text", "prompt.text_2", "negative.text", "negative.text_2",
    ]  # fmt: skip
    grouped = group(workflow, ["sampler", "decode"], "painter")
    (seed,) = places(grouped, SPECS, SEEDS)
    assert (seed.path, seed.value) == ("painter/sampler.seed", 7)
    entry = batch(Job(grouped), with_new_seeds([seed], 2, counting=True))[1]
    assert entry.job().workflow.subgraphs["painter"].nodes["sampler"].inputs["seed"] == 8


def test_seeds_are_drawn_or_count_up() -> None:
    seeds = places(load_workflow("text_to_image"), SPECS, SEEDS)
    counted = with_new_seeds(seeds, 3, counting=True)
    assert [changes["sampler.seed"] for changes in counted] == [7, 8, 9]
    drawn = with_new_seeds(seeds, 20, counting=False)
    assert len({changes["sampler.seed"] for changes in drawn}) == 20


@pytest.mark.parametrize(
    ("mode", "expected"), [(SeedMode.FIXED, [None, None, None]), (SeedMode.INCREMENT, [None, 8, 9])]
)
def test_over_a_list_seeds_change_as_their_modes_say(mode: SeedMode, expected: list[int | None]) -> None:
    workflow = load_workflow("text_to_image").model_copy(update={"seeds": {"sampler.seed": mode}})
    (prompt, *_), seeds = places(workflow, SPECS, PROMPTS), places(workflow, SPECS, SEEDS)
    jobs = over_values(prompt, ["a", "b", "c"], seeds)
    assert [changes["prompt.text"] for changes in jobs] == ["a", "b", "c"]
    assert [changes.get("sampler.seed") for changes in jobs] == expected


def test_lines_and_pictures_are_read(tmp_path: Path) -> None:
    assert lines_of(" a red apple \n\n  \nb\r\nc") == ["a red apple", "b", "c"]
    text = tmp_path / "prompts.txt"
    text.write_bytes("\ufeffgrüne Birne\n".encode())
    assert read_lines(text) == ["grüne Birne"]
    for name in ("shot 10.png", "shot 2.PNG", "notes.txt", ".hidden.png"):
        (tmp_path / name).touch()
    assert [path.name for path in pictures_in(tmp_path)] == ["shot 2.PNG", "shot 10.png"]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00"])
def test_a_file_without_lines_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "prompts.txt"
    file.write_bytes(content)
    with pytest.raises(MissingFile, match=r"prompts\.txt"):
        read_lines(file)
    with pytest.raises(MissingFile, match="holds no pictures"):
        pictures_in(tmp_path)
    with pytest.raises(MissingFile, match="cannot be read"):
        pictures_in(tmp_path / "nowhere")


def test_repeating_gives_each_picture_its_own_seed(
    window: MainWindow, editing: Editing, finish: Finish, backend: Held
) -> None:
    QTest.keyClick(window, Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    asked = dialog()
    assert isinstance(asked, RepeatDialog)
    press(asked.times, Key.Key_Down)
    assert asked.add.text() == "Add 3 jobs"
    press(asked.times, Key.Key_Return)
    assert window.docks.shows("queue")
    assert [entry.part for entry in window.desk.engine.queue] == [1, 2, 3]
    assert len(finish()) == 3
    assert len(set(notes(window))) == 3
    assert editing.scene.status("save").preview is not None, "it is shown on its document"


def test_a_list_of_prompts_is_typed_and_runs_line_by_line(
    window: MainWindow, editing: Editing, finish: Finish
) -> None:
    window.board.actions["run.prompts"].trigger()
    asked = dialog()
    assert isinstance(asked, PromptsDialog)
    assert not asked.add.isEnabled()
    for line in ("a plum", "", "a lemon"):
        QTest.keyClicks(asked.text, line)
        QTest.keyClick(asked.text, Key.Key_Return)
    assert asked.add.text() == "Add 2 jobs"
    click(asked.add)
    assert notes(window) == ["a plum", "a lemon"]
    assert len(finish()) == 2
    assert {entry.state for entry in window.desk.engine.queue.over} == {State.DONE}


def test_prompts_come_from_a_file(window: MainWindow, editing: Editing, tmp_path: Path) -> None:
    (tmp_path / "prompts.txt").write_text("a\nb\nc\n")
    window.board.actions["run.prompts"].trigger()
    asked = dialog()
    assert isinstance(asked, PromptsDialog)
    asked.read_file(tmp_path / "gone.txt")
    assert "cannot be read" in asked.words.text()
    asked.read_file(tmp_path / "prompts.txt")
    assert asked.add.text() == "Add 3 jobs"
    press(asked, Key.Key_Escape)
    assert notes(window) == []


def test_a_folder_of_pictures_runs_picture_by_picture(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for number in (1, 2, 10):
        Image.new("RGB", (64, 64), (number * 20, 0, 0)).save(folder / f"shot {number}.png")
    window.documents.open_template("image_to_image")
    window.board.actions["run.pictures"].trigger()
    asked = dialog()
    assert isinstance(asked, PicturesDialog)
    QTest.keyClicks(asked.folder, str(tmp_path / "nowhere"))
    assert not asked.add.isEnabled()
    assert "cannot be read" in asked.words.text()
    asked.folder.clear()
    QTest.keyClicks(asked.folder, str(folder))
    assert asked.add.text() == "Add 3 jobs"
    press(asked.folder, Key.Key_Return)
    assert notes(window) == ["shot 1.png", "shot 2.png", "shot 10.png"]
    qtbot.waitUntil(lambda: not window.desk.engine.queue.unfinished)
    over = window.desk.engine.queue.over
    assert [(entry.state, entry.message) for entry in over] == 3 * [(State.DONE, "")]
    assert len({path for entry in over for path in entry.files}) == 3


def test_a_workflow_without_a_picture_says_what_is_missing(window: MainWindow, editing: Editing) -> None:
    window.board.actions["run.pictures"].trigger()
    assert dialog() is None
    assert "Load Image" in window.status.message.text()
    assert places(editing.document.workflow, SPECS, FILES) == []


def test_a_workflow_without_a_seed_is_not_repeated(window: MainWindow) -> None:
    editing = window.documents.new()
    editing.add_node("SolidColor")
    window.board.actions["run.repeat"].trigger()
    asked = dialog()
    assert isinstance(asked, RepeatDialog)
    assert not asked.add.isEnabled()
    assert "no seed" in asked.words.text()
    press(asked, Key.Key_Escape)


def test_a_batch_is_cancelled_as_a_whole(
    window: MainWindow, editing: Editing, hold: Callable[[], None], finish: Finish
) -> None:
    hold()
    seeds = places(editing.document.workflow, SPECS, SEEDS)
    editing.running.run_batch(with_new_seeds(seeds, 3, counting=True))
    editing.set_values([Port("prompt", "text")], "another")
    window.board.actions["run.run"].trigger()
    window.docks.show("queue")
    settle()
    panel = window.queue.panel
    assert panel.model is not None
    middle = panel.view.visualRect(panel.model.index(2)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    open_menu(panel.view.viewport(), middle)
    choose("Cancel the whole batch")
    assert [entry.note[-7:] for entry in window.desk.engine.queue.waiting] == ["another"]
    assert len(finish()) == 2


def test_the_arrow_beside_run_offers_more(window: MainWindow, editing: Editing) -> None:
    shown = [action.text() for action in window.running.more.menu().actions()]
    assert shown == [
        "Run next",
        "Run up to the selected nodes",
        "Repeat with new seeds…",
        "Run over a list of prompts…",
        "Run over a folder of pictures…",
    ]
    assert window.running.more.isEnabled()
