"""From the marks of a prompt to its words and what they weigh."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from nodeflow.prompts.syntax import Group, Piece, Syntax, limited


class Kind(Enum):
    """What a mark does to the words around it."""

    OPEN = auto()
    CLOSE = auto()
    BREAK = auto()
    DROP = auto()


@dataclass(frozen=True)
class Cut:
    """A mark, from `start` up to `end`, that is no word itself."""

    start: int
    end: int
    kind: Kind
    group: Group | None = None


def sections(
    text: str, syntax: Syntax, cuts: Iterable[Cut]
) -> tuple[tuple[tuple[Piece, ...], ...], list[int]]:
    """Take the marks out of a prompt.

    Args:
        text: The prompt.
        syntax: Whether a written weight multiplies those around it, or replaces them; and whether brackets
            part words, as in ComfyUI.
        cuts: Its marks, none over another.

    Returns:
        The words by section, neighbours of one weight together unless brackets part them; and where weights
        were too high to be taken.
    """
    words = _Words()
    weights = _Weights(absolute=syntax is Syntax.COMFYUI)
    at = 0
    for cut in sorted(cuts, key=lambda cut: cut.start):
        words.add(text[at : cut.start], weights.now)
        at = cut.end
        if cut.kind is Kind.BREAK:
            words.cut()
        elif cut.group is not None:
            weights.change(cut.group, opens=cut.kind is Kind.OPEN)
            words.part(syntax)
    words.add(text[at:], weights.now)
    return words.sections(), weights.too_high


class _Weights:
    """What words weigh where reading has come to.

    Round brackets nest in each other, and so do square ones; `(a [b) c]` has each kind on its own.
    """

    def __init__(self, *, absolute: bool) -> None:
        self._absolute = absolute
        self._stacks = {False: [1.0], True: [1.0]}
        self.now = 1.0
        self.too_high: list[int] = []

    def change(self, group: Group, *, opens: bool) -> None:
        """Go into a group, or out of it."""
        stack = self._stacks[group.square]
        if not opens:
            stack.pop()
        else:
            weight = 1.0 if group.weight is None else group.weight
            wanted = weight if group.explicit and self._absolute else stack[-1] * weight
            stack.append(limited(wanted))
            if stack[-1] != wanted:
                self.too_high.append(group.start)
        self.now = self._stacks[False][-1] * self._stacks[True][-1]


class _Words:
    """Words gathered so far; neighbours of one weight are joined, so that escapes tear no word apart."""

    def __init__(self) -> None:
        self._sections: list[list[tuple[list[str], float]]] = [[]]
        self._apart = False

    def add(self, text: str, weight: float) -> None:
        """Add words."""
        section = self._sections[-1]
        if section and section[-1][1] == weight and not self._apart:
            section[-1][0].append(text)
        elif text:
            section.append(([text], weight))
            self._apart = False

    def part(self, syntax: Syntax) -> None:
        """Come to a bracket: in ComfyUI, what is behind it is another word whatever it weighs."""
        self._apart = syntax is Syntax.COMFYUI

    def cut(self) -> None:
        """Begin a section."""
        self._sections.append([])

    def sections(self) -> tuple[tuple[Piece, ...], ...]:
        """All words."""
        return tuple(
            tuple(Piece("".join(texts), weight) for texts, weight in section) for section in self._sections
        )
