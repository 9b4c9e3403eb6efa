"""A model that is not here, a node type that nobody knows, a bad value: said where it is, and mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nodeflow.document.files import find_workflow
from tests.journeys.hand import Hand, Places
from ui.window.main_window import MainWindow
from ui.window.testing import open_window


def broken(folder: Path) -> Path:
    """A workflow from another machine: another checkpoint, and a node of a package that is not here."""
    content = json.loads(find_workflow("text_to_image").read_text())
    content["nodes"]["checkpoint"]["inputs"]["checkpoint"] = "dream-xl"
    content["nodes"]["glow"] = {
        "type": "acme.Glow",
        "inputs": {"image": {"from": "decode.image"}, "strength": 0.4},
    }
    content["nodes"]["save"]["inputs"]["image"] = {"from": "glow.image"}
    content["layout"]["glow"] = {"position": [1160, 330]}
    path = folder / "from_a_friend.json"
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def broken_window(qtbot: QtBot, tmp_path: Path, hand: Hand) -> object:
    with open_window(tmp_path, str(broken(tmp_path))) as window:
        window.resize(1360, 800)
        window.activateWindow()
        hand.until(window.isActiveWindow, "the window is in front")
        hand.rest(300)
        yield window


def test_what_is_missing_is_named_and_replaced(broken_window: MainWindow, hand: Hand) -> None:
    window, editing = broken_window, broken_window.editing
    assert editing is not None
    assert {"checkpoint", "glow"} <= editing.problems().keys()
    places = Places(editing)
    hand.click(editing.canvas.viewport(), places.header("glow"))
    hand.shot("unknown_node", window)
    hand.click(window.status.problems)
    hand.rest(200)
    hand.shot("problems", window)
    hand.click(editing.canvas.viewport(), places.header("checkpoint"), button=3)
    hand.shot("missing_menu", window)
    hand.key("Down", "Right", "Return")
    hand.until(window.popups.chooser.isVisible, "models are offered")
    hand.type("pocket")
    hand.shot("missing_choose", window)
    hand.key("Return")
    assert editing.document.workflow.nodes["checkpoint"].inputs["checkpoint"] == "pocket"
    hand.until(lambda: "checkpoint" not in editing.problems(), "the model is found")


def test_a_bad_value_is_refused_where_it_is_typed(broken_window: MainWindow, hand: Hand) -> None:
    window, editing = broken_window, broken_window.editing
    assert editing is not None
    places, canvas = Places(editing), editing.canvas.viewport()
    before = editing.document.workflow
    hand.double_click(canvas, places.field("sampler", "steps"))
    hand.key("ctrl+a")
    hand.type("9999")
    hand.key("Return")
    assert editing.document.workflow is before
    hand.shot("bad_value", window)
    assert "from 1 to 1000" in window.status.message.text()
    hand.key("ctrl+a")
    hand.type("2*15")
    hand.key("Return")
    assert editing.document.workflow.nodes["sampler"].inputs["steps"] == 30
