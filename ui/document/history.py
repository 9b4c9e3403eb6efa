"""What undo goes back through: for each command what it changed, and which state is the saved one."""

from __future__ import annotations

from dataclasses import dataclass, field

from nodeflow.document.model import Workflow
from ui.document.patch import Patch, patch, patched

MERGE_SECONDS = 1.0
"""Commands of one gesture, such as a slider's drag, follow each other more quickly than this."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step from a workflow to another: a command, or a command undone or redone.

    Attributes:
        before: The workflow as it was.
        after: The workflow as it is now.
        label: What was done, as menus say it.
        scope: Where: the names of the subgraph nodes around it, the outermost first.
    """

    before: Workflow
    after: Workflow
    label: str
    scope: tuple[str, ...] = ()


@dataclass(slots=True)
class _Command:
    label: str
    scope: tuple[str, ...]
    back: Patch
    forth: Patch
    merge: str | None
    time: float


@dataclass
class History:
    """Commands done and undone; which of its states is the saved one."""

    _commands: list[_Command] = field(default_factory=list)
    _position: int = 0
    _clean: int | None = 0

    def push(self, change: Change, merge: str | None, now: float) -> None:
        """Add a command, or merge it into the last one; what was undone can no longer be redone."""
        if self._clean is not None and self._clean > self._position:
            self._clean = None
        del self._commands[self._position :]
        before, after, label = change.before, change.after, change.label
        last = self._commands[-1] if self._commands else None
        if last is not None and merge is not None and self._merges(last, merge, change, now):
            before, label = patched(before, last.back), last.label
            self._commands.pop()
        back, forth = patch(after, before), patch(before, after)
        self._commands.append(_Command(label, change.scope, back, forth, merge, now))
        self._position = len(self._commands)

    def _merges(self, last: _Command, merge: str, change: Change, now: float) -> bool:
        same = last.merge == merge and last.scope == change.scope
        return same and now - last.time <= MERGE_SECONDS and self._clean != self._position

    def back(self, workflow: Workflow) -> Change | None:
        """Step back from the present workflow; None if nothing is left."""
        if self._position == 0:
            return None
        self._position -= 1
        command = self._commands[self._position]
        command.merge = None  # what follows an undo is a command of its own
        return Change(workflow, patched(workflow, command.back), command.label, command.scope)

    def forward(self, workflow: Workflow) -> Change | None:
        """Step forward again from the present workflow; None if nothing is left."""
        if self._position == len(self._commands):
            return None
        self._position += 1
        command = self._commands[self._position - 1]
        command.merge = None
        return Change(workflow, patched(workflow, command.forth), command.label, command.scope)

    @property
    def undo_label(self) -> str:
        """What `back` would undo; empty if nothing."""
        return self._commands[self._position - 1].label if self._position else ""

    @property
    def redo_label(self) -> str:
        """What `forward` would do again; empty if nothing."""
        return self._commands[self._position].label if self.can_redo else ""

    @property
    def can_undo(self) -> bool:
        """Whether anything can be undone."""
        return self._position > 0

    @property
    def can_redo(self) -> bool:
        """Whether anything can be done again."""
        return self._position < len(self._commands)

    def mark_clean(self) -> None:
        """The present state is the saved one."""
        self._clean = self._position

    def mark_unsaved(self) -> None:
        """None of the states is the saved one."""
        self._clean = None

    @property
    def is_clean(self) -> bool:
        """Whether the present state is the saved one."""
        return self._clean == self._position
