"""How far the job is that runs now, whichever document asked for it, and what it looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from nodeflow.execution.events import Event
    from ui.queue.entry import Entry
    from ui.running.course import Course


class Progress:
    """Follows one job after the other, and learns from each how long its like takes.

    Attributes:
        course: How far it is; None: nothing has run yet.
        picture: What it looks like at the moment; None: nothing is to be seen.
        seconds: How long the last one took.
    """

    def __init__(self) -> None:
        self.course: Course | None = None
        self.picture: QImage | None = None
        self.seconds = 0.0
        self._title = ""
        self._took: dict[str, dict[str, float]] = {}
        self._whole: dict[str, float] = {}

    def begin(self, entry: Entry) -> None:
        """Another job begins."""
        from ui.running.course import Course

        self._title, self.picture = entry.title, None
        self.course = Course(self._took.get(self._title, {}))

    def take(self, event: Event, picture: QImage | None) -> None:
        """Follow it."""
        from nodeflow.execution import events

        if self.course is not None:
            self.course.take(event)
        if picture is None:
            picture = getattr(event, "picture", None)  # what a node gave
        self.picture = self.picture if picture is None else picture
        match event:
            case events.NodeFinished(node, seconds):
                self._took.setdefault(self._title, {})[node] = seconds
            case events.RunFinished(outcome, seconds):
                self.seconds = seconds
                if outcome is events.Outcome.DONE:
                    self._whole[self._title] = seconds

    def expected(self, entry: Entry) -> float | None:
        """How many seconds a job will take, as the last one of that workflow took; None if there was none."""
        return self._whole.get(entry.title)
