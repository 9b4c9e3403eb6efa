"""Before a run: asks what it would do, a moment after whatever counts for that has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from nodeflow.execution.forecast import Forecast
from nodeflow.execution.job import Job
from nodeflow.node.spec import NodeKind
from ui.document.problems import flat_graph
from ui.editing.part import Part
from ui.editing.running.work import work_of

if TYPE_CHECKING:
    from ui.editing.editing import Editing

PAUSE = 250
"""Milliseconds after the last change before it is asked."""


class Foresight(Part):
    """Keeps asking as long as nothing of the document runs or waits.

    Args:
        editing: The document.
        job: Gives the job that would run; None: one runs or waits already.
        hear: Hears what it would do, or why that cannot be said.
    """

    def __init__(
        self,
        editing: Editing,
        job: Callable[[], Job | None],
        hear: Callable[[Forecast | Exception], None],
    ) -> None:
        super().__init__(editing)
        self._job, self._hear = job, hear
        self._known: Any = None
        self._soon = QTimer(editing, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self._ask)
        self._engine.begun.connect(self._soon.start)
        self._engine.changed.connect(self._soon.start)
        editing.desk.filesChanged.connect(self.look_again)
        self.look_again()

    def stop(self) -> None:
        """The document is closed."""
        self._soon.stop()
        self._engine.begun.disconnect(self._soon.start)
        self._engine.changed.disconnect(self._soon.start)
        self._editing.desk.filesChanged.disconnect(self.look_again)
        self._engine.forecasts.forget(self)

    def look(self) -> None:
        """Ask soon, if anything that counts has changed since."""
        self._soon.start()

    def look_again(self) -> None:
        """Ask soon: files or results are other ones now."""
        self._known = None
        self._soon.start()

    def skip(self, work: object) -> None:
        """Ask soon, unless the document is still this work: what came of it is shown."""
        self._known = work
        self._soon.start()

    def _ask(self) -> None:
        job = self._job() if self._engine.ready else None
        now = work_of(self._workflow)
        if job is not None and now != self._known:
            self._known = now
            self._engine.forecasts.ask(self, job, self._hear)

    def needed(self, told: Forecast) -> dict[str, NodeKind]:
        """The nodes that all sinks depend on."""
        nodes = flat_graph(self._workflow, self._editing.desk.specs).nodes
        names = (*(node.node for node in told.nodes), *told.beside)
        return {name: nodes[name].node.spec.kind for name in names if name in nodes}

    @staticmethod
    def at_hand(told: Forecast, needed: Mapping[str, NodeKind]) -> list[str]:
        """The nodes that a run does without, since what they lead to is at hand. Light ones take no time."""
        listed = {node.node for node in told.nodes} | told.lacking
        return [name for name, kind in needed.items() if name not in listed and kind is not NodeKind.LIGHT]
