"""The search line of the gallery: words, and values of nodes such as `seed:7`."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from ui.pictures.facts import Facts


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; all of it must be there.

    Attributes:
        words: Parts of the title, the file's name, a prompt or any other value, in lower case.
        values: Names of inputs, or of node and input, and what they must hold.
    """

    words: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.values)

    def matches(self, name: str, facts: Facts) -> bool:
        """Whether a picture is one of those.

        Args:
            name: The file's name in lower case.
            facts: What the picture tells.
        """
        for word in self.words:
            if word not in facts.pile and word not in name:
                return False
        return all(_holds(facts, entry, wanted) for entry, wanted in self.values)


def parse(text: str) -> Query:
    """Read a search line; quotes keep words together."""
    try:
        terms = shlex.split(text.lower())
    except ValueError:  # a quote is still open
        terms = text.lower().replace('"', " ").replace("'", " ").split()
    pairs = [tuple(term.split(":", 1)) for term in terms]
    words = tuple(term for term, pair in zip(terms, pairs, strict=True) if not _is_value(pair))
    return Query(words, tuple((pair[0], pair[1]) for pair in pairs if _is_value(pair)))


def _is_value(pair: tuple[str, ...]) -> bool:
    return len(pair) == 2 and bool(pair[0]) and bool(pair[1])


def _holds(facts: Facts, name: str, wanted: str) -> bool:
    """Numbers must be equal, texts contain what is wanted."""
    with_node = "." in name
    for node, entry, text in facts.values:
        whole = f"{node}.{entry}" if with_node else entry
        if whole.lower() == name:
            number = _number(wanted)
            if wanted in text.lower() if number is None else number == _number(text):
                return True
    return False


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
