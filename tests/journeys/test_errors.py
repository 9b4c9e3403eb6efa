"""What fails in a run is said at its input, a click leads there, and the other branch finishes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from nodeflow.document.files import find_workflow
from nodeflow.execution.job import Runner
from tests.journeys.hand import Hand, Places
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.values.chooser import Chooser
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window


@pytest.fixture
def with_torn_picture(home: Path) -> Path:
    """Text to image, and beside it a branch that loads a picture which was cut off on its way here."""
    folder = folders_in(home).pictures
    folder.mkdir()
    whole = find_workflow("text_to_image").with_name("sketch.png").read_bytes()
    (folder / "sketch.png").write_bytes(whole)
    (folder / "from_my_phone.png").write_bytes(whole[: len(whole) // 3])
    content = json.loads(find_workflow("text_to_image").read_text())
    content["nodes"]["photo"] = {"type": "LoadImage", "inputs": {"file": "from_my_phone.png"}}
    content["nodes"]["save_photo"] = {"type": "SaveImage", "inputs": {"image": {"from": "photo.image"}}}
    content["layout"]["photo"] = {"position": [900, 600]}
    content["layout"]["save_photo"] = {"position": [1160, 600]}
    path = folder / "apple_and_photo.json"
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def torn_window(
    qtbot: QtBot, home: Path, hand: Hand, own_runner: Callable[[], Runner], with_torn_picture: Path
) -> Iterator[MainWindow]:
    """The program's window on that workflow."""
    with open_window(home, str(with_torn_picture), make_runner=own_runner) as window:
        window.resize(1360, 800)
        window.activateWindow()
        hand.until(window.isActiveWindow, "the window is in front")
        hand.rest(300)
        yield window


def test_a_damaged_file_fails_its_branch_alone(torn_window: MainWindow, hand: Hand, qtbot: QtBot) -> None:
    window, editing = torn_window, torn_window.editing
    assert editing is not None
    places, canvas = Places(editing), editing.canvas.viewport()
    qtbot.waitUntil(lambda: "will run" in editing.running.line, timeout=90_000)
    hand.key("ctrl+Return")
    qtbot.waitUntil(lambda: editing.scene.status("photo").phase is Phase.FAILED, timeout=90_000)
    qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=90_000)
    assert editing.scene.status("save").phase is Phase.DONE, "the other branch finishes"
    assert editing.scene.status("save").preview is not None
    assert "file" in editing.scene.status("photo").problems
    assert "from_my_phone.png is damaged" in window.notice.text

    (show,) = (b for b in window.notice.findChildren(QPushButton) if b.text() == "Show")
    window.say("")
    hand.move(canvas, places.field("photo", "file"))
    hand.rest(900)
    hand.shot("error_at_its_input", window, window.desk.theme)
    hand.click(show)
    assert editing.selection == {"photo"}
    assert editing.scene.nodes["photo"].look.hot == "file"
    hand.shot("error_shown", window)

    hand.click(canvas, places.field("photo", "file"))
    hand.until(lambda: isinstance(QApplication.activePopupWidget(), Chooser), "pictures are offered")
    hand.type("sketch")
    hand.shot("choose_picture", window)
    hand.key("Return")
    assert editing.value(Port("photo", "file")) == "sketch.png"
    hand.until(lambda: not editing.problems(), "the mark is gone")
    qtbot.waitUntil(lambda: editing.scene.status("photo").phase is Phase.WILL_RUN, timeout=20_000)
    assert editing.scene.status("sampler").phase is not Phase.WILL_RUN
    hand.key("ctrl+Return")
    qtbot.waitUntil(lambda: editing.scene.status("save_photo").phase is Phase.DONE, timeout=90_000)
    assert editing.scene.status("sampler").phase is Phase.CACHED, "nothing is computed twice"
    hand.shot("error_mended", window)


@pytest.fixture
def without_picture(with_torn_picture: Path) -> Path:
    """The same workflow on a machine that has no such picture."""
    with_torn_picture.with_name("from_my_phone.png").unlink()
    return with_torn_picture


def test_a_missing_file_is_named_and_the_other_branch_runs(
    without_picture: Path, torn_window: MainWindow, hand: Hand, qtbot: QtBot
) -> None:
    window, editing = torn_window, torn_window.editing
    assert editing is not None
    hand.until(lambda: "photo" in editing.problems(), "the missing file is named before a run")
    assert not without_picture.with_name("from_my_phone.png").exists()
    qtbot.waitUntil(
        lambda: "cannot run: a file or node type is missing" in editing.running.line, timeout=90_000
    )
    hand.key("ctrl+Return")
    qtbot.waitUntil(lambda: editing.scene.status("save").phase is Phase.DONE, timeout=90_000)
    qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=90_000)
    assert "from_my_phone.png" in editing.scene.status("photo").problems["file"]
    window.say("")
    hand.shot("missing_file", window)
