"""Runners whose worker uses the fake backend, each with folders of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from nodeflow import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.worker import WorkerRunner

MakeWorker = Callable[..., WorkerRunner]


@pytest.fixture
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Folders of the test's own, for the worker too."""
    for name in ("CONFIG", "MODELS", "OUTPUT"):
        monkeypatch.setenv(f"NODEFLOW_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return tmp_path


@pytest.fixture
def make_worker(own_folders: Path) -> Iterator[MakeWorker]:
    """Make runners that are closed at the end."""
    with ExitStack() as stack:

        def make(how: str = "make", **options: object) -> WorkerRunner:
            runner = WorkerRunner(f"worker_nodes:{how}", **options)  # type: ignore[arg-type]
            return stack.enter_context(closing(runner))

        yield make


@pytest.fixture
def picture() -> Workflow:
    return load_workflow("text_to_image")


@pytest.fixture
def worker(make_worker: MakeWorker) -> WorkerRunner:
    return make_worker()
