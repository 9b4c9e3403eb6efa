"""When in a sampling run something acts. Pure; steps are counted from 0 in the whole schedule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import floor, gcd


def step_at(fraction: float, steps: int) -> int:
    """The first step behind a fraction of a run: the whole steps that fit into it.

    Args:
        fraction: 0…1.
        steps: Steps of the whole schedule.
    """
    return floor(fraction * steps + 1e-6)  # 0.29 · 100 is 28.999…, and 29 steps are meant


@dataclass(frozen=True)
class Moment:
    """Some of a run's steps: those of a stretch, or every so-manieth of them.

    Attributes:
        start: Fraction of the run that is over before, 0…1.
        end: Fraction of the run at which it ends, 0…1.
        first: First step, for a stretch that is given in steps.
        last: Step to end before; None: to the end.
        turn: Of every `turns` steps, the one that counts, from 0.
        turns: How many steps take turns; 1: all count.
    """

    start: float = 0.0
    end: float = 1.0
    first: int = 0
    last: int | None = None
    turn: int = 0
    turns: int = 1

    def includes(self, step: int, steps: int) -> bool:
        """Whether a step is one of these.

        Args:
            step: The step, from 0.
            steps: Steps of the whole schedule.
        """
        return (
            step_at(self.start, steps) <= step < step_at(self.end, steps)
            and self.first <= step
            and (self.last is None or step < self.last)
            and step % self.turns == self.turn
        )

    def within(self, other: Moment) -> Moment | None:
        """The steps that are in both; None if no run has any."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        first = max(self.first, other.first)
        lasts = [last for last in (self.last, other.last) if last is not None]
        last = min(lasts, default=None)
        turn = self._common_turn(other)
        if turn is None or start >= end or (last is not None and first >= last):
            return None
        turns = self.turns * other.turns // gcd(self.turns, other.turns)
        return Moment(start, end, first, last, turn, turns)

    def _common_turn(self, other: Moment) -> int | None:
        """The turn that is this one's and the other's, found by trying: turns are few."""
        turns = self.turns * other.turns // gcd(self.turns, other.turns)
        found = range(self.turn, turns, self.turns)
        return next((turn for turn in found if turn % other.turns == other.turn), None)


ALWAYS = Moment()
"""Every step."""


def common(one: Iterable[Moment], other: Iterable[Moment]) -> tuple[Moment, ...]:
    """The steps that are among both; empty if no run has any."""
    found = (mine.within(theirs) for mine, theirs in product(one, tuple(other)))
    return tuple(moment for moment in found if moment is not None)
