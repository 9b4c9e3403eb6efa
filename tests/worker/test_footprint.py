"""What the owner of a worker carries: no heavy library, nothing that adds up over many runs."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from nodeflow.document.edit import with_input
from nodeflow.document.model import Workflow
from nodeflow.execution.events import Outcome
from nodeflow.execution.runner import Job
from nodeflow.worker import WorkerRunner

HEAVY = {
    "torch",
    "diffusers",
    "transformers",
    "numpy",
    "PIL",
    "networkx",
    "safetensors",
    "nodes",
    "worker_nodes",
}
PATIENCE = 60

PROGRAM = """
import sys
from nodeflow import load_workflow
from nodeflow.execution.events import NodeProgress
from nodeflow.execution.runner import Job
from nodeflow.worker import WorkerRunner
runner = WorkerRunner("worker_nodes:make")
job = Job(load_workflow("text_to_image"))
runner.forecast(job).result()
run = runner.start(job)
previews = [event.preview.pictures for event in run if isinstance(event, NodeProgress) and event.preview]
look = runner.look(job, "decode.image", 64).result()
assert previews and look.pictures and run.wait().files
(handle, *_) = run.wait().values()
assert handle.look(64).pictures
runner.close()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_owner_imports_nothing_heavy_and_no_nodes(own_folders: Path) -> None:
    paths = os.pathsep.join((str(Path(__file__).parent), str(Path.cwd())))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.stderr == ""
    imported = set(done.stdout.split())
    assert "nodeflow" in imported
    assert not imported & HEAVY


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="no priorities here")
def test_the_window_comes_first_where_processors_are_short(worker: WorkerRunner) -> None:
    worker.warm_up().result(PATIENCE)
    assert worker.pid is not None
    own, other = (os.getpriority(os.PRIO_PROCESS, pid) for pid in (0, worker.pid))
    assert other > own or own == 19


def _open_files(pid: int | str) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - only their number


def _resident(pid: int | str) -> int:
    """Megabytes of memory in use."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def _threads(pid: int | str) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))  # noqa: PTH208 - as above


def _stay_flat(worker: WorkerRunner, picture: Workflow, runs: int) -> None:
    def use() -> dict[str, int]:
        gc.collect()
        pid = worker.pid
        assert pid is not None
        temporary = len(list(Path(tempfile.gettempdir()).glob("nodeflow*")))
        return {
            "files": _open_files("self"),
            "worker's files": _open_files(pid),
            "threads": threading.active_count(),
            "worker's threads": _threads(pid),
            "temporary files": temporary,
            "megabytes": _resident("self"),
            "worker's megabytes": _resident(pid),
        }

    def turn(seed: int) -> None:
        job = Job(with_input(picture, "sampler.seed", seed))
        worker.forecast(job)
        result = worker.start(job).wait(PATIENCE)
        assert result.outcome is Outcome.DONE
        for handle in result.values():
            assert handle.look(64).pictures

    for seed in range(10):
        turn(seed)
    before = use()
    for seed in range(10, 10 + runs):
        turn(seed)
    after = use()
    grown = {name: after[name] - before[name] for name in before}
    assert max(grown["files"], grown["worker's files"], grown["temporary files"]) <= 0, grown
    assert max(grown["threads"], grown["worker's threads"]) <= 1, grown
    assert grown["megabytes"] <= 8, grown
    assert grown["worker's megabytes"] <= 20 + runs // 5, grown  # pictures that the cache keeps in memory


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="counts by what Linux says of processes"
)


@needs_proc
def test_ten_runs_leave_nothing_behind(worker: WorkerRunner, picture: Workflow) -> None:
    _stay_flat(worker, picture, 10)


@needs_proc
@pytest.mark.full
def test_two_hundred_runs_leave_nothing_behind(worker: WorkerRunner, picture: Workflow) -> None:
    _stay_flat(worker, picture, 200)


@needs_proc
def test_workers_that_died_leave_nothing_behind(
    make_worker: Callable[..., WorkerRunner], make_workflow: Callable[..., Workflow]
) -> None:
    worker = make_worker()
    job = Job(make_workflow({"bad": ("Die", {"value": 1, "how": "SIGKILL"})}))
    worker.start(job).wait(PATIENCE)
    before = _open_files("self"), threading.active_count()
    for _ in range(3):
        worker.start(job).wait(PATIENCE)
    assert (_open_files("self"), threading.active_count()) <= before
