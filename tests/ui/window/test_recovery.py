"""After a crash nothing is lost, and the user decides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from nodeflow.document.files import find_workflow
from ui.window.main_window import MainWindow
from ui.window.recovery import RecoveryDialog
from ui.window.testing import open_window

KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from ui.window.testing import open_window

app = QApplication([])
with open_window(Path(sys.argv[1]), *sys.argv[2:]) as window:
    if window.editing is None:
        window.documents.new()
    window.editing.add_node("Sampler")
    window.editing.add_node("EmptyLatent")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_an_editor(root: Path, *files: str) -> None:
    """Edit in a process of its own, and kill it in the middle of it."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(root), *files], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr


@pytest.fixture
def after_crash(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    kill_an_editor(tmp_path)
    with open_window(tmp_path) as window:
        yield window


def dialog(window: MainWindow) -> RecoveryDialog:
    found = window.findChild(RecoveryDialog)
    assert found is not None
    assert found.isVisible()
    return found


def button(window: MainWindow, text: str) -> QPushButton:
    buttons = dialog(window).findChildren(QPushButton)
    return next(item for item in buttons if item.text() == text)


def test_the_last_edit_is_recovered(after_crash: MainWindow) -> None:
    facts = " ".join(label.text() for label in dialog(after_crash).findChildren(QLabel))
    assert "2 nodes" in facts
    QTest.mouseClick(button(after_crash, "Recover"), Qt.MouseButton.LeftButton)
    assert after_crash.editing is not None
    assert set(after_crash.editing.document.workflow.nodes) == {"sampler", "empty_latent"}
    assert after_crash.isWindowModified()


def test_what_is_discarded_is_not_offered_again(after_crash: MainWindow) -> None:
    QTest.mouseClick(button(after_crash, "Discard"), Qt.MouseButton.LeftButton)
    assert after_crash.editing is None
    assert after_crash.desk.session.unsaved() == []


def test_deciding_later_keeps_it(after_crash: MainWindow) -> None:
    QTest.keyClick(dialog(after_crash), Qt.Key.Key_Escape)
    assert len(after_crash.desk.session.unsaved()) == 1


def test_a_file_is_recovered_with_its_name_and_left_as_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "apple.json"
    path.write_bytes(find_workflow("text_to_image").read_bytes())
    kill_an_editor(tmp_path, str(path))
    with open_window(tmp_path) as window:
        QTest.mouseClick(button(window, "Recover it"), Qt.MouseButton.LeftButton)
        assert window.editing is not None
        assert window.editing.document.path == path
        assert "empty_latent" in window.editing.document.workflow.nodes
        assert window.isWindowModified()
        assert len(window.documents.editings) == 1, "the file itself is not open beside it"
    assert path.read_bytes() == find_workflow("text_to_image").read_bytes()


def test_what_was_open_is_open_again(qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.json" for name in ("one", "two", "three")]
    for path in paths:
        path.write_bytes(find_workflow("text_to_image").read_bytes())
    with open_window(tmp_path, *map(str, paths)) as window:
        window.documents.step(-1)
    paths[2].unlink()
    with open_window(tmp_path) as window:
        assert [editing.document.path for editing in window.documents.editings] == paths[:2]
        assert window.editing is window.documents.editings[1]
        assert "three.json" in window.notice.text
