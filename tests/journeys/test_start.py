"""The first minute: what this computer can do, templates with pictures, and the files of last time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nodeflow.document.files import find_workflow
from nodeflow.execution.job import Runner
from tests.journeys.hand import Hand
from ui.machine.dialog import MachineDialog
from ui.start.recent_row import RecentRow
from ui.templates import templates
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in


@pytest.fixture
def runner(own_runner: Callable[[], Runner]) -> Callable[[], Runner]:
    """The program's own."""
    return own_runner


@pytest.fixture
def recent(home: Path) -> list[Path]:
    """Three workflows that were open lately: the last one names a model that is not here."""
    folder, files = home / "Pictures" / "portraits", []
    folder.mkdir(parents=True)
    for name in ("text_to_image", "two_loras", "prompt_schedule"):
        files.append(Path(shutil.copy(find_workflow(name), folder / f"{name}.json")))
    missing = json.loads(files[-1].read_text())
    missing["nodes"]["checkpoint"]["inputs"]["checkpoint"] = "dream-xl"
    files.append(folder / "from_a_friend.json")
    files[-1].write_text(json.dumps(missing))
    del files[2]
    data = folders_in(home).data
    data.mkdir()
    (data / "recent.json").write_text(json.dumps({"files": [str(file) for file in files]}))
    return files


def test_the_first_start_says_what_the_computer_can_do(window: MainWindow, hand: Hand) -> None:
    card = window.pages.start.machine
    hand.until(lambda: card.isVisible() and not card.text.endswith("…"), "it is told")
    assert [c.accessibleName() for c in window.pages.start.cards] == [t.title for t in templates()]
    hand.shot("first_start", window, window.desk.theme)
    hand.click(card.more)
    hand.until(lambda: bool(window.findChildren(MachineDialog)), "all of it is told")
    (dialog,) = window.findChildren(MachineDialog)
    hand.until(dialog.isActiveWindow, "the dialog is in front")
    hand.until(lambda: bool(dialog.details.toPlainText()), "it is asked anew")
    hand.shot("what_this_computer_can_do", dialog)
    hand.key("Escape")
    hand.until(lambda: not window.findChildren(MachineDialog), "it is closed")
    hand.click(card.shut)
    assert not card.isVisible()


@pytest.mark.usefixtures("saved_pictures")
def test_the_start_page_goes_on_from_last_time(recent: list[Path], window: MainWindow, hand: Hand) -> None:
    def row(place: int) -> RecentRow:
        return window.pages.start.recent.rows[place]

    card = window.pages.start.machine
    hand.until(card.isVisible, "the welcome is there")
    hand.click(card.shut)
    hand.until(row(2).lacks.isVisible, "what is missing is said")
    assert row(2).lacks.text() == "1 file is missing"
    assert not row(0).lacks.isVisible()
    hand.rest()
    hand.shot("welcome", window, window.desk.theme)
    hand.click(row(1))
    hand.until(lambda: window.editing is not None, "the file is open")
    assert window.editing is not None
    assert window.editing.document.path == recent[1]
    hand.key("ctrl+w")
    hand.until(lambda: window.editing is None, "the start page is back")
    assert row(0).accessibleName() == "two_loras", "the latest file comes first"
