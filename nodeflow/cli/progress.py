"""Showing a run: bars for people, JSON lines for programs. Both read the same events."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

from nodeflow.cli.output import complain, print_json, say
from nodeflow.execution import events
from nodeflow.execution.events import Event

SHOW_ALL = 40
"""Above so many nodes only the running ones are shown."""


class View(Protocol):
    """Something that shows events."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, event: Event) -> None:
        """Show one event."""

    def paused(self) -> AbstractContextManager[object]:
        """Leave the terminal to somebody else meanwhile."""


class JsonView:
    """One JSON object a line on stdout; errors and warnings also on stderr, for people reading the log."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def show(self, event: Event) -> None:
        """Print the event."""
        print_json(event.to_json())
        complain_about(event)

    def paused(self) -> AbstractContextManager[object]:
        """Lines stand in nobody's way."""
        return nullcontext()


FAILED = "failed"
READING = "reading files"


class _Mark(SpinnerColumn):
    """A spinner while a node runs, then whether it went well."""

    def render(self, task: Task) -> RenderableType:
        return Text("✗", style="red") if task.fields["state"] == FAILED else super().render(task)


class BarView:
    """Saved files on stdout; on a terminal also a bar for each node that runs, with the time left."""

    def __init__(self) -> None:
        console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._progress = Progress(
            _Mark(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[state]}", markup=False),
            console=console,
            disable=not console.is_terminal,
            redirect_stdout=sys.stdout.isatty(),  # else file names would land in the middle of a bar
        )
        self._tasks: dict[str, TaskID] = {}
        self._many = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, event: Event) -> None:
        """Move the bars."""
        match event:
            case events.RunStarted(_, nodes):
                self._many = len(nodes) > SHOW_ALL
                self._progress.start()
            case events.FilesRead(done, total):
                self._read(done, total)
            case events.NodeCached(node, tier):
                self._tasks[node] = self._progress.add_task(node, total=None, state="")
                self._end(node, f"from {tier}", done=True)
            case events.NodeStarted(node, _):
                self._tasks[node] = self._progress.add_task(node, total=None, state="")
            case events.NodeResumed(node, step, steps):
                state = f"{step}/{steps}  resumed"
                self._progress.update(self._tasks[node], completed=step, total=steps, state=state)
            case events.NodeProgress(node, step, steps, seconds_left):
                left = "" if seconds_left is None else f"  {duration(seconds_left)} left"
                state = f"{step}/{steps}{left}"
                self._progress.update(self._tasks[node], completed=step, total=steps, state=state)
            case events.NodeFinished(node, seconds):
                self._end(node, duration(seconds), done=True)
            case events.NodeFailed(node, _):
                if node not in self._tasks:  # it was known to fail, and never began
                    self._tasks[node] = self._progress.add_task(node, total=None, state="")
                self._end(node, FAILED)
            case events.FileSaved(_, path):
                say(str(path))
            case events.RunFinished():
                for node in list(self._tasks):
                    self._end(node, "stopped")
        complain_about(event)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Draw no bars meanwhile: they would be drawn over what is typed."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()

    def _read(self, done: int, total: int) -> None:
        self._progress.start()
        if READING not in self._tasks:
            self._tasks[READING] = self._progress.add_task(READING, state="")
        state = f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
        self._progress.update(self._tasks[READING], completed=done, total=total, state=state)
        if done == total:
            self._end(READING, state, done=True)

    def _end(self, node: str, state: str, *, done: bool = False) -> None:
        task = self._tasks.pop(node)
        if self._many:
            self._progress.remove_task(task)
        elif done:
            self._progress.update(task, completed=1, total=1, state=state)
        else:
            self._progress.update(task, total=1, completed=0, state=state, visible=state == FAILED)
            self._progress.stop_task(task)


def complain_about(event: Event) -> None:
    """Tell errors and warnings on stderr."""
    match event:
        case events.NodeFailed(_, error):
            complain(error)
        case events.NodeWarned(node, message):
            complain(f"{node}: {message}", "warning")
        case events.NodeSkipped(node, because):
            complain(f"{node}: did not run, because {because} failed", "warning")


def duration(seconds: float) -> str:
    """A time as people read it: `0.4 s`, `12 s`, `3:05`, `1:02:03`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
