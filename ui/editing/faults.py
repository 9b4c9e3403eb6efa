"""What is wrong with the document: looked for soon after each change, shown on the nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from nodeflow.document.scope import Scope
from nodeflow.errors import Problem
from ui.document.problems import Fault, at_nodes, problems
from ui.editing.part import Part

if TYPE_CHECKING:
    from ui.editing.editing import Editing

PAUSE = 120
"""Milliseconds after the last change before problems are looked for: a slider's drag must not wait."""


class Faults(Part):
    """Keeps the problems of a document.

    Attributes:
        all: Every problem, placed.
    """

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self.all: tuple[Fault, ...] = ()
        self._soon = QTimer(editing, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self.look)

    def look_soon(self) -> None:
        """Look for problems when nothing has changed for a moment."""
        self._soon.start()

    def stop(self) -> None:
        """Look no more."""
        self._soon.stop()

    def look(self) -> None:
        """Look for problems now."""
        self._soon.stop()
        desk = self._editing.desk
        files = desk.finder(self._editing.document.path)
        found = problems(self._workflow, desk.specs, files) if desk.specs else ()
        found += tuple(fault for fault in self._editing.running.failures.all() if fault not in found)
        if found != self.all:
            self.all = found
            self.mark()
            self._editing.problemsChanged.emit()

    def here(self) -> Mapping[str, list[Problem]]:
        """The problems of the graph that is shown, by node."""
        return at_nodes(self.all, self._scope)

    def mark(self) -> None:
        """Show the problems on the nodes."""
        scene, here = self._editing.scene, self.here()
        for name in scene.nodes:
            found = here.get(name, [])
            error = next((problem.message for problem in found if problem.input is None), "")
            inputs = {problem.input: problem.message for problem in found if problem.input is not None}
            status = scene.status(name)
            if (status.error, status.problems) != (error, inputs):
                scene.set_status(name, replace(status, error=error, problems=inputs))

    def show_problem(self, node: str, input: str | None = None) -> None:  # noqa: A002 - a problem's word
        """Bring a node into view and select it.

        Args:
            node: Its path: `portrait/sampler`.
            input: The input that is wrong.
        """
        *outer, name = node.split("/")
        self._editing.show(Scope(tuple(outer)))
        scene = self._editing.scene
        if name not in scene.nodes:
            self._say(self._tr("There is no node {0} any more").format(node))
            return
        scene.select({name})
        self._editing.canvas.reveal(name)
        if input is not None:
            self._editing.canvas.point_out(name, input)
