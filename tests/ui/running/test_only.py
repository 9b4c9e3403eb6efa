"""Running single nodes with what is at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nodeflow.document.model import SeedMode
from tests.ui.running.conftest import phases
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow

ALONE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def run_alone(editing: Editing, *names: str) -> None:
    editing.scene.select(names)
    QTest.keyClick(editing.canvas, Qt.Key.Key_Return, ALONE)


def test_what_is_not_at_hand_is_named_and_the_run_up_to_it_offered(
    editing: Editing, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    run_alone(editing, "decode")
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.text.endswith("cannot run alone: prompt, latent, negative and 1 more")
    assert not window.desk.engine.busy
    (offered,) = (b for b in window.notice.findChildren(QPushButton) if b.text().startswith("Run up to"))
    QTest.mouseClick(offered, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: editing.scene.status("decode").phase is Phase.DONE)
    assert phases(editing)["save"] == Phase.IDLE
    assert not list((tmp_path / "output").rglob("*.png"))


def test_a_node_runs_alone_with_what_is_at_hand(
    editing: Editing, run: Callable[[], None], window: MainWindow, qtbot: QtBot
) -> None:
    run()
    editing.set_values([Port("sampler", "steps")], 5)
    run_alone(editing, "sampler")
    qtbot.waitUntil(lambda: phases(editing)["prompt"] == Phase.CACHED and not window.desk.engine.busy)
    found = phases(editing)
    assert found["sampler"] == Phase.DONE
    assert (found["prompt"], found["decode"]) == (Phase.CACHED, Phase.CACHED)
    assert not window.notice.isVisible()


def test_only_the_seeds_of_what_runs_alone_are_drawn(
    editing: Editing, run: Callable[[], None], qtbot: QtBot
) -> None:
    seed = Port("sampler", "seed")
    editing.set_seed_mode(seed, SeedMode.RANDOMIZE)
    run()
    used = editing.value(seed)
    run_alone(editing, "decode", "save")
    qtbot.waitUntil(lambda: editing.running.line.startswith("Done") and not editing.desk.engine.busy)
    assert editing.value(seed) == used
    run_alone(editing, "sampler")
    qtbot.waitUntil(lambda: editing.scene.status("sampler").phase is Phase.DONE)
    assert editing.value(seed) != used
