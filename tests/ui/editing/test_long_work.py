"""Long work leaks nothing, and a crash at any moment loses nothing that was told."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QGraphicsItem

from nodeflow.document.files import dump_workflow, load_workflow
from ui.canvas.geometry_cache import LIMIT
from ui.desk import Desk
from ui.document.document import Document
from ui.document.recovery import recover
from ui.editing.editing import Editing
from ui.editing.restless import Restless
from ui.editing.testing import differences


def count() -> dict[str, int]:
    """How many things of the editor are alive."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    things = [type(thing) for thing in gc.get_objects()]
    return {
        "objects": sum(str(kind.__module__).startswith(("ui.canvas", "ui.editing")) for kind in things),
        "items": sum(issubclass(kind, QGraphicsItem) for kind in things),
        "QObjects": sum(issubclass(kind, QObject) for kind in things),
    }


def work(editing: Editing, r: Random, steps: int, *, check: int) -> None:
    worker = Restless(editing, r)
    for number in range(steps):
        worker.step()
        if number % check == 0:
            assert differences(editing) == []


def undo_all(editing: Editing) -> None:
    while editing.document.can_undo:
        editing.undo()


@pytest.mark.parametrize("steps", [300, pytest.param(10_000, marks=pytest.mark.full)])
def test_random_work_leaks_nothing(editing: Editing, steps: int) -> None:
    start = dump_workflow(editing.document.workflow)
    r = Random(steps)  # noqa: S311 - no secret
    work(editing, r, steps // 10, check=5)  # fills caches
    undo_all(editing)
    before = count()
    work(editing, r, steps, check=50)
    undo_all(editing)
    assert dump_workflow(editing.document.workflow) == start
    assert differences(editing) == []
    after = count()
    assert after["items"] == before["items"]
    assert after["QObjects"] == before["QObjects"]
    assert after["objects"] <= before["objects"] + 5 * LIMIT  # geometries and what is in them


@pytest.mark.full
def test_memory_stays_flat(editing: Editing) -> None:
    r = Random(5)  # noqa: S311 - no secret
    sizes = []
    tracemalloc.start()
    try:
        for _ in range(4):
            work(editing, r, 1_000, check=1_000)
            undo_all(editing)
            editing.document._history._commands.clear()
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert sizes[-1] - sizes[1] < 2_000_000, sizes


def test_a_closed_document_leaves_nothing(desk: Desk) -> None:
    def once() -> None:
        other = Editing(Document(load_workflow("two_loras"), desk.specs), desk)
        other.canvas.show()
        work(other, Random(1), 20, check=20)  # noqa: S311 - no secret
        other.close()

    once()
    before = count()
    for _ in range(3):
        once()
    assert count() == before


CHILD = """
import sys
from pathlib import Path
from random import Random

from PySide6.QtWidgets import QApplication

from nodeflow.document.files import dump_workflow, load_workflow
from nodeflow.folders import BUNDLED_MODELS, Folders
from ui.desk import Desk
from ui.document.document import Document
from ui.document.journal import Journal
from ui.editing.editing import Editing
from ui.editing.restless import Restless
from ui.theme import ThemeKeeper

folder = Path(sys.argv[1])
app = QApplication(["nodeflow"])
folders = Folders(*(folder / name for name in "abcde"), models=(BUNDLED_MODELS,))
desk = Desk(ThemeKeeper(app, dark=True), folders)
desk.load_specs()
journal = Journal(folder / "journal")
record, meant = journal.record, open(folder / "meant", "wb", buffering=0)


def watched(before, after, *rest):
    meant.write(dump_workflow(after).encode() + b"\\0")
    record(before, after, *rest)


journal.record = watched
document = Document(load_workflow("text_to_image"), desk.specs, journal=journal)
editing = Editing(document, desk)
worker = Restless(editing, Random(int(sys.argv[2])))
log = open(folder / "told", "wb", buffering=0)
editing.changed.connect(lambda change: log.write(dump_workflow(change.after).encode() + b"\\0"))
print("ready", flush=True)
while True:
    worker.step()
"""


@pytest.mark.parametrize("attempt", [0, 1, *(pytest.param(n, marks=pytest.mark.full) for n in range(2, 10))])
def test_killed_at_any_moment_what_was_told_is_recovered(tmp_path: Path, attempt: int) -> None:
    r = Random(attempt)  # noqa: S311 - no secret
    command = [sys.executable, "-c", CHILD, str(tmp_path), str(attempt)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(0.05 + r.random() * 0.6)
        child.kill()
    told = (tmp_path / "told").read_bytes().count(b"\0")
    meant = (tmp_path / "meant").read_bytes().split(b"\0")[:-1]
    assert told
    assert told <= len(meant) <= told + 1
    (found,) = recover(tmp_path / "journal")
    # The last one that was told, or the one that was under way.
    assert dump_workflow(found.workflow).encode() in meant[told - 1 :]
