"""An open document: its workflow, changed by commands that can be undone, and who wants to know."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from nodeflow.document.files import load_workflow, save_workflow
from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError, UsageError
from nodeflow.node.spec import NodeSpec
from ui.document.history import Change, History
from ui.document.journal import Journal
from ui.document.patch import same

Listener = Callable[[Change], None]
Edit = Callable[[Workflow], Workflow]


class Document:
    """A workflow that is being edited. To be used from one thread.

    Args:
        workflow: What it begins with.
        registry_specs: The node types there are, by name.
        path: The file it lies in; None: the one that the workflow was read from, if any.
        journal: Where edits are written down until the document is saved; None: nowhere.
        clock: Seconds, for telling which commands follow each other quickly.
    """

    def __init__(
        self,
        workflow: Workflow,
        registry_specs: Mapping[str, NodeSpec],
        path: Path | None = None,
        *,
        journal: Journal | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.specs = registry_specs
        self.path = path or workflow.path
        self._workflow = workflow
        self._history = History()
        self._journal = journal
        self._clock = clock
        self._listeners: list[Listener] = []
        self._untold: deque[Change] = deque()
        self._saved: tuple[int, int] | None = None
        self._at_save = workflow

    @classmethod
    def open(
        cls, path: Path, registry_specs: Mapping[str, NodeSpec], *, journal: Journal | None = None
    ) -> Document:
        """Read a document from a file.

        Raises:
            MissingFile: If it cannot be read.
            InvalidWorkflow: If it is no workflow.
        """
        stamp = _stamp(path)  # before it is read: what is written meanwhile shows as a change
        document = cls(load_workflow(path), registry_specs, path.resolve(), journal=journal)
        document._saved = stamp
        return document

    @property
    def workflow(self) -> Workflow:
        """The workflow as it is now."""
        return self._workflow

    @property
    def title(self) -> str:
        """What a tab shows: the file's name, else the workflow's."""
        return self.path.stem if self.path else (self._workflow.name or "untitled")

    @property
    def modified(self) -> bool:
        """Whether the workflow differs from the saved one."""
        return not self._history.is_clean

    @property
    def changed_outside(self) -> bool:
        """Whether the file holds another workflow than was read from it or last saved to it."""
        now = _stamp(self.path) if self.path and self._saved else None
        if now is None or self.path is None or now == self._saved:
            return False
        try:
            return load_workflow(self.path) != self._at_save
        except NodeflowError:
            return True

    @property
    def can_undo(self) -> bool:
        """Whether anything can be undone."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether anything can be done again."""
        return self._history.can_redo

    @property
    def undo_label(self) -> str:
        """What undo would take back; empty if nothing."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str:
        """What redo would do again; empty if nothing."""
        return self._history.redo_label

    def apply(
        self, label: str, edit: Edit, merge: str | None = None, scope: tuple[str, ...] = ()
    ) -> Change | None:
        """Do one command.

        Args:
            label: What is done, as menus say it: "Move nodes".
            edit: Makes the new workflow of the present one.
            merge: Commands with the same text that follow each other within a second become one.
            scope: Where it is done, so that undo can show the place.

        Returns:
            What changed; None if nothing did.

        Raises:
            EditRefused: If the edit cannot be made; nothing has changed then.
        """
        before = self._workflow
        after = edit(before)
        if same(before, after):
            return None
        change = Change(before, after, label, tuple(scope))
        self._history.push(change, merge, self._clock())
        self._become(change)
        return change

    def undo(self) -> Change | None:
        """Take the last command back; None if there is none."""
        return self._step(self._history.back(self._workflow))

    def redo(self) -> Change | None:
        """Do the last command that was taken back again; None if there is none."""
        return self._step(self._history.forward(self._workflow))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each change, in order; returns what ends it."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def save(self, path: Path | None = None) -> None:
        """Write the workflow to its file, or to another one, which is its file from then on.

        Raises:
            UsageError: If it has no file yet and none is given.
            MissingFile: If it cannot be written; the older file is untouched.
        """
        target = path or self.path
        if target is None:
            raise UsageError("the workflow has no file yet", advice="Choose where to save it")
        save_workflow(self._workflow, target)
        self.path = target.resolve()
        self._workflow = self._workflow.at(self.path)
        self._saved, self._at_save = _stamp(self.path), self._workflow
        self.mark_saved()

    def mark_saved(self) -> None:
        """Count as saved: whoever opened it has taken the workflow."""
        self._history.mark_clean()
        if self._journal is not None:
            self._journal.clear()

    @property
    def fault(self) -> str | None:
        """Why edits are not kept safe in the journal at the moment; None if they are."""
        return self._journal.fault if self._journal else None

    def mark_unsaved(self) -> None:
        """Count as modified whatever is undone: the workflow was recovered, or made from a template."""
        self._history.mark_unsaved()
        self._write_down(self._workflow, self._workflow)

    def close(self) -> None:
        """End the document; what is not saved is given up."""
        self._listeners.clear()
        if self._journal is not None:
            self._journal.close()

    def _step(self, change: Change | None) -> Change | None:
        if change is not None:
            self._become(change)
        return change

    def _become(self, change: Change) -> None:
        self._workflow = change.after
        self._write_down(change.before, change.after)
        self._untold.append(change)
        if len(self._untold) > 1:
            return  # a listener edits: the others hear of both changes in order
        try:
            while self._untold:
                for listener in tuple(self._listeners):
                    listener(self._untold[0])
                self._untold.popleft()
        finally:
            self._untold.clear()

    def _write_down(self, before: Workflow, after: Workflow) -> None:
        if self._journal is not None:
            self._journal.record(before, after, self.path, self.title)


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
