"""`nodeflow run`: run a workflow, show its progress, stop politely when asked to."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from nodeflow.cli.choosing import ask, can_ask
from nodeflow.cli.each import read_each
from nodeflow.cli.output import complain, report
from nodeflow.cli.plan import show_plan
from nodeflow.cli.progress import BarView, JsonView, View
from nodeflow.cli.registry import installed_registry
from nodeflow.cli.settings import apply_settings
from nodeflow.document.edit import with_next_seeds
from nodeflow.document.embedded import PICTURE_SUFFIX
from nodeflow.document.files import load_workflow
from nodeflow.errors import ExitCode, NodeflowError
from nodeflow.execution.events import ChoiceWanted, Event
from nodeflow.execution.run import Run
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.hardware import Wishes
from nodeflow.pictures.delivery import check_output


def run_workflow(
    name: str,
    *,
    settings: Sequence[str] = (),
    seed: int | None = None,
    output: Path | None = None,
    targets: tuple[str, ...] = (),
    repeat: int = 1,
    each: str | None = None,
    as_json: bool = False,
    cached: bool = True,
    dry: bool = False,
    wishes: Wishes | None = None,
) -> ExitCode:
    """Run a workflow `repeat` times, over a list if there is one, or only say what would run first.

    Returns:
        The exit code of the last run; one that fails is the last.
    """
    runner = ThreadRunner.standard(installed_registry(), cached=cached)
    try:
        if output is not None:
            check_output(output)
        applied = apply_settings(load_workflow(name), settings, seed, runner.registry)
        workflow, varied = applied.workflow, read_each(each, applied, runner.registry)
        for turn, vary in enumerate(varied.edits * repeat):
            workflow = with_next_seeds(workflow, first=turn == 0)
            place = _numbered(output, turn)
            asks = can_ask() and not as_json
            job = Job(vary(workflow), targets, place, varied.allowed, wishes or Wishes(), interactive=asks)
            if dry:
                return show_plan(runner.plan(job), as_json=as_json, history=runner.history(job.workflow))
            code = _run_once(runner, job, JsonView() if as_json else BarView())
            if code is not ExitCode.DONE:
                return code
    except NodeflowError as error:
        return report(error, as_json=as_json)
    finally:
        runner.close()
    return ExitCode.DONE


def _numbered(output: Path | None, turn: int) -> Path | None:
    """Later turns write beside the first one's file, never over it."""
    if output is None or output.suffix.lower() != PICTURE_SUFFIX or turn == 0:
        return output
    return output.with_stem(f"{output.stem}_run{turn + 1}")


def _run_once(runner: ThreadRunner, job: Job, view: View) -> ExitCode:
    run = runner.start(job)
    with view, _cancel_on_signals(run):
        result = run.watch(partial(_show, run, view))
    if result.exit_code is ExitCode.DONE and not result.files:
        complain("nothing was saved: no SaveImage node ran", "warning")
    if result.exit_code is ExitCode.CANCELLED:
        count = len(result.files)
        complain(f"cancelled; {count} {'file was' if count == 1 else 'files were'} saved", "warning")
    return result.exit_code


def _show(run: Run, view: View, event: Event) -> None:
    view.show(event)
    if isinstance(event, ChoiceWanted):
        with view.paused():
            ask(run, event)


@contextmanager
def _cancel_on_signals(run: Run) -> Iterator[None]:
    """Ctrl-C and a polite kill stop the run within a step; a second one ends the program at once."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        if run.cancelled:
            if sys.stderr.isatty():
                os.write(sys.stderr.fileno(), b"\x1b[?25h\n")  # the bars hide the cursor
            os._exit(ExitCode.CANCELLED)
        run.cancel()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
