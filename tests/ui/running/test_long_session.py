"""Many runs with edits in between leave nothing behind: memory, handles, threads, temporary files."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.worker import WorkerRunner
from ui.canvas.actions import Port
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

WAIT = 120_000
KEPT = 10
"""Megabytes that may have come: caches of glyphs and pixmaps, and what the allocator holds back."""

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="counts by what Linux says of processes"
)


@pytest.fixture(autouse=True)
def own_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder for temporary files that no other program uses."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)


def use(pid: int | str) -> dict[str, int]:
    """What a process uses."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return {
        "megabytes": pages * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "files": len(os.listdir(f"/proc/{pid}/fd")),  # noqa: PTH208 - only their number
        "threads": len(os.listdir(f"/proc/{pid}/task")),  # noqa: PTH208 - as above
    }


def own_use() -> dict[str, int]:
    """What this process uses, and what of Qt's is alive in it."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    return {
        **use("self"),
        "threads of Python": threading.active_count(),
        "temporary files": len(list(Path(tempfile.gettempdir()).iterdir())),
        "objects of Qt": sum(issubclass(type(thing), QObject) for thing in gc.get_objects()),
    }


class Session:
    """Somebody who runs a workflow again and again, and edits in between.

    Args:
        window: The window.
        qtbot: Waits.
    """

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        assert window.editing is not None
        self._window, self._qtbot = window, qtbot
        self._editing: Editing = window.editing
        self._r = Random(1)  # noqa: S311 - no secret

    def work(self, runs: int) -> None:
        """Edit, run, look, undo some of it, so many times."""
        for number in range(runs):
            self._edit(number)
            QTest.keyClick(self._editing.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            if number % 7 == 3:
                QTest.keyClick(self._editing.canvas, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
            self._qtbot.waitUntil(lambda: not self._window.desk.engine.busy, timeout=WAIT)
            phase = self._editing.scene.status("save").phase
            assert phase is Phase.DONE or number % 7 == 3, self._window.notice.text
            self._clean_up()
        gc.collect()

    def _edit(self, number: int) -> None:
        editing = self._editing
        editing.set_values([Port("sampler", "seed")], number)
        editing.set_values([Port("sampler", "steps")], self._r.randint(2, 4))
        if number % 3 == 0:
            editing.set_values([Port("prompt", "text")], self._r.choice(["a pear", "an apple", "a fish"]))
        if number % 5 == 0:
            editing.add_node("Sampler")
            editing.delete_selection()
            editing.scene.select({"sampler"})

    def _clean_up(self) -> None:
        """Undo and take back what was done, so that the history holds no more than before."""
        while self._editing.document.can_undo:
            self._editing.undo()


def stay_flat(window: MainWindow, qtbot: QtBot, runs: int, pid: Callable[[], int | None]) -> None:
    """Work, and compare what is used after with what was used when all was warm."""
    session = Session(window, qtbot)
    session.work(min(runs, 20))
    worker = pid()
    before, there_before = own_use(), use(worker) if worker else {}
    session.work(runs)
    after, there_after = own_use(), use(worker) if worker else {}
    assert pid() == worker
    grown = {name: after[name] - before[name] for name in before}
    assert grown["megabytes"] <= KEPT + runs // 20, grown
    assert grown["objects of Qt"] <= 5, grown
    for name in ("files", "threads", "threads of Python", "temporary files"):
        assert grown[name] <= 1, grown
    grown = {name: there_after[name] - there_before[name] for name in there_before}
    assert grown.get("megabytes", 0) <= 40 + runs // 5, grown  # results that the cache keeps in memory
    assert max(grown.get("files", 0), grown.get("threads", 0)) <= 1, grown


@needs_proc
def test_a_session_of_runs_and_edits_leaves_nothing_behind(window: MainWindow, qtbot: QtBot) -> None:
    window.documents.open_template("text_to_image")
    stay_flat(window, qtbot, 8, lambda: None)


@needs_proc
@pytest.mark.full
def test_two_hundred_runs_of_the_bundled_model_leave_nothing_behind(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("config", "cache", "output", "data"):
        monkeypatch.setenv(f"NODEFLOW_{name.upper()}_DIR", str(getattr(folders_in(tmp_path), name)))
    runner = WorkerRunner()
    with open_window(tmp_path, make_runner=lambda: runner) as window:
        window.documents.open_template("text_to_image")
        stay_flat(window, qtbot, 200, lambda: runner.pid)
