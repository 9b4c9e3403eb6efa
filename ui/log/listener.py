"""Writes the log: listens to runs and to the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from nodeflow.execution import events
from nodeflow.execution.events import Event, Outcome
from ui.canvas.paint_header import duration
from ui.log.log import Level, Log
from ui.words import span

if TYPE_CHECKING:
    from nodeflow.errors import NodeflowError
    from ui.running.engine import Engine
    from ui.running.ticket import Ticket

PAUSE = 1_000
"""Milliseconds from one look at what the worker says to the next, while it works."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Log", text)


class Listener(QObject):
    """Notes what runs tell.

    Args:
        engine: Runs them.
        log: Where it is noted.
    """

    def __init__(self, engine: Engine, log: Log) -> None:
        super().__init__(log)
        self._engine, self._log = engine, log
        self._soon = QTimer(self, interval=PAUSE)
        self._soon.timeout.connect(self.hear_worker)
        engine.told.connect(self.take)
        engine.changed.connect(self._follow)

    def _follow(self) -> None:
        """Listen to the worker while it works, and once more when it is done."""
        if self._engine.busy and not self._soon.isActive():
            self._soon.start()
        elif not self._engine.busy and self._soon.isActive():
            self._soon.stop()
            self.hear_worker()

    def hear_worker(self) -> None:
        """Note what the worker has said since the last time."""
        self._log.add(Level.DETAIL, self._engine.said(), title=_tr("worker"))

    def take(self, ticket: Ticket, event: Event) -> None:
        """Note an event of a run."""
        title, add = ticket.job.workflow.title, self._log.add
        match event:
            case events.RunStarted(_, nodes):
                add(Level.INFO, _tr("begins; {0} nodes will run").format(len(nodes)), title=title)
            case events.NodeResumed(node, step, steps):
                text = _tr("goes on at step {0} of {1}")
                add(Level.INFO, text.format(step, steps), title=title, node=node)
            case events.NodeWarned(node, message):
                add(Level.WARNING, message, title=title, node=node)
            case events.NodeFinished(node, seconds):
                add(Level.DETAIL, _tr("done in {0}").format(duration(seconds)), title=title, node=node)
            case events.NodeSkipped(node, because):
                text = _tr("left out, as {0} failed")
                add(Level.WARNING, text.format(because), title=title, node=node)
            case events.FileSaved(node, path):
                add(Level.INFO, _tr("saved {0}").format(path), title=title, node=node)
            case events.NodeFailed(node, error):
                self._fail(error.at(node), title)
            case events.RunFailed(error):
                self._fail(error, title)
            case events.RunFinished(outcome, seconds):
                add(*_ending(outcome, seconds), title=title)

    def _fail(self, error: NodeflowError, title: str) -> None:
        text = error.without_place
        self._log.add(Level.ERROR, text, title=title, node=error.node or "", input=error.input or "")
        for note in getattr(error, "__notes__", ()):  # what a worker said last, or where an error came from
            self._log.add(Level.DETAIL, note, title=title, node=error.node or "")


def _ending(outcome: Outcome, seconds: float) -> tuple[Level, str]:
    match outcome:
        case Outcome.DONE:
            return Level.INFO, _tr("done in {0}").format(span(seconds))
        case Outcome.CANCELLED:
            return Level.INFO, _tr("cancelled after {0}").format(span(seconds))
        case _:
            return Level.ERROR, _tr("failed after {0}").format(span(seconds))
