"""The runs of one document: asking for them, what they would do, and what is shown of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QImage

from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError, Problem
from nodeflow.execution import events
from nodeflow.execution.events import Event, Outcome
from nodeflow.execution.forecast import Forecast
from nodeflow.execution.job import Job
from nodeflow.node.spec import NodeKind
from ui.canvas.graph import is_border
from ui.document.history import Change
from ui.document.problems import Fault, flat_graph, placed
from ui.editing.part import Part
from ui.running.course import Course
from ui.running.engine import Engine
from ui.running.seeds import Used, counted, next_seeds
from ui.running.states import States
from ui.running.ticket import Ticket
from ui.running.words import forecast_text, span

if TYPE_CHECKING:
    from ui.editing.editing import Editing

PAUSE = 250
"""Milliseconds after the last change before it is asked what a run would do."""


class Running(Part):
    """Runs a document, and shows on its nodes how that goes.

    Attributes:
        states: How its nodes stand.
        course: How far the run is; None: nothing of this document runs.
        line: What the status bar says while nothing runs.
    """

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self.states = States()
        self.course: Course | None = None
        self.line = ""
        self._tickets: list[Ticket] = []
        self._faults: list[tuple[Fault, object]] = []
        self._used: Used | None = None
        self._foreseen: Forecast | None = None
        self._known: Any = None
        self._renamed: dict[str, str] = {}
        self._saved: list[Path] = []
        self._soon = QTimer(editing, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self._ask)
        self._engine.begun.connect(self._soon.start)
        editing.desk.filesChanged.connect(self._look_again)
        self._look_again()

    @property
    def _engine(self) -> Engine:
        return self._editing.desk.engine

    @property
    def active(self) -> bool:
        """Whether this document runs now."""
        return self.course is not None

    @property
    def _pending(self) -> list[Ticket]:
        """What was asked for and is not over."""
        asked = (self._engine.current, *self._engine.waiting)
        return [ticket for ticket in self._tickets if ticket in asked]

    def stop(self) -> None:
        """The document is closed: what it asked for is given up."""
        self._soon.stop()
        self._engine.begun.disconnect(self._soon.start)
        self._editing.desk.filesChanged.disconnect(self._look_again)
        self._engine.forget(self)
        self._engine.drop(self._tickets)

    def run(self, targets: Collection[str] = ()) -> None:
        """Run the document as it is now, after what was asked for before.

        Args:
            targets: Nodes to run up to, by path; none: all that save or show a picture.
        """
        self._editing.canvas.editor.commit()
        self._editing.canvas.area_editor.commit()
        if not self._engine.ready:
            self._say(self._tr("Nothing can be run yet"))
            return
        self._take_seeds()
        job = Job(self._workflow, tuple(targets), self._editing.desk.folders.output)
        ticket = Ticket(job, None)
        ticket.tell = lambda event, picture: self._take(ticket, event, picture)
        self._tickets = [*self._pending, ticket]
        self._engine.submit(ticket)
        if self._engine.current is not ticket:
            self._say(self._tr("Queued: it runs after what was asked for before"))

    def run_selected(self) -> None:
        """Run up to the selected nodes; of subgraphs, all that is inside."""
        chosen = [self._editing.node_path(name) for name in self._chosen]
        flat = flat_graph(self._workflow, self._editing.desk.specs).nodes
        targets = [n for n in flat if any(n == path or n.startswith(f"{path}/") for path in chosen)]
        if targets:
            self.run(targets)
        else:
            self._say(self._tr("None of the selected nodes can run"))

    def _take_seeds(self) -> None:
        """Bring the seeds that are used next into the document, as one step of undo."""
        following = next_seeds(self._workflow, self._used)
        self._editing.apply(self._tr("Next seed"), lambda _: following, merge="next seed")
        self._used = counted(self._workflow)

    def follow(self, change: Change) -> None:
        """The document has changed."""
        self._follow_names(change)
        self._soon.start()

    def _follow_names(self, change: Change) -> None:
        """A renamed node keeps what is known of it, and so does one that comes back."""
        scope = self._scope
        if not (scope.exists(change.before) and scope.exists(change.after)):
            return
        before, after = scope.body(change.before).nodes, scope.body(change.after).nodes
        gone, new = before.keys() - after.keys(), after.keys() - before.keys()
        if not new:
            return
        if len(gone) == len(new) == 1:
            (old,), (name,) = gone, new
            if before[old] == after[name]:
                one, two = str(scope.inside(old)), str(scope.inside(name))
                self.states.rename(one, two)
                if self.active:
                    self._renamed[one] = two
        self.mark()

    def _look_again(self) -> None:
        self._known = None
        self._soon.start()

    def _ask(self) -> None:
        """Ask what a run would do, if anything that counts has changed."""
        if not self._engine.ready or self._pending:
            return
        now = _work(self._workflow)
        if now == self._known:
            return
        self._known = now
        job = Job(next_seeds(self._workflow, self._used), (), self._editing.desk.folders.output)
        self._engine.forecast(self, job, self._foresee)

    def _foresee(self, told: Forecast | Exception) -> None:
        if self._pending:
            return
        if isinstance(told, Exception):
            self.states.forget()
            self._foreseen, self.line = None, ""
        else:
            needed = self._needed()
            self.states.foresee(told, self._at_hand(told, needed))
            self._foreseen, self.line = told, forecast_text(told, len(needed))
        self._tell()

    def _needed(self) -> dict[str, NodeKind]:
        """The nodes that all sinks depend on."""
        graph = flat_graph(self._workflow, self._editing.desk.specs)
        try:
            return {name: graph.nodes[name].node.spec.kind for name in graph.order(graph.targets())}
        except NodeflowError:
            return {}

    @staticmethod
    def _at_hand(told: Forecast, needed: Mapping[str, NodeKind]) -> list[str]:
        """The nodes that a run does without, since what they lead to is at hand. Light ones take no time."""
        listed = {node.node for node in told.nodes}
        return [name for name, kind in needed.items() if name not in listed and kind is not NodeKind.LIGHT]

    def _take(self, ticket: Ticket, event: Event, picture: QImage | None) -> None:
        if self.course is None:
            self._begin()
        assert self.course is not None  # noqa: S101 - it has just begun
        self.course.take(event)
        event = self._renamed_in(event)
        self.states.take(event)
        match event:
            case events.NodeProgress(node) if picture is not None:
                self.states.show_live(node, picture)
            case events.FileSaved(_, path):
                self._saved.append(path)
            case events.NodeFailed(node, error):
                self._note(ticket, error.at(node))
            case events.RunFailed(error):
                self._editing.runFailed.emit(error)
            case events.RunFinished(outcome, seconds):
                self._end(ticket, outcome, seconds)
        one: str | None = getattr(event, "node", None)
        self._tell([one] if one is not None else None)

    def _begin(self) -> None:
        told = self._foreseen.nodes if self._foreseen else ()
        expected = {node.node: node.seconds for node in told if node.runs and node.seconds is not None}
        self.course = Course(expected)
        self._renamed.clear()
        self._saved.clear()
        if self._faults:
            self._faults.clear()
            self._editing.faults.look()
        self._editing.runChanged.emit()

    def _renamed_in(self, event: Event) -> Any:
        """An event by the name that its node has now."""
        node: str | None = getattr(event, "node", None)
        for old, new in self._renamed.items():
            if node is not None and (node == old or node.startswith(f"{old}/")):
                node = new + node[len(old) :]
        return replace(event, node=node) if node != getattr(event, "node", None) else event  # type: ignore[call-arg]

    def _note(self, ticket: Ticket, error: NodeflowError) -> None:
        """Keep an error where it belongs: at its input, until that says something else."""
        fault = placed(Problem.of(error))
        self._faults.append((fault, _inputs(ticket.job.workflow, fault)))
        self._editing.faults.look()
        self._editing.runFailed.emit(error)

    def faults(self) -> list[Fault]:
        """What went wrong in the last run and has not been changed since."""
        return [fault for fault, inputs in self._faults if _inputs(self._workflow, fault) == inputs]

    def _end(self, ticket: Ticket, outcome: Outcome, seconds: float) -> None:
        self.course = None
        ran = _work(ticket.job.workflow)
        changed = ran != _work(self._workflow)
        shows_result = outcome is Outcome.DONE or self._faults
        self._known = ran if shows_result and not changed else None
        self._soon.start()
        if outcome is Outcome.CANCELLED:
            self.line = self._tr("Cancelled")
        elif outcome is Outcome.FAILED:
            self.line = self._tr("Failed after {0}").format(span(seconds))
        else:
            self.line = self._tr("Done in {0}").format(span(seconds))
        if len(self._saved) == 1:
            self._say(self._tr("Saved as {0}").format(self._saved[0]))
        elif self._saved:
            text = self._tr("{0} pictures saved in {1}")
            self._say(text.format(len(self._saved), self._saved[-1].parent))

    def open_picture(self, name: str) -> None:
        """Show what a node saved, with the system's viewer."""
        files = self.states.of(self._editing.node_path(name), inside=True).files
        if not files:
            self._say(self._tr("This picture is not saved; link it to Save Image to keep it"))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(files[0]))):
            self._say(self._tr("Nothing here shows {0}").format(files[0]))

    def mark(self, paths: Iterable[str] | None = None) -> None:
        """Show on the nodes how they stand.

        Args:
            paths: Those that have changed; None: all may have.
        """
        scene, outer = self._editing.scene, self._scope.path
        names: Iterable[str] = scene.nodes
        if paths is not None:
            parts = [path.split("/") for path in paths]
            depth = len(outer)
            names = {p[depth] for p in parts if len(p) > depth and tuple(p[:depth]) == outer}
        for name in list(names):
            if name in scene.nodes and not is_border(name):
                self._mark(name)

    def _mark(self, name: str) -> None:
        scene, path = self._editing.scene, self._editing.node_path(name)
        state = self.states.of(path, inside=scene.graph.nodes[name].subgraph is not None)
        status = scene.status(name)
        shown = (status.phase, status.progress, status.detail, status.seconds)
        wanted = (state.phase, state.progress, state.detail, state.seconds)
        if shown == wanted and status.preview is state.preview:
            return
        changed = replace(
            status,
            phase=state.phase,
            progress=state.progress,
            detail=state.detail,
            seconds=state.seconds,
            preview=state.preview,
        )
        scene.set_status(name, changed)
        if self._editing.canvas.far:
            self._editing.canvas.redraw()

    def _tell(self, paths: Iterable[str] | None = None) -> None:
        self.mark(paths)
        self._editing.runChanged.emit()


def _work(workflow: Workflow) -> Any:
    """All of a workflow that a run's results may depend on; where nodes lie is not part of it."""
    inner = workflow.subgraphs.values()
    bodies = [(body.nodes, body.modes(), body.seeds) for body in (workflow, *inner)]
    ends = [(body.inputs, body.outputs) for body in inner]
    return workflow.path, workflow.run, list(workflow.subgraphs), bodies, ends


def _inputs(workflow: Workflow, fault: Fault) -> object:
    """What the node of a fault is; None if it is gone."""
    if not fault.scope.exists(workflow):
        return None
    return fault.scope.body(workflow).nodes.get(fault.node)
