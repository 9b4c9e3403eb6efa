"""The runs of one document: asking for them, what they would do, and what is shown of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from nodeflow.execution import events
from nodeflow.execution.events import Event, Outcome
from nodeflow.execution.forecast import Forecast
from nodeflow.execution.job import Job
from nodeflow.files.names import shown_path
from ui.document.history import Change
from ui.document.problems import flat_graph
from ui.editing.part import Part
from ui.editing.running.auto import Auto
from ui.editing.running.failures import Failures
from ui.editing.running.foresight import Foresight
from ui.editing.running.marks import Marks
from ui.editing.running.only import Only
from ui.editing.running.reasons import Reasons, Story
from ui.editing.running.seeds import Used, counted, next_seeds, with_seeds_of
from ui.editing.running.work import work_of
from ui.running.course import Course
from ui.running.ticket import Ticket
from ui.words import failed_text, forecast_text, span

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.queue.batches import Changes


class Running(Part):
    """Runs a document, and shows on its nodes how that goes.

    Attributes:
        marks: Shows it on the nodes.
        states: How the nodes stand.
        course: How far the run is; None: nothing of this document runs.
        line: What the status bar says while nothing runs.
        only: Runs single nodes with what is at hand.
        auto: Runs the document whenever it has changed.
        failures: What goes wrong.
    """

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self._reasons = Reasons()
        self.marks, self.only, self.auto = Marks(editing, self.why), Only(editing), Auto(editing)
        self.states = self.marks.states
        self.course: Course | None = None
        self.line = ""
        self._tickets: list[Ticket] = []
        self.failures = Failures(editing)
        self._used: Used | None = None
        self._renamed: dict[str, str] = {}
        self._saved: list[Path] = []
        self._foresight = Foresight(editing, self._next_job, self._foresee)
        self._engine.unwatched.connect(self._watch)

    @property
    def active(self) -> bool:
        """Whether this document runs now."""
        return self.course is not None

    @property
    def _pending(self) -> list[Ticket]:
        """What was asked for and is not over."""
        return [ticket for ticket in self._tickets if self._engine.has(ticket)]

    def stop(self) -> None:
        """The document is closed: what it asked for is given up."""
        self._foresight.stop()
        self.auto.stop()
        self._engine.unwatched.disconnect(self._watch)
        self._engine.forecasts.forget(self.only)
        self._engine.drop(self._tickets)

    def run(self, targets: Collection[str] = (), *, front: bool = False) -> None:
        """Run the document as it is now, after what was asked for before.

        Args:
            targets: Nodes to run up to, by path; none: all that save or show a picture.
            front: Whether it comes before all others that wait.
        """
        self._editing.canvas.editor.commit()
        self._editing.canvas.area_editor.commit()
        if not self._engine.ready:
            self._say(self._tr("Nothing can be run yet"))
            return
        self.take_seeds()
        self.submit(Job(self._workflow, tuple(targets), self._editing.desk.folders.output), front=front)

    def run_as_it_is(self) -> Ticket:
        """Run the document with the seeds that it holds."""
        return self.submit(Job(self._workflow, (), self._editing.desk.folders.output))

    def submit(self, job: Job, *, front: bool = False) -> Ticket:
        """Run a job of this document after what was asked for before, or before all that waits."""
        ticket = self._ticket(job)
        if not job.targets:
            self.auto.asked(job.workflow)
        self._tickets = [*self._pending, ticket]
        self._engine.submit(ticket, front=front)
        if self._engine.queue.paused:
            self._say(self._tr("Queued: it runs when the queue is no longer paused"))
        elif self._engine.current is not ticket:
            self._say(self._tr("Queued: it runs after what was asked for before"))
        return ticket

    def run_batch(self, jobs: Sequence[Changes], allowed: tuple[Path, ...] = ()) -> None:
        """Run the document as it is now several times, each time a little different.

        Args:
            jobs: What each does differently.
            allowed: Folders that they may read from besides the usual ones.
        """
        from ui.queue.batches import batch

        job = Job(self._workflow, (), self._editing.desk.folders.output, allowed)
        entries = batch(job, jobs)
        tickets = {entry.id: self._ticket(entry.job()) for entry in entries}
        self._tickets = [*self._pending, *tickets.values()]
        self._engine.add(entries, tickets)
        text = self._tr("1 job queued") if len(jobs) == 1 else self._tr("{0} jobs queued")
        self._say(text.format(len(jobs)))

    def _ticket(self, job: Job) -> Ticket:
        """A job whose course is shown on the document's nodes."""
        ticket = Ticket(job, None)
        ticket.tell = lambda event, picture: self._take(ticket, event, picture)
        return ticket

    def _watch(self, ticket: Ticket) -> None:
        """Show a job that was asked for before the program was started, if it is this document's."""
        if ticket.tell is None and work_of(ticket.job.workflow) == work_of(self._workflow):
            ticket.tell = lambda event, picture: self._take(ticket, event, picture)
            self._tickets = [*self._pending, ticket]

    def run_selected(self) -> None:
        """Run up to the selected nodes; of subgraphs, all that is inside."""
        targets = self.targets()
        if targets:
            self.run(targets)
        else:
            self._say(self._tr("None of the selected nodes can run"))

    def targets(self) -> list[str]:
        """The selected nodes that can run, by path; of subgraphs, all that is inside."""
        return self.flat_targets([self._editing.node_path(name) for name in self._chosen])

    def flat_targets(self, chosen: Iterable[str]) -> list[str]:
        """Those of some nodes, by path, that can run; of subgraphs, all that is inside."""
        paths = list(chosen)
        flat = flat_graph(self._workflow, self._editing.desk.specs)
        runnable = [name for name in flat.nodes if name not in flat.undecided]
        return [n for n in runnable if any(n == path or n.startswith(f"{path}/") for path in paths)]

    def take_seeds(self, chosen: Collection[str] | None = None) -> None:
        """Bring the seeds that are used next into the document, as one step of undo.

        Args:
            chosen: Nodes of the graph that is shown, whose seeds alone are taken; None: all.
        """
        following = next_seeds(self._workflow, self._used)
        if chosen is not None:
            following = with_seeds_of(self._workflow, following, self._scope, chosen)
        self._editing.apply(self._tr("Next seed"), lambda _: following, merge="next seed")
        self._used = counted(self._workflow)

    def follow(self, change: Change) -> None:
        """The document has changed."""
        renamed = self.marks.follow(change)
        if renamed is not None and self.active:
            self._renamed[renamed[0]] = renamed[1]
        self._foresight.look()
        self.auto.look()

    def _next_job(self) -> Job | None:
        """What would run if it were asked for now; None while something of the document runs or waits."""
        if self._pending:
            return None
        return Job(next_seeds(self._workflow, self._used), (), self._editing.desk.folders.output)

    def _foresee(self, told: Forecast | Exception) -> None:
        if self._pending:
            return
        if isinstance(told, Exception):
            self.states.forget()
            self._reasons.foreseen, self.line = None, ""
        else:
            needed = self._foresight.needed(told)
            self.states.foresee(told, self._foresight.at_hand(told, needed))
            self._reasons.foreseen, self.line = told, forecast_text(told, len(needed))
        self.failures.foresee(told)
        self._tell()

    def why(self, path: str) -> Story | None:
        """Why a node runs, ran or does not; None: nothing is known of it."""
        inside = path not in self.states.nodes
        return self._reasons.of(path, self.states.of(path, inside=inside).phase)

    def _take(self, ticket: Ticket, event: Event, picture: QImage | None) -> None:
        if self.course is None:
            self._begin()
        assert self.course is not None  # noqa: S101 - it has just begun
        self.course.take(event)
        event = self._renamed_in(event)
        self.states.take(event)
        match event:
            case events.RunExplained(causes):
                self._reasons.ran = causes
                self.marks.mark()
            case events.NodeWarned(node, message):
                self._say(f"{node}: {message}")
            case events.NodeProgress(node) if picture is not None:
                self.states.show_live(node, picture)
            case events.FileSaved(_, path):
                self._saved.append(path)
            case events.NodeFailed(node, error):
                self.failures.note(ticket.job.workflow, error.at(node))
            case events.RunFailed(error):
                self._editing.runFailed.emit(error)
            case events.RunFinished(outcome, seconds):
                self._end(ticket, outcome, seconds)
        one: str | None = getattr(event, "node", None)
        self._tell([one] if one is not None else None)

    def _begin(self) -> None:
        foreseen = self._reasons.foreseen
        told = foreseen.nodes if foreseen else ()
        expected = {node.node: node.seconds for node in told if node.runs and node.seconds is not None}
        self.course = Course(expected)
        self._renamed.clear()
        self._saved.clear()
        self.failures.clear()
        self._editing.runChanged.emit()

    def _renamed_in(self, event: Event) -> Any:
        """An event by the name that its node has now."""
        node: str | None = getattr(event, "node", None)
        for old, new in self._renamed.items():
            if node is not None and (node == old or node.startswith(f"{old}/")):
                node = new + node[len(old) :]
        return replace(event, node=node) if node != getattr(event, "node", None) else event  # type: ignore[call-arg]

    def _end(self, ticket: Ticket, outcome: Outcome, seconds: float) -> None:
        self.course = None
        ran = work_of(ticket.job.workflow)
        changed = ran != work_of(self._workflow)
        shows_result = outcome is Outcome.DONE or self.failures.happened
        self._foresight.skip(ran if shows_result and not changed else None)
        if outcome is Outcome.CANCELLED:
            self.line = self._tr("Cancelled")
        elif outcome is Outcome.FAILED:
            self.line = failed_text(len(ticket.files), ticket.failed, seconds)
        else:
            self.line = self._tr("Done in {0}").format(span(seconds))
        if len(self._saved) == 1:
            self._say(self._tr("Saved as {0}").format(shown_path(self._saved[0])))
        elif self._saved:
            text = self._tr("{0} pictures saved in {1}")
            self._say(text.format(len(self._saved), shown_path(self._saved[-1].parent)))

    def _tell(self, paths: Iterable[str] | None = None) -> None:
        self.marks.mark(paths)
        self._editing.runChanged.emit()
