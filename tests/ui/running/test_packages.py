"""Packages of others: their nodes are used, their code runs in the worker alone, and may hang there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.worker import WorkerRunner
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

CONTROL = Qt.KeyboardModifier.ControlModifier
WAIT = 30_000
CODE = """
import os, time
from nodeflow.node import NodeKind, node

with open(os.environ["IMPORTED_BY"], "a") as file:
    print(os.getpid(), file=file)

@node("{type}", category="glow", kind=NodeKind.SINK, output="value")
def glow(seconds: float = 0.0) -> float:
    \"\"\"Glow for some time, whatever anybody says.\"\"\"
    time.sleep(seconds)
    return seconds
"""

OpenWindow = Callable[..., AbstractContextManager[MainWindow]]


def install(site: Path, type_id: str) -> None:
    """Put a package where this process and its worker find it."""
    name = f"nodeflow_{type_id.lower()}"
    about = site / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (site / f"{name}.py").write_text(CODE.format(type=type_id), "utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(f"[nodeflow.nodes]\n{type_id} = {name}\n", "utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    install(folder, "Glow")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("IMPORTED_BY", str(tmp_path / "importers"))
    for name in ("config", "cache", "output", "data"):
        monkeypatch.setenv(f"NODEFLOW_{name.upper()}_DIR", str(getattr(folders_in(tmp_path), name)))
    return folder


@pytest.fixture
def open_worker_window(site: Path, tmp_path: Path) -> OpenWindow:
    """Opens a window as it is delivered, but for how long a cancelled run may take."""

    def opened(patience: float = 60.0) -> AbstractContextManager[MainWindow]:
        return open_window(tmp_path, make_runner=lambda: WorkerRunner(patience=patience))

    return opened


@pytest.fixture
def hang(qtbot: QtBot) -> Callable[[MainWindow], Editing]:
    """Runs a node that does not stop, and waits until it has begun."""

    def run(window: MainWindow) -> Editing:
        qtbot.waitUntil(lambda: "Glow" in window.desk.specs, timeout=WAIT)
        window.documents.new()
        editing = window.editing
        assert editing is not None
        name = editing.add_node("Glow")
        editing.set_values([Port(name, "seconds")], 60.0)
        QTest.keyClick(editing.canvas, Qt.Key.Key_Return, CONTROL)
        qtbot.waitUntil(lambda: editing.scene.status(name).phase is Phase.RUNNING, timeout=WAIT)
        return editing

    return run


def importers(tmp_path: Path) -> set[int]:
    return {int(line) for line in (tmp_path / "importers").read_text().split()}


def test_the_window_never_imports_packages_of_others(
    open_worker_window: OpenWindow, tmp_path: Path, site: Path, qtbot: QtBot
) -> None:
    with open_worker_window() as window:
        qtbot.waitUntil(lambda: "Glow" in window.desk.specs, timeout=WAIT)
        assert window.desk.origins["Glow"] == "nodeflow_glow"
        install(site, "Shine")
        QTest.keyClick(window, Qt.Key.Key_F5)
        qtbot.waitUntil(lambda: "Shine" in window.desk.specs, timeout=WAIT)
        assert window.status.message.text().endswith("node types loaded")
    assert os.getpid() not in importers(tmp_path)
    assert len(importers(tmp_path)) == 2, "the first worker, and the one after F5"
    assert not [name for name in sys.modules if name.startswith(("nodeflow_glow", "nodeflow_shine"))]
    with open_window(tmp_path) as window:
        assert {"Glow", "Shine"} <= window.desk.specs.keys(), "remembered until a runner tells"


def test_a_node_that_hangs_is_ended_after_a_while_and_that_is_said(
    open_worker_window: OpenWindow, hang: Callable[[MainWindow], Editing], qtbot: QtBot
) -> None:
    with open_worker_window(patience=0.5) as window:
        editing = hang(window)
        before = editing.document.workflow
        QTest.keyClick(editing.canvas, Qt.Key.Key_Period, CONTROL)
        assert window.running.bar.text.text().startswith("Cancelling")
        assert window.running.cancel.text() == "End it at once"
        qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=WAIT)
        assert window.status.message.text() == "Glow: did not stop, so its process was ended"
        assert editing.document.workflow is before
        _runs_again(editing, qtbot)


def test_a_second_cancel_ends_a_node_that_hangs_at_once(
    open_worker_window: OpenWindow, hang: Callable[[MainWindow], Editing], qtbot: QtBot
) -> None:
    with open_worker_window(patience=600.0) as window:
        editing = hang(window)
        QTest.keyClick(editing.canvas, Qt.Key.Key_Period, CONTROL)
        QTest.keyClick(editing.canvas, Qt.Key.Key_Period, CONTROL)
        qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=WAIT)
        _runs_again(editing, qtbot)


def _runs_again(editing: Editing, qtbot: QtBot) -> None:
    editing.set_values([Port("glow", "seconds")], 0.0)
    QTest.keyClick(editing.canvas, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: editing.scene.status("glow").phase is Phase.DONE, timeout=WAIT)
