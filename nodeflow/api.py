"""The Python interface in two functions: `load_workflow` and `run`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from nodeflow.document.edit import with_input, with_next_seeds
from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.execution.events import Event
from nodeflow.execution.run import RunResult
from nodeflow.execution.runner import Job, Runner, ThreadRunner

__all__ = ["load_workflow", "run"]


def run(
    workflow: Workflow | str | os.PathLike[str],
    inputs: Mapping[str, Any] | None = None,
    *,
    targets: Iterable[str] = (),
    output: str | os.PathLike[str] | None = None,
    on_event: Callable[[Event], None] | None = None,
    runner: Runner | None = None,
    check: bool = True,
) -> RunResult:
    """Run a workflow to its end.

    Args:
        workflow: A workflow, a file, or the name of one that comes with the program.
        inputs: Values to set before, by `node.input`. A path names a file, and lets the workflow read
            its folder.
        targets: Names of the nodes wanted; none: all that save or show a picture.
        output: A folder for the pictures, or a file name for one; None: the user's pictures folder.
        on_event: Called with every event, on this thread.
        runner: Keeps models in memory over several runs; None: a new one, with the user's cache.
        check: Raise the first error instead of returning a result that holds it.

    Returns:
        The results of the wanted nodes by `node.output` (from a worker process, handles), and the files
        written.

    Raises:
        NodeflowError: If the workflow is invalid or, with `check`, if a node fails.
    """
    document = workflow if isinstance(workflow, Workflow) else load_workflow(workflow)
    allowed: list[Path] = []
    for path, value in (inputs or {}).items():
        if isinstance(value, os.PathLike):
            file = Path(value).resolve()
            allowed.append(file.parent)
            value = str(file)  # noqa: PLW2901 - the same file, as a workflow names it
        document = with_input(document, path, value, final=True)
    place = Path(output) if output is not None else None
    job = Job(with_next_seeds(document), tuple(targets), place, tuple(allowed))
    chosen: Runner
    with nullcontext(runner) if runner else closing(ThreadRunner.standard()) as chosen:
        result = chosen.start(job).watch(on_event)
    if check and result.errors:
        raise result.errors[0]
    return result
