"""Running single nodes with what is at hand, and nothing besides."""

from __future__ import annotations

from collections.abc import Collection

from nodeflow.execution.forecast import Forecast
from nodeflow.execution.job import Job
from ui.editing.part import Part
from ui.editing.requests import Offer

_NAMED = 3
"""Nodes that are named in one line; of more, how many they are."""


class Only(Part):
    """Runs the selected nodes if all that they need is at hand; else says what is not."""

    def run(self) -> None:
        """Run the selected nodes alone."""
        running = self._editing.running
        targets = running.targets()
        if not targets:
            self._say(self._tr("None of the selected nodes can run"))
            return
        running.take_seeds(self._chosen)
        job = Job(self._workflow, tuple(targets), self._editing.desk.folders.output)
        self._engine.forecasts.ask(self, job, lambda told: self._answer(job, told))

    def _answer(self, job: Job, told: Forecast | Exception) -> None:
        running = self._editing.running
        lacking = [] if isinstance(told, Exception) else [n for n in told.runs if n not in job.targets]
        if not lacking:  # what is wrong with a workflow, its run says best
            running.submit(job)
            return
        text = self._tr("Not at hand, so that the selected nodes cannot run alone: {0}")
        choice = self._tr("Run up to the selected nodes")
        self._editing.offered.emit(
            Offer(text.format(self._named(lacking)), choice, lambda: running.run(job.targets))
        )

    def _named(self, nodes: Collection[str]) -> str:
        first = ", ".join(list(nodes)[:_NAMED])
        more = len(nodes) - _NAMED
        return first if more <= 0 else self._tr("{0} and {1} more").format(first, more)
