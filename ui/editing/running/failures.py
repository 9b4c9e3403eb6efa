"""What runs of a document fail at: what is known before, and what did in the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError, Problem
from nodeflow.execution.forecast import Forecast
from nodeflow.execution.frozen import lost
from ui.document.problems import Fault, placed
from ui.editing.part import Part
from ui.editing.running.work import node_of

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Failures(Part):
    """Keeps errors where they belong: at their inputs, until those say something else."""

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self._foreseen: tuple[Fault, ...] = ()
        self._past: list[tuple[Fault, object]] = []

    @property
    def happened(self) -> bool:
        """Whether anything failed in the last run."""
        return bool(self._past)

    def all(self) -> list[Fault]:
        """What will go wrong, and what did in the last run and has not been changed since."""
        past = [fault for fault, inputs in self._past if node_of(self._workflow, fault) == inputs]
        return list(dict.fromkeys((*self._foreseen, *past)))

    def foresee(self, told: Forecast | Exception) -> None:
        """Mark the nodes whose frozen results are lost; of missing files, the document tells itself."""
        nodes = () if isinstance(told, Exception) else told.nodes
        found = tuple(placed(Problem.of(lost(node.node))) for node in nodes if node.action == "fail")
        if found != self._foreseen:
            self._foreseen = found
            self._editing.faults.look()

    def note(self, workflow: Workflow, error: NodeflowError) -> None:
        """A node has failed.

        Args:
            workflow: What ran.
            error: Why, and where.
        """
        fault = placed(Problem.of(error))
        self._past.append((fault, node_of(workflow, fault)))
        self._editing.faults.look()
        self._editing.runFailed.emit(error)

    def clear(self) -> None:
        """Another run begins."""
        if self._past:
            self._past.clear()
            self._editing.faults.look()
