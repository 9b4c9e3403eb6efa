"""A file or a node type is missing: its branch says so before and after a run, and all others run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Node
from nodeflow.document.values import Link
from ui.canvas.status import Phase
from ui.document import edits
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow


@pytest.fixture
def lacking(window: MainWindow, qtbot: QtBot) -> Editing:
    """`text_to_image`, and beside it a branch whose photo is not here."""
    workflow, specs = load_workflow("text_to_image"), window.desk.specs
    workflow = edits.add_node(workflow, specs["LoadImage"], (0, 600), {"file": "photo.png"}, name="photo")
    workflow = edits.add_node(workflow, specs["SaveImage"], (300, 600), name="save_photo")
    window.documents.new(edits.connect(workflow, "photo.image", "save_photo.image"))
    assert window.editing is not None
    editing = window.editing
    qtbot.waitUntil(lambda: bool(editing.running.line))
    return editing


def test_it_is_told_before_a_run(lacking: Editing) -> None:
    assert "2 cannot run: a file or node type is missing" in lacking.running.line
    assert lacking.scene.status("sampler").phase is Phase.WILL_RUN
    assert lacking.scene.status("save_photo").phase is Phase.IDLE
    why = lacking.running.why("save_photo")
    assert why is not None
    assert why.line == "Cannot run: it needs photo, which cannot run"


def test_the_other_branch_runs_and_the_fault_is_named_once(
    lacking: Editing, window: MainWindow, press: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: lacking.scene.status("save").phase is Phase.DONE)
    qtbot.waitUntil(lambda: not window.desk.engine.busy)
    assert len(list((tmp_path / "output").rglob("*.png"))) == 1
    assert lacking.scene.status("photo").phase is Phase.FAILED
    assert lacking.scene.status("save_photo").phase is Phase.IDLE
    (fault,) = lacking.faults.all
    assert (fault.node, fault.problem.input) == ("photo", "file")
    assert "photo.png" in window.notice.text
    assert window.running.bar.text.text().startswith("1 picture saved, 1 node failed · ")


def test_where_all_branches_lack_files_nothing_runs(
    window: MainWindow, press: Callable[..., None], qtbot: QtBot
) -> None:
    workflow = edits.set_input(load_workflow("image_to_image"), "sketch.file", "photo.png")
    window.documents.new(workflow)
    assert window.editing is not None
    editing = window.editing
    qtbot.waitUntil(lambda: bool(editing.faults.all))
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "photo.png" in window.notice.text)
    assert editing.scene.status("sampler").phase is Phase.IDLE


def test_a_node_type_that_is_missing_does_the_same(
    window: MainWindow, press: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    workflow, specs = load_workflow("text_to_image"), window.desk.specs
    workflow = edits.add_node(workflow, specs["SaveImage"], (300, 600), name="save_grain")
    grain = Node(type="FilmGrain", inputs={"image": Link("decode", "image")})
    workflow = workflow.model_copy(update={"nodes": {**workflow.nodes, "grain": grain}})
    window.documents.new(edits.connect(workflow, "grain.image", "save_grain.image"))
    assert window.editing is not None
    editing = window.editing
    qtbot.waitUntil(lambda: "2 cannot run: a file or node type is missing" in editing.running.line)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editing.scene.status("save").phase is Phase.DONE)
    qtbot.waitUntil(lambda: not window.desk.engine.busy)
    assert len(list((tmp_path / "output").rglob("*.png"))) == 1
    assert editing.scene.status("grain").phase is Phase.FAILED
    assert editing.scene.status("save_grain").phase is Phase.IDLE
    (fault,) = editing.faults.all
    assert (fault.node, fault.problem.message) == ("grain", "unknown node type 'FilmGrain'")
    assert "FilmGrain" in window.notice.text
