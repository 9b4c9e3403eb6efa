"""The history of runs: listed, searched, compared and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.document.model import Node, Workflow
from nodeflow.execution.job import Job
from ui.desk import Desk
from ui.panels.testing import click, press, settle
from ui.queue.entry import Entry, State
from ui.runs.differences import differences
from ui.runs.panel import RunHistory

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def run_of(workflow: Workflow, number: int, state: State = State.DONE, message: str = "") -> Entry:
    entry = Entry.of(Job(workflow))
    files = (Path(f"/pictures/{number}.png"),) if state is State.DONE else ()
    return replace(entry, state=state, ended=1e9 + 60 * number, seconds=2.5, files=files, message=message)


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk) -> Iterator[RunHistory]:
    """Three runs of `text_to_image`, the last of them failed."""
    first = load_workflow("text_to_image")
    second = with_input(first, "sampler.steps", 9)
    third = with_input(second, "prompt.text", "a green boat")
    runs = [run_of(first, 1), run_of(second, 2), run_of(third, 3, State.FAILED, "out of memory")]
    desk.engine.queue.over = list(reversed(runs))
    panel = RunHistory()
    panel.resize(900, 400)
    panel.show_engine(desk.engine)
    panel.show()
    qtbot.waitExposed(panel)
    settle()
    yield panel
    panel.close()
    panel.deleteLater()


def choose(panel: RunHistory, row: int, keys: Qt.KeyboardModifier = NONE) -> None:
    item = panel.view.topLevelItem(row)
    assert item is not None
    QTest.mouseClick(panel.view.viewport(), LEFT, keys, panel.view.visualItemRect(item).center())
    settle()


def text_of(panel: RunHistory) -> str:
    return panel.told.text().replace("\u200b", "")


def test_a_run_tells_in_what_it_differs_from_the_one_before(panel: RunHistory) -> None:
    assert panel.view.topLevelItemCount() == 3
    choose(panel, 1)
    assert "sampler.steps: 25 → 9" in text_of(panel)
    choose(panel, 0)
    assert "prompt.text: a red apple → a green boat" in text_of(panel)
    assert panel.fault.text().replace("\u200b", "") == "out of memory"
    choose(panel, 2)
    assert text_of(panel) == ""


def test_two_runs_are_compared(panel: RunHistory) -> None:
    choose(panel, 0)
    choose(panel, 2, Qt.KeyboardModifier.ControlModifier)
    assert "sampler.steps: 25 → 9" in text_of(panel)
    assert "a green boat" in text_of(panel)


@pytest.mark.parametrize("by_key", [True, False])
def test_the_workflow_of_a_run_is_opened_as_it_was(panel: RunHistory, by_key: bool) -> None:
    wanted: list[tuple[Workflow, None]] = []
    panel.workflowWanted.connect(wanted.append)
    choose(panel, 1)
    if by_key:
        press(panel.view, Qt.Key.Key_Return)
    else:
        click(panel.reopen)
    ((workflow, path),) = wanted
    assert (workflow.nodes["sampler"].inputs["steps"], path) == (9, None)


def test_runs_are_searched_by_prompt_and_outcome(panel: RunHistory) -> None:
    for text, count in (("green boat", 1), ("failed", 1), ("memory", 1), ("text_to", 3), ("qqq", 0)):
        panel.search.clear()
        QTest.keyClicks(panel.search, text)
        assert panel.view.topLevelItemCount() == count
    assert "No run fits" in panel.hint.text()


def test_a_new_run_appears_and_the_choice_stays(panel: RunHistory, desk: Desk) -> None:
    choose(panel, 1)
    chosen = panel.chosen[0].id
    desk.engine.queue.over.insert(0, run_of(load_workflow("two_loras"), 4))
    desk.engine.changed.emit()
    assert panel.view.topLevelItemCount() == 4
    assert [entry.id for entry in panel.chosen] == [chosen]


def test_nodes_links_and_modes_are_told() -> None:
    before = load_workflow("text_to_image")
    nodes = {name: node for name, node in before.nodes.items() if name != "save"}
    nodes["show"] = Node(type="PreviewImage", inputs={})
    nodes["decode"] = nodes["decode"].model_copy(update={"mode": "mute"})
    found = differences(before, before.model_copy(update={"nodes": nodes}))
    assert found[:2] == ["\u2212 save (SaveImage)", "+ show (PreviewImage)"]
    assert any(line.startswith("decode: on") for line in found)
    assert differences(before, before) == []


def test_the_sign_of_a_selected_run_keeps_apart_from_the_accent(panel: RunHistory) -> None:
    def is_red() -> bool:
        item = panel.view.topLevelItem(0)
        assert item is not None
        sign = panel.view.visualItemRect(item)
        sign.setWidth(24)
        image = panel.view.viewport().grab(sign).toImage()
        colors = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
        return any(color.red() - color.blue() > 40 for color in colors)

    assert is_red()
    choose(panel, 0)
    assert not is_red()
