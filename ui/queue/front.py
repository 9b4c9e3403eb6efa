"""Joins the queue with the window: what was left from last time, editing a job, what its panel asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError
from ui.document.errand import Errand
from ui.pictures.thumbnails import Thumbnails
from ui.queue.batches import FILES, PROMPTS, SEEDS, Changes, Place, places
from ui.queue.dialogs import Asked, PicturesDialog, PromptsDialog, RepeatDialog
from ui.queue.entry import Entry
from ui.queue.panel import QueuePanel
from ui.queue.queue import ATTEMPTS

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.window.main_window import MainWindow

PANEL = "queue"


class QueueFront(QObject):
    """What the window shows of the queue.

    Args:
        window: The window.

    Attributes:
        panel: The panel.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._engine = window, window.desk.engine
        self._thumbnails = Thumbnails(window.desk.folders.cache, self)
        self.panel = cast(QueuePanel, window.docks.panel(PANEL))
        self.panel.show_engine(self._engine, self._thumbnails)
        self.panel.picturesWanted.connect(lambda entry: window.desk.pictureWanted.emit(entry.files[0]))
        self.panel.editWanted.connect(self.edit)
        self.panel.workflowWanted.connect(self._open_workflow)
        self._engine.found.connect(self._tell_of_last_time)

    def _tell_of_last_time(self, left: list[Entry]) -> None:
        """Say what goes on from last time; ask, if the queue was paused."""
        queue, count = self._engine.queue, len(left)
        show = (self.tr("Show the queue"), self.show)
        if not queue.paused:
            one, many = self.tr("One job of last time goes on."), self.tr("{0} jobs of last time go on.")
            self._window.tell(
                (one if count == 1 else many).format(count), (self.tr("Pause"), self._pause), show
            )
            return
        go_on = (self.tr("Go on"), self._go_on)
        if left[0].attempts >= ATTEMPTS:
            text = self.tr(
                "“{0}” was running each time when nodeflow ended, so the queue is paused. "
                "Edit or cancel it, or let the queue go on."
            )
            self._window.tell(text.format(left[0].title), go_on, show)
        else:
            one = self.tr("One job waits from last time. The queue is paused.")
            many = self.tr("{0} jobs wait from last time. The queue is paused.")
            self._window.tell((one if count == 1 else many).format(count), go_on, show)

    def _pause(self) -> None:
        self._engine.change(lambda queue: queue.set_paused(True))

    def _go_on(self) -> None:
        self._engine.change(lambda queue: queue.set_paused(False))

    def show(self) -> None:
        """Show the panel."""
        self._window.docks.show(PANEL)

    def edit(self, entry: Entry) -> None:
        """Open a waiting job as a document; it does not run meanwhile, and saving puts it back."""
        window, queue = self._window, self._engine.queue
        if entry.id in queue.held:
            window.documents.bring_errand(entry.id)
            return
        try:
            job = entry.job()
        except NodeflowError as error:
            window.tell(error)
            return

        def save(workflow: Workflow) -> bool:
            path = job.workflow.path
            changed = replace(job, workflow=workflow.at(path) if path else workflow)
            return self._engine.edit(entry.id, changed)

        def end() -> None:
            self._engine.change(lambda queue: queue.held.discard(entry.id))

        self._engine.change(lambda queue: queue.held.add(entry.id))
        title = self.tr("Queued: {0}").format(entry.title)
        window.documents.edit(job.workflow, Errand(entry.id, title, save, end))
        window.say(self.tr("Saving puts it back into the queue; until you close it, it waits"))

    def repeat(self, editing: Editing) -> None:
        """Ask how often to run a document with new seeds."""
        self._open(RepeatDialog(self._places(editing, SEEDS), self._asker(editing), self._window))

    def run_over_prompts(self, editing: Editing) -> None:
        """Ask for a list of prompts."""
        found, seeds = self._places(editing, PROMPTS), self._places(editing, SEEDS)
        if found:
            self._open(PromptsDialog(found, seeds, self._asker(editing), self._window))
        else:
            self._window.say(self.tr("This workflow has no prompt that could change"))

    def run_over_pictures(self, editing: Editing) -> None:
        """Ask for a folder of pictures."""
        found, seeds = self._places(editing, FILES), self._places(editing, SEEDS)
        if found:
            self._open(PicturesDialog(found, seeds, self._asker(editing), self._window))
        else:
            self._window.say(self.tr("This workflow loads no picture: add a Load Image node first"))

    def _places(self, editing: Editing, kinds: Sequence[type]) -> list[Place]:
        editing.canvas.editor.commit()  # what is being typed is part of the document
        return places(editing.document.workflow, self._window.desk.specs, kinds)

    def _asker(self, editing: Editing) -> Asked:
        def ask(jobs: list[Changes], folders: tuple[Path, ...]) -> None:
            editing.running.run_batch(jobs, folders)
            self.show()

        return ask

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open_workflow(self, entry: Entry) -> None:
        """Open a copy of what was run."""
        try:
            self._window.documents.new(entry.job().workflow)
        except NodeflowError as error:
            self._window.tell(error)

    def end(self) -> None:
        """Stop whatever is under way."""
        self._thumbnails.end()
