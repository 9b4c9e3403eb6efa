"""kill -9 of the worker and of the whole editor at random points: nothing is lost, and the queue goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nodeflow.document.edit import with_input
from nodeflow.document.model import Workflow
from nodeflow.execution.job import Job
from nodeflow.worker import WorkerRunner
from tests.worker import conftest as workers
from ui.queue.entry import State
from ui.queue.ledger import Ledger
from ui.queue.queue import Queue
from ui.running.engine import Engine
from ui.running.ticket import Ticket

own_folders, make_worker, picture = workers.own_folders, workers.make_worker, workers.picture
MakeWorker = Callable[..., WorkerRunner]
WORKER_NODES = Path(__file__).parents[2] / "worker"
PATIENCE = 60
EDITOR = """
import sys
from pathlib import Path
from PySide6.QtTest import QTest
from nodeflow.worker.runner import WorkerRunner
from ui.app import make_application
from ui.canvas.actions import Port
from ui.window.testing import open_window

root, *seeds = sys.argv[1:]
app = make_application()
with open_window(Path(root), make_runner=lambda: WorkerRunner("worker_nodes:make")) as window:
    engine = window.desk.engine
    if engine.queue.paused:
        engine.change(lambda queue: queue.set_paused(False))
    print("open", flush=True)
    for seed in seeds:
        window.documents.open_template("text_to_image")
        window.editing.set_values([Port("sampler", "seed")], int(seed))
        window.editing.running.run()
        print("asked", seed, flush=True)
    while engine.queue.unfinished:
        QTest.qWait(10)
    print("done", flush=True)
"""


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        QTest.qWait(5)


def _kill_worker(worker: WorkerRunner) -> None:
    pid = worker.pid
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
        _until(lambda: worker.pid != pid)


def _worker_is_killed(folder: Path, make_worker: MakeWorker, picture: Workflow, count: int) -> None:
    chance, worker, engine = random.Random(count), make_worker(), Engine(ledger=folder)  # noqa: S311
    engine.make = lambda: worker
    engine.begin()
    try:
        for seed in range(count):
            engine.submit(Ticket(Job(with_input(picture, "sampler.seed", seed)), None))
        for number in range(count):
            QTest.qWait(round(chance.uniform(0, 900)))
            _kill_worker(worker)
            _until(lambda: len(engine.queue.over) > number)  # noqa: B023 - called at once
        _until(lambda: not engine.queue.unfinished)
        over = engine.queue.over
        assert [(entry.state, entry.message) for entry in over] == count * [(State.DONE, "")]
        assert [entry.note.split()[1] for entry in reversed(over)] == [str(seed) for seed in range(count)]
        files = [path for entry in over for path in entry.files]
        assert len(set(files)) == count
        assert all(path.exists() for path in files)
    finally:
        engine.close()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELAY", "0.02")  # half a second for each picture


def test_the_worker_is_killed_at_two_random_points(
    qapp: QApplication, slow: None, make_worker: MakeWorker, picture: Workflow, tmp_path: Path
) -> None:
    _worker_is_killed(tmp_path / "queue", make_worker, picture, 2)


@pytest.mark.full
def test_the_worker_is_killed_at_twenty_random_points(
    qapp: QApplication, slow: None, make_worker: MakeWorker, picture: Workflow, tmp_path: Path
) -> None:
    _worker_is_killed(tmp_path / "queue", make_worker, picture, 20)


class Editor:
    """The editor in a process of its own, without a screen.

    Args:
        root: Where its folders are.
        seeds: Jobs to ask for, by seed.
    """

    def __init__(self, root: Path, *seeds: int) -> None:
        places = {"PYTHONPATH": os.pathsep.join((str(WORKER_NODES), str(Path.cwd())))}
        folders = {f"NODEFLOW_{name.upper()}_DIR": str(root / name) for name in ("config", "cache", "output")}
        screen = {"QT_QPA_PLATFORM": "offscreen", "DELAY": "0.02"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", EDITOR, str(root), *map(str, seeds)],
            env={**os.environ, **places, **folders, **screen},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def kill(self) -> list[int]:
        """Kill it; gives the jobs that it had taken."""
        self.process.kill()
        return self.end()

    def end(self) -> list[int]:
        """Wait for its end; gives the jobs that it had taken."""
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return [int(line.split()[1]) for line in self.lines if line.startswith("asked")]


def _editor_is_killed(root: Path, count: int) -> None:
    chance, asked = random.Random(count), list[int]()  # noqa: S311 - the same points every time
    for number in range(count):
        editor = Editor(root, 2 * number, 2 * number + 1)
        if chance.random() < 0.8:  # else it is killed while it starts
            _until(lambda: "open" in editor.lines)  # noqa: B023 - called at once
        time.sleep(chance.uniform(0, 1.5))
        asked += editor.kill()
    last = Editor(root)
    last.end()
    assert last.lines[-1] == "done"
    queue = Queue()
    queue.open(Ledger(root / "data" / "queue"))
    try:
        seeds = [int(entry.note.split()[1]) for entry in queue.over]
        assert len(seeds) == len(set(seeds)), "one job ended twice"
        assert set(asked) <= set(seeds), "a job is lost"
        assert {(entry.state, entry.message) for entry in queue.over} <= {(State.DONE, "")}
        files = [path for entry in queue.over for path in entry.files]
        assert len(set(files)) == len(seeds)
        assert all(path.exists() for path in files)
        assert queue.unfinished == 0
        made = len(list((root / "output").rglob("*.png")))
        assert len(seeds) <= made <= len(seeds) + count, "twice only what ended as it was killed"
    finally:
        queue.close()


def test_the_editor_is_killed_at_two_random_points(tmp_path: Path) -> None:
    _editor_is_killed(tmp_path, 2)


@pytest.mark.full
def test_the_editor_is_killed_at_twenty_random_points(tmp_path: Path) -> None:
    _editor_is_killed(tmp_path, 20)
