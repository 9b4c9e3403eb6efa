"""Prompts that change during a run, `[a:b:0.4]` and `[a|b]`: which text counts when, as A1111 has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import lcm, prod

from nodeflow.prompts.syntax import Change, Variation
from nodeflow.values.moment import Moment

MOST_TEXTS = 100
"""Different texts that one prompt may become."""
MOST_STEPS = 1000
"""Steps that a run can have; alternations that repeat later than that never do."""
_MOST_CELLS = 2000


@dataclass(frozen=True)
class _Axes:
    """Where in a run something changes: at fractions, behind steps, and from step to step."""

    fractions: tuple[float, ...]
    steps: tuple[int, ...]
    turns: int

    @classmethod
    def of(cls, changes: Sequence[Change]) -> _Axes:
        whens = [change.when for change in changes]
        fractions = {when for when in whens if isinstance(when, float) and 0 < when < 1}
        steps = {when for when in whens if isinstance(when, int) and when > 0}
        turns = lcm(*(len(change.options) for change in changes if change.when is None))
        return cls(tuple(sorted(fractions)), tuple(sorted(steps)), min(turns, MOST_STEPS))

    def __len__(self) -> int:
        return prod((len(self.fractions) + 1, len(self.steps) + 1, self.turns))

    def cells(self) -> Iterator[Moment]:
        """Stretches of a run in which nothing changes, each turn on its own."""
        fractions, steps = (0.0, *self.fractions, 1.0), (0, *self.steps, None)
        stretches = product(range(len(fractions) - 1), range(len(steps) - 1), range(self.turns))
        for i, j, turn in stretches:
            first, last = steps[j] or 0, steps[j + 1]
            yield Moment(fractions[i], fractions[i + 1], first, last, turn, self.turns)


@dataclass
class _Stretch:
    """The turns in which a text counts, between two changes."""

    moment: Moment
    turns: set[int] = field(default_factory=set)


def variations(text: str, changes: Sequence[Change]) -> tuple[Variation, ...] | None:
    """What a prompt becomes over a run.

    Args:
        text: The prompt.
        changes: Its changes, by where they begin.

    Returns:
        At least one variation, in the order of a run; None if it is more than `MOST_TEXTS`.
    """
    axes = _Axes.of(changes)
    if len(axes) > _MOST_CELLS:
        return None
    found: dict[str, dict[Moment, _Stretch]] = {}
    for cell in axes.cells():
        stretch = replace(cell, turn=0)
        of_text = found.setdefault(text_at(text, changes, cell), {})
        of_text.setdefault(stretch, _Stretch(stretch)).turns.add(cell.turn)
    if len(found) > MOST_TEXTS:
        return None
    return tuple(Variation(key, _joined(list(stretches.values()))) for key, stretches in found.items())


def text_at(text: str, changes: Sequence[Change], cell: Moment) -> str:
    """A prompt as it is at a moment in which it does not change.

    Args:
        text: The prompt.
        changes: Its changes, by where they begin.
        cell: The moment.
    """
    dropped: list[tuple[int, int]] = []
    around: list[tuple[int, int, int]] = []  # what counts of the changes that are open, and where they end
    for change in changes:
        while around and around[-1][2] <= change.start:
            around.pop()
        start, end = _chosen(change, cell)
        if around and not around[-1][0] <= change.start < around[-1][1]:
            start = end = change.start  # it is part of what does not count
        else:
            dropped += [(change.start, start), (end, change.end)]
        around.append((start, end, change.end))
    kept: list[str] = []
    at = 0
    for start, end in sorted(dropped):
        kept.append(text[at:start])
        at = end
    return "".join((*kept, text[at:]))


def _chosen(change: Change, cell: Moment) -> tuple[int, int]:
    """Which of its options counts at a moment."""
    if change.when is None:
        return change.options[cell.turn % len(change.options)]
    over = cell.start if isinstance(change.when, float) else cell.first
    return change.options[over >= change.when]


def _joined(stretches: Sequence[_Stretch]) -> tuple[Moment, ...]:
    """As few moments as say the same."""
    moments = [
        replace(stretch.moment, turn=turn, turns=period)
        for stretch in stretches
        for period in [_period(stretch.turns, stretch.moment.turns)]
        for turn in sorted(stretch.turns)
        if turn < period
    ]
    return tuple(_merged(_merged(moments, "start", "end"), "first", "last"))


def _period(turns: set[int], among: int) -> int:
    """After how many steps the same turns come again."""
    divisors = (period for period in range(1, among + 1) if among % period == 0)
    return next(p for p in divisors if all((turn + p) % among in turns for turn in turns))


def _merged(moments: Sequence[Moment], begin: str, end: str) -> list[Moment]:
    """Moments that follow each other and are alike otherwise, as one."""
    done: list[Moment] = []
    for moment in moments:
        for place, before in enumerate(done):
            follows = getattr(before, end) == getattr(moment, begin)
            if follows and replace(before, **{end: getattr(moment, end)}) == replace(
                moment, **{begin: getattr(before, begin)}
            ):
                done[place] = replace(before, **{end: getattr(moment, end)})
                break
        else:
            done.append(moment)
    return done
