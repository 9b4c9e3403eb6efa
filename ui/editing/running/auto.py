"""Running a document whenever it has changed, if its artist wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from nodeflow.document.model import Workflow
from ui.editing.part import Part
from ui.editing.running.work import work_of

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.running.ticket import Ticket

PAUSE = 700
"""Milliseconds after the last change before it runs: who drags a slider or types is not done yet."""
KEY = "run/auto"
"""The setting that holds the files of the documents that do so."""
MOST = 100


class Auto(Part):
    """Runs the document some time after each change that a run depends on.

    A newer change ends a run of its own, but never one that was asked for by hand: it waits for that. Seeds
    stay as they are, so that one sees what the change does, and a run never causes the next.

    Args:
        editing: The open document.
    """

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self._on = editing.document.path is not None and str(editing.document.path) in self._remembered()
        self._asked: Any = work_of(editing.document.workflow)
        self._own: Ticket | None = None
        self._soon = QTimer(editing, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self._run)
        editing.desk.engine.changed.connect(self.look)

    @property
    def on(self) -> bool:
        """Whether it does so."""
        return self._on

    def toggle(self) -> None:
        """Begin or stop to do so; remembered for a document that lies in a file."""
        self._on = not self._on
        path = self._editing.document.path
        if path is not None:
            others = [name for name in self._remembered() if name != str(path)]
            self._editing.desk.settings.setValue(KEY, [*others, str(path)][-MOST:] if self._on else others)
        if self._on:
            self._asked = None
            self._run()
        self._editing.runChanged.emit()

    def _remembered(self) -> list[str]:
        found = self._editing.desk.settings.value(KEY, [])
        return [found] if isinstance(found, str) else list(found or [])  # type: ignore[call-overload]  # strings

    def look(self) -> None:
        """Something may have changed."""
        if self._on:
            self._soon.start()

    def asked(self, workflow: Workflow) -> None:
        """A run of the whole document was asked for: only what changes from now on counts."""
        self._asked = work_of(workflow)

    def stop(self) -> None:
        """The document is closed."""
        self._soon.stop()
        self._engine.changed.disconnect(self.look)

    def _run(self) -> None:
        engine, running = self._engine, self._editing.running
        if not self._on or not engine.ready or work_of(self._workflow) == self._asked:
            return
        if engine.current is not None and engine.current is self._own and not self._own.cancelled:
            engine.cancel()  # what it makes is no longer wanted
        if engine.busy or engine.queue.waiting or engine.queue.paused or self._broken():
            return  # when that is over, or mended, this is asked again
        self._own = running.run_as_it_is()

    def _broken(self) -> bool:
        """Whether the document cannot run: that is said at its nodes already."""
        past = self._editing.running.failures.all()
        return any(fault not in past for fault in self._editing.faults.all)
