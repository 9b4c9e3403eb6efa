"""Looking at what wires carry: under the pointer, or asked for; what is not computed can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QCursor

from nodeflow.document.values import GraphInput, InputValue, Link
from nodeflow.errors import NodeflowError, one_line
from nodeflow.execution.job import Job
from nodeflow.execution.look import Look
from ui.canvas.graph import INPUTS, is_border
from ui.canvas.hit import Hit
from ui.editing.part import Part
from ui.editing.running.look_card import LookCard

if TYPE_CHECKING:
    from ui.editing.editing import Editing

SIDE = 320
"""Longest side of a picture on a card, in pixels."""
PAUSE = 450
"""Milliseconds that the pointer rests on a wire before it is looked at."""


@dataclass(frozen=True)
class _Asked:
    """Which output is looked at, where on the screen, and whether the card stays."""

    link: Link
    where: QPoint
    pinned: bool


class Looking(Part):
    """Shows what wires carry, on a card beside them.

    Attributes:
        card: The card that is open.
    """

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self.card: LookCard | None = None
        self._under: Link | None = None
        self._rests = QTimer(editing, singleShot=True, interval=PAUSE)
        self._rests.timeout.connect(self._look_under)
        editing.canvas.hovered.connect(self._hover)

    def stop(self) -> None:
        """The document is closed."""
        self._rests.stop()
        self._close()

    def look_at(self, link: Link, where: QPoint | None = None) -> None:
        """Show what an output gives, or say that it is not computed and offer to.

        Args:
            link: The output, in the graph that is shown.
            where: On the screen; None: where the pointer is.
        """
        self._rests.stop()
        self._ask(_Asked(link, where or QCursor.pos(), pinned=True))

    def look_at_selected(self) -> None:
        """Show what the selected node gives first."""
        for name in self._chosen:
            outputs = self._editing.spec(name).outputs
            if outputs:
                canvas, item = self._editing.canvas, self._editing.scene.nodes[name]
                place = canvas.mapFromScene(item.output_point(outputs[0].name))
                self.look_at(Link(name, outputs[0].name), canvas.viewport().mapToGlobal(place))
                return
        self._say(self._tr("The selected node gives nothing to look at"))

    def _hover(self, hit: Hit) -> None:
        """The pointer is somewhere else."""
        under = hit.output or (hit.link.link if hit.link is not None else None)
        if under == self._under:
            return
        self._under = under
        if self.card is not None and not self.card.pinned:
            self._close()
        if under is None:
            self._rests.stop()
        else:
            self._rests.start()

    def _look_under(self) -> None:
        if self._under is not None and self.card is None and self._editing.canvas.gesture is None:
            self._ask(_Asked(self._under, QCursor.pos(), pinned=False))

    def _ask(self, asked: _Asked) -> None:
        source = self.source(asked.link)
        if not isinstance(source, str):
            self._show(asked, Look("", self._tr("Nothing") if source is None else str(source)))
            return
        job = Job(self._workflow)
        self._engine.ask(lambda runner: runner.look(job, source, SIDE), partial(self._answer, asked, source))

    def source(self, link: Link) -> str | InputValue:
        """Where a wire begins, as a path; the literal itself where a subgraph is given one."""
        scope, output = self._scope, link
        while output.node == INPUTS:
            node = scope.outer.body(self._workflow).nodes[scope.path[-1]]
            given = node.inputs.get(output.output)
            scope = scope.outer
            if isinstance(given, GraphInput):
                output = Link(INPUTS, given.name)
            elif isinstance(given, Link):
                output = given
            else:
                return given
        return f"{scope.inside(output.node)}.{output.output}"

    def _answer(self, asked: _Asked, source: str, told: Look | Exception | None) -> None:
        if not asked.pinned and (self._under != asked.link or not isinstance(told, Look)):
            return  # the pointer is elsewhere by now, or there is nothing to show
        if isinstance(told, Look):
            self._show(asked, told)
        elif told is None:  # it is not computed: the run that does it is offered
            card = self._show(asked, Look("", self._tr("This is not computed yet.")))
            node = source.rpartition(".")[0]
            card.offer(self._tr("Run up to it"), lambda: self._run_up_to(node))
        else:
            self._show(asked, Look("", told.message if isinstance(told, NodeflowError) else one_line(told)))

    def _run_up_to(self, path: str) -> None:
        running = self._editing.running
        running.run(running.flat_targets([path]))

    def _show(self, asked: _Asked, look: Look) -> LookCard:
        self._close()
        title = asked.link.output if is_border(asked.link.node) else str(asked.link)
        self.card = card = LookCard(title, look, self._editing.canvas, pinned=asked.pinned)
        card.closed.connect(self._forget)
        card.open_at(asked.where)
        return card

    def _forget(self) -> None:
        self.card = None

    def _close(self) -> None:
        if self.card is not None:
            self.card.close()
