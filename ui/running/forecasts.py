"""What jobs would do: asked one after the other, so that a newer question need not wait for those before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodeflow.execution.forecast import Forecast
    from nodeflow.execution.job import Job
    from ui.running.engine import Engine

    Answer = Callable[[Forecast | Exception], object]


class Forecasts:
    """Asks what jobs would do; an owner's newer question takes the place of the one before.

    Args:
        engine: Asks the runner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._questions: dict[object, tuple[Job, Answer]] = {}
        self._asking: object = None

    def ask(self, owner: object, job: Job, answer: Answer) -> None:
        """Ask what a job will do.

        Args:
            owner: Who asks.
            job: The job.
            answer: Called in the window's thread with the answer, or with what went wrong.
        """
        self._questions[owner] = (job, answer)
        if self._asking in (None, owner):
            self._ask_next(owner)

    def forget(self, owner: object) -> None:
        """An owner wants no answer any more."""
        self._questions.pop(owner, None)

    def clear(self) -> None:
        """Nobody wants an answer any more."""
        self._questions.clear()
        self._asking = None

    def _ask_next(self, owner: object) -> None:
        question = self._questions.get(owner)
        if question is None or not self._engine.ready:
            return
        self._asking = owner
        self._engine.ask(
            lambda runner: runner.forecast(question[0]), partial(self._answered, owner, question)
        )

    def _answered(self, owner: object, question: tuple[Job, Answer], told: Forecast | Exception) -> None:
        if self._questions.get(owner) is question:
            del self._questions[owner]
            question[1](told)
        elif owner in self._questions:
            return  # a newer question of the same owner is under way
        self._asking = None
        following = next(iter(self._questions), None)
        if following is not None:
            self._ask_next(following)
