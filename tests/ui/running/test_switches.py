"""A switch that a link chooses for: only the branch that will run is marked, and a run computes no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.cli.test_switch import written
from tests.ui.running.conftest import phases
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow


@pytest.fixture
def editing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Editing:
    window.documents.open([written(tmp_path)])
    assert window.editing is not None
    editing = window.editing
    qtbot.waitUntil(lambda: bool(editing.running.line))
    return editing


def test_only_the_branch_that_is_chosen_is_marked_and_runs(
    editing: Editing, press: Callable[..., None], qtbot: QtBot
) -> None:
    assert phases(editing) == {
        **dict.fromkeys(["width", "large", "way", "fine"], Phase.IDLE),
        **dict.fromkeys(["fast", "picture", "save"], Phase.WILL_RUN),
    }
    assert editing.running.line.startswith("3 of 3 nodes will run")
    editing.set_values([Port("width", "value")], 200)
    qtbot.waitUntil(lambda: phases(editing)["fine"] == Phase.WILL_RUN)
    assert phases(editing)["fast"] == Phase.IDLE
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not editing.desk.engine.busy)
    found = phases(editing)
    assert (found["fine"], found["picture"], found["fast"]) == (Phase.DONE, Phase.DONE, Phase.IDLE)


def test_all_selected_nodes_run_but_the_switch_among_them(editing: Editing, qtbot: QtBot) -> None:
    editing.scene.select(editing.scene.nodes)
    assert "way" not in editing.running.targets()
    editing.running.run_selected()
    qtbot.waitUntil(lambda: not editing.desk.engine.busy)
    assert phases(editing)["fast"] == phases(editing)["fine"] == Phase.DONE
