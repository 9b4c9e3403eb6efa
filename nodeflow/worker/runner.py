"""Runs jobs in a worker process. Imports neither torch nor nodes: those live, and may die, over there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from nodeflow.errors import NodeflowError, WorkerDied
from nodeflow.execution.forecast import Forecast
from nodeflow.execution.job import Job
from nodeflow.execution.look import Look
from nodeflow.folders import Folders
from nodeflow.node.registry import NodeTypes
from nodeflow.worker.link import Link
from nodeflow.worker.messages import pack_folders, unpack_forecast, unpack_look
from nodeflow.worker.node_types import unpack_node_types
from nodeflow.worker.results import Answer, then
from nodeflow.worker.run import WorkerRun

STANDARD = "nodeflow.execution.runner:ThreadRunner.standard"

T = TypeVar("T")


class WorkerRunner:
    """A `Runner` whose jobs run in a process of their own, which is started when first needed.

    Whatever ends that process ends its runs, each with one `RunFailed`; the next job or question starts
    another. No method waits but `close`. Futures are done on the reading thread.

    Args:
        make: `module:function` that makes the worker's `ThreadRunner`.
        patience: Seconds that a cancelled run gets to stop before its process is ended and begun anew.
        on_death: Called on the reading thread when the process ended and nobody had ended it.
    """

    def __init__(
        self,
        make: str = STANDARD,
        *,
        patience: float = 8.0,
        on_death: Callable[[WorkerDied], object] | None = None,
    ) -> None:
        self._make = make
        self._patience = patience
        self._on_death = on_death
        self._link: Link | None = None
        self._ending: list[Link] = []
        self._heard: tuple[Link | None, int] = (None, 0)
        self._newest: Future[Forecast] | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The worker's process id, while there is one."""
        link = self._link
        return link.pid if link is not None else None

    def said(self) -> str:
        """Whole lines that the worker has written to its error stream since this was asked last."""
        link = self._link
        if link is None:
            return ""
        if link is not self._heard[0]:
            self._heard = (link, 0)
        start = self._heard[1]
        words, _, _ = link.words(start).rpartition(b"\n")
        self._heard = (link, start + len(words) + bool(words))
        return words.decode(errors="replace")

    def start(self, job: Job) -> WorkerRun:
        """Begin a job. The run ends with an error if the workflow is invalid or no worker can be started."""
        try:
            return self._linked().start(job)
        except NodeflowError as error:
            run = WorkerRun(lambda: None)
            run.lose(error)
            return run

    def forecast(self, job: Job) -> Future[Forecast]:
        """Say what a job will do. A newer question cancels the future of the one before."""
        newer = self._ask("forecast", lambda answer: unpack_forecast(answer[0]), {}, job)
        before, self._newest = self._newest, newer
        if before is not None:
            before.cancel()
        return newer

    def look(self, job: Job, output: str, side: int = 0) -> Future[Look | None]:
        """Show what a wire carries, if it is at hand; else None: run the job up to its node.

        Args:
            job: The workflow.
            output: The wire's beginning: `node.output`.
            side: Longest side of its pictures in pixels; 0: none are made.
        """

        def look(answer: Answer) -> Look | None:
            return unpack_look(*answer) if answer[0] is not None else None

        return self._ask("look", look, {"output": output, "side": side}, job)

    def freeze(self, job: Job, nodes: Sequence[str]) -> Future[Mapping[str, str]]:
        """Keep the results of nodes for good, as far as they lie on disk; gives the keys of those that do."""
        return self._ask("freeze", lambda answer: dict(answer[0]), {"nodes": list(nodes)}, job)

    def node_types(self, *, anew: bool = False) -> Future[NodeTypes]:
        """Say which node types there are, without importing the packages they come from.

        Args:
            anew: Whether to look for packages that were installed or changed meanwhile, in a fresh process
                unless a run needs this one.
        """
        if anew:
            self._renew()
        return self._ask("node_types", lambda answer: unpack_node_types(answer[0]), {"anew": anew})

    def _renew(self) -> None:
        """Let the next question find a fresh process, unless something runs in this one."""
        with self._lock:
            link = self._link
            if link is None or link.busy:
                return
            self._link = None
            self._ending.append(link)
        threading.Thread(target=link.end, name="nodeflow-worker-end", daemon=True).start()

    def follow(self, folders: Folders) -> Future[None]:
        """Use these folders, and read the user's settings in them anew, from the next job on."""
        return self._ask("follow", lambda _: None, {"folders": pack_folders(folders)})

    def doctor(self) -> Future[dict[str, Any]]:
        """Say what the machine can do and how it would run SDXL."""
        return self._ask("doctor", lambda answer: dict(answer[0]), {})

    def warm_up(self) -> Future[None]:
        """Start the worker, if there is none, and import the backend's libraries there."""
        return self._ask("warm_up", lambda _: None, {})

    def close(self) -> None:
        """End the worker and with it all its runs, as cancelled. A later job starts another."""
        with self._lock:
            links = [*self._ending, *([self._link] if self._link is not None else [])]
            self._link = None
            self._ending = links
        for link in links:
            link.end()

    def _linked(self) -> Link:
        with self._lock:
            if self._link is None:
                self._link = Link(
                    self._make, self._patience, on_impatient=self._replace, on_over=self._forget
                )
            return self._link

    def _ask(
        self, do: str, read: Callable[[Answer], T], content: dict[str, Any], job: Job | None = None
    ) -> Future[T]:
        try:
            return then(self._linked().ask(do, content, job), read)
        except NodeflowError as error:
            failed: Future[T] = Future()
            failed.set_exception(error)
            return failed

    def _replace(self, link: Link) -> None:
        """Begin a fresh worker while one is ended that does not stop."""
        with self._lock:
            if self._link is not link:
                return
            self._link = None
            self._ending.append(link)
        with suppress(NodeflowError):
            self._linked()

    def _forget(self, link: Link, died: WorkerDied) -> None:
        with self._lock:
            unexpected = self._link is link
            if unexpected:
                self._link = None
            elif link in self._ending:
                self._ending.remove(link)
        if unexpected and self._on_death is not None:
            self._on_death(died)
