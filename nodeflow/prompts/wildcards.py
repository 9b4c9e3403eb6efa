"""Texts with choices in them, `{red|green} __animal__`, in the grammar of dynamic prompts. A seed chooses.

What is not closed, or makes no sense, stays as it is written; only choices without end are refused.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

NAME = re.compile(r"__((?:[^\W_]|\*)(?:[\w*./ -]{0,200}?(?:[^\W_]|\*))??)__")
"""A list: `__animal__`, `__colors/warm__`, or with `*` all lists that fit: `__colors/*__`.

How long names may be is limited, or a text with many beginnings of them would take for ever.
"""

_WEIGHT = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)::")
_COUNT = re.compile(r"\s*(\d+)?(-)?(\d+)?\$\$")
MAX_DEPTH = 20
"""How deep choices may lie in choices; a list that names itself would go on without end."""
MAX_CHOICES = 10_000
"""Choices in one text; lists that name each other several times would make ever more of them."""
MAX_LETTERS = 1_000_000
"""Letters of the lines and options that are chosen: far more than any prompt has, and no burden."""

Lists = Mapping[str, Sequence[str]]


def list_names(text: str) -> tuple[str, ...]:
    """The lists that a text names, each once, in order."""
    return tuple(dict.fromkeys(match[1] for match in NAME.finditer(text)))


def gather(text: str, read: Callable[[str], Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """All lists that a text names, and that these lists name in turn.

    Args:
        text: The text.
        read: Gives the lines of a list.
    """
    lists: dict[str, tuple[str, ...]] = {}
    waiting = list(list_names(text))
    while waiting:
        name = waiting.pop(0)
        if name not in lists:
            lists[name] = tuple(read(name))
            waiting.extend(found for line in lists[name] for found in list_names(line))
    return lists


def expand(text: str, lists: Lists, seed: int) -> str:
    """Make all choices of a text.

    Args:
        text: The text.
        lists: The lines of the lists it names; a list that is missing or empty gives nothing.
        seed: Chooses; the same seed, text and lists give the same result everywhere.

    Raises:
        ValueError: If choices lead to ever more choices, or to too long a text; saying where.
    """
    return _Expander(lists, random.Random(seed)).expand(text, 0)  # noqa: S311 - a choice, no secret


@dataclass
class _Expander:
    lists: Lists
    chance: random.Random
    left: int = MAX_CHOICES
    letters: int = 0

    def expand(self, text: str, depth: int) -> str:
        """A text, with everything in it chosen from left to right."""
        self.letters += len(text)
        if self.letters > MAX_LETTERS:
            raise ValueError(f"becomes longer than {MAX_LETTERS} letters")
        result: list[str] = []
        closings = _closings(text)
        place = 0
        while place < len(text):
            if text[place] == "\\" and text[place + 1 : place + 2] in ("{", "}", "|", "_"):
                result.append(text[place + 1])
                place += 2
            elif (end := closings.get(place)) is not None:
                result.append(self._choose(text[place + 1 : end], depth))
                place = end + 1
            elif text.startswith("__", place) and (match := NAME.match(text, place)):
                result.append(self._from_list(match[1], depth))
                place = match.end()
            else:
                result.append(text[place])
                place += 1
        return "".join(result)

    def _choose(self, inside: str, depth: int) -> str:
        """What `{…}` becomes: `a|b`, `2::a|b` with weights, `2$$a|b|c` or `1-2$$ and $$a|b|c` for several."""
        self._check(depth, "{…}")
        low, high, separator, inside = _count(inside)
        options = _split(inside)
        count = low if low == high else low + int(self.chance.random() * (high - low + 1))
        chosen = []
        for _ in range(min(count, len(options))):
            option = self._draw(options)
            options.remove(option)
            chosen.append(self.expand(option[1], depth + 1))
        return separator.join(chosen)

    def _from_list(self, name: str, depth: int) -> str:
        lines = [_weighted(line) for line in self.lists.get(name, ())]
        if not lines:
            return ""
        self._check(depth, f"__{name}__")
        return self.expand(self._draw(lines)[1], depth + 1)

    def _check(self, depth: int, choice: str) -> None:
        self.left -= 1
        if depth >= MAX_DEPTH:
            raise ValueError(f"leads through more than {MAX_DEPTH} choices in each other, the last {choice}")
        if self.left < 0:
            raise ValueError(f"leads to more than {MAX_CHOICES} choices, the last {choice}")

    def _draw(self, options: Sequence[tuple[float, str]]) -> tuple[float, str]:
        total = sum(weight for weight, _ in options)
        mark = self.chance.random() * total
        for option in options:
            mark -= option[0]
            if mark < 0:
                return option
        return options[-1]


def _closings(text: str) -> dict[int, int]:
    """Where braces close, by where they open; those that never do are not in it."""
    found: dict[int, int] = {}
    opened: list[int] = []
    place = 0
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == "{":
            opened.append(place)
        elif text[place] == "}" and opened:
            found[opened.pop()] = place
        place += 1
    return found


def _split(inside: str) -> list[tuple[float, str]]:
    """The options between braces with their weights; `|` inside inner braces belongs to those."""
    parts, depth, start, place = [], 0, 0, 0
    while place < len(inside):
        letter = inside[place]
        if letter == "\\":
            place += 1
        elif letter in "{}":
            depth += 1 if letter == "{" else -1
        elif letter == "|" and depth == 0:
            parts.append(inside[start:place])
            start = place + 1
        place += 1
    return [_weighted(part) for part in (*parts, inside[start:])]


def _weighted(option: str) -> tuple[float, str]:
    match = _WEIGHT.match(option)
    return (float(match[1]), option[match.end() :]) if match else (1.0, option)


def _count(inside: str) -> tuple[int, int, str, str]:
    """How many options to take at least and at most, what goes between them, and the options."""
    match = _COUNT.match(inside)
    if match is None or match[0].strip() == "$$":
        return 1, 1, "", inside
    rest = inside[match.end() :]
    head, found, tail = rest.partition("$$")
    separator, options = (head, tail) if found and "|" not in head else (", ", rest)
    low = int(match[1] or 0)
    high = int(match[3]) if match[3] else (len(_split(options)) if match[2] else low)
    return min(low, high), max(low, high), separator, options
