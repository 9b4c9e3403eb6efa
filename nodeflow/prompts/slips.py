"""What was meant as a weight or a time but is none: it is read as words, and that is said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodeflow.prompts.schedule import MOST_STEPS
from nodeflow.prompts.syntax import Note

_NO_NUMBER = re.compile(
    r"[:：]\s*[+-]?(?:[\d.,]+(?:[eE][+-]?\d+)?\s*%?|(?i:nan|inf|infinity))\s*$"  # noqa: RUF001 - both colons
)
_LONGEST = 40
_TIGHT = re.compile(r"\S:\S")


def no_weight(text: str, inner_start: int, close: int) -> Note | None:
    """What at the end of round brackets looks like a weight, as `:1.2.3` or `:1,5`.

    Args:
        text: The prompt.
        inner_start: Where what is in the brackets begins.
        close: Where they close.
    """
    found = _NO_NUMBER.search(text, max(inner_start, close - _LONGEST), close)
    if found is None:
        return None
    return Note(found.start(), f"'{found.group()}' is no weight, as :1.5 is, and is read as words")


def no_time(text: str, inner_start: int, close: int, colons: Sequence[int]) -> Note | None:
    """What makes square brackets look like a change, while they only weaken, as in `[cat:dog]`.

    Args:
        text: The prompt.
        inner_start: Where what is in the brackets begins.
        close: Where they close.
        colons: Those in the brackets themselves.
    """
    found = _NO_NUMBER.search(text, max(inner_start, close - _LONGEST), close)
    if found is not None:
        why = f"'{found.group()}' is no time, as :0.4 and :10 are"
        return Note(found.start(), f"{why}, so nothing changes: the brackets weaken")
    if len(colons) > 1 or (colons and _TIGHT.match(text, colons[0] - 1, close)):
        advice = "without a time at the end, as in [cat:dog:0.4], nothing changes: the brackets weaken"
        return Note(inner_start - 1, advice)
    return None


def never_or_always(when: float | int) -> str | None:
    """What to say of a change that no run comes to, or that is there from the beginning.

    Args:
        when: A share of the run, or a number of steps.
    """
    if when < 0:
        return f"{when:g} lies before the run: what follows acts from its beginning"
    if isinstance(when, float) and when >= 1:
        advice = "A share is below 1, steps have no point, a weight needs round brackets"
        return f"the run is over at {when:.6g}, so the change never comes. {advice}"
    if when >= MOST_STEPS:
        return f"a run has {MOST_STEPS} steps at most, so the change never comes"
    return None
