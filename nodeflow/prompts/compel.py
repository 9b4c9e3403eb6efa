"""Reads a prompt in compel's syntax: what its words weigh, and how texts are joined. Any text will do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from math import isfinite

from nodeflow.prompts.compel_grammar import Bracket, Grammar, Join, Lora, Nodes, Swap, Weighed, Words
from nodeflow.prompts.foreign import foreign_marks
from nodeflow.prompts.syntax import (
    EMBEDDING,
    TOO_HIGH,
    Group,
    Mark,
    Note,
    Parsed,
    Part,
    Piece,
    Span,
    Syntax,
    Text,
    Variation,
    limited,
)
from nodeflow.values.moment import ALWAYS

PLUS, MINUS = 1.1, 0.9
"""What each `+` and each `-` multiplies by."""
_MOST_SIGNS = 999
"""More would be too much for a float; it is far beyond the highest weight, or nothing."""
_PACKED_COMMA = re.compile(r",\S")
_ESCAPE = re.compile(r'\\{1,2}(?=[()"])')
_OTHER_SPACE = str.maketrans("\v\f", "  ")
_SIGNS = {"+": PLUS, "-": MINUS}
_NO_NORMALIZE = "no_normalize"
_NO_JOIN = re.compile(r"\.(?:and|add|blend)(?=\()")
_STRAY = re.compile(r"^(?:[^()\\]|\\.)*\)$")
"""Ends with a bracket, and has none before it."""


def parse_compel(text: str) -> Parsed:
    """Find all marks of a prompt, and what its words weigh.

    Args:
        text: Any text.
    """
    reading = _Reading(text)
    parts = reading.parts()
    notes = (*reading.notes, *foreign_marks(text, Syntax.COMPEL))
    return Parsed(
        tuple(sorted(reading.spans, key=lambda span: span.start)),
        tuple(reading.groups),
        parts,
        tuple(sorted(notes, key=lambda note: note.start)),
        (Variation(text, (ALWAYS,)),),
        (Piece(text, 1.0),) if text else (),
    )


@dataclass(frozen=True)
class _Swapped:
    """Words, and others in their place."""

    original: Text
    edited: Text


Flat = Piece | _Swapped


class _Reading:
    """From a grammar's tree to weights, notes and what is to be shown; all places are the text's own."""

    def __init__(self, text: str) -> None:
        spaced, self._places = _spaced(text)
        self._grammar = Grammar(spaced.translate(_OTHER_SPACE))
        self.spans: list[Span] = []
        self.groups: list[Group] = []
        self.notes: list[Note] = []

    def parts(self) -> tuple[Part[Text], ...]:
        """What is encoded, part by part; at least one."""
        join = self._grammar.join()
        if join is not None:
            return self._joined(join)
        nodes = self._grammar.prompt(0, len(self._grammar.text))
        self._note_words(nodes)
        return (_part(self._flat(nodes, 1.0)),)

    def _joined(self, join: Join) -> tuple[Part[Text], ...]:
        for start in (join.start, join.close, *join.commas):
            self._show(start, start + 1, Mark.BREAK)
        self._show(join.close + 1, join.end, Mark.BREAK)
        if join.rest < len(self._grammar.text):
            self._note(join.rest, f"what stands behind '.{join.by}(…)' is left out")
        for nodes in join.texts:
            self._note_words(nodes)
        flat = [tuple(self._flat(nodes, 1.0)) for nodes in join.texts]
        weights = self._numbers(join)
        kept = [(items, weight) for items, weight in zip(flat, weights, strict=True) if items] or [((), 1.0)]
        if join.by != "blend":
            return tuple(_part(items, self._limited(weight, join.close)) for items, weight in kept)
        texts = tuple(_part(items).texts[0] for items, _ in kept)
        return (Part(texts, self._shares(join, [weight for _, weight in kept])),)

    def _numbers(self, join: Join) -> list[float]:
        """A number for each text; 1 for those that have none."""
        found: list[float] = []
        for option in join.options:
            number = _number(option)
            if number is not None:
                found.append(number)
            elif join.by != "blend" or not option.startswith(_NO_NORMALIZE):
                self._note(join.close, f"'{option}' is no number and is left out")
        if found and len(found) != len(join.texts):
            much = f"joins {len(join.texts)} texts, but its numbers are {len(found)}"
            self._note(join.close, f"'.{join.by}(…)' {much}; a text without one gets 1")
        return [*found, *[1.0] * len(join.texts)][: len(join.texts)]

    def _shares(self, join: Join, weights: list[float]) -> tuple[float, ...]:
        total = 1.0
        if not any(option.startswith(_NO_NORMALIZE) for option in join.options):
            total = sum(weights)
        if total == 0:
            self._note(
                join.close, "shares that make 0 cannot be brought to make 1; they are taken as they are"
            )
        return tuple(self._limited(weight / (total or 1.0), join.close) for weight in weights)

    def _limited(self, weight: float, start: int) -> float:
        if limited(weight) != weight:
            self._note(start, TOO_HIGH)
        return limited(weight)

    def _flat(self, nodes: Nodes, weight: float) -> Iterator[Flat]:
        """Words with all that they weigh, in their order."""
        for node in nodes:
            match node:
                case Words():
                    yield Piece(self._words(node), weight)
                case Bracket():
                    yield from self._flat(node.inner, weight)
                case Weighed():
                    yield from self._flat((node.target,), self._weigh(node, weight))
                case Swap():
                    yield self._swapped(node, weight)
                case Lora():
                    name = self._grammar.text[node.start : node.end]
                    self._note(node.start, f"'{name}' is left out; link a LoRALoader to the model instead")

    def _words(self, node: Words) -> str:
        raw = self._grammar.text[node.start : node.end]
        for found in EMBEDDING.finditer(raw):
            self._show(node.start + found.start(), node.start + found.end(), Mark.EMBEDDING)
        for found in _ESCAPE.finditer(raw):
            self._show(node.start + found.start(), node.start + found.end() + 1, Mark.ESCAPE)
        return _ESCAPE.sub("", raw)

    def _weigh(self, node: Weighed, around: float) -> float:
        """What a weighed thing weighs, given what is around it; and show it."""
        target, sign = node.target, node.weight[0]
        bare = isinstance(target, Words)
        signs = not node.weight.strip("+-")
        weight = _SIGNS[sign] ** min(len(node.weight), _MOST_SIGNS) if signs else float(node.weight)
        inner_end = target.end if bare else target.end - 1
        self._show(target.end, node.end, Mark.WEIGHT)
        if not bare:
            self._show(target.start, target.start + 1, Mark.BRACKET)
            self._show(inner_end, target.end, Mark.BRACKET)
        places = self._places[node.start], self._places[node.end - 1] + 1, self._places[inner_end]
        group = Group(*places, weight, not signs, square=False, bare=bare)
        self.groups.append(group)
        if weight != 1 and group.inner_start < group.inner_end:
            tone = Mark.STRONGER if weight > 1 else Mark.WEAKER
            self.spans.append(Span(group.inner_start, group.inner_end, tone))
        return self._limited(around * weight, node.start)

    def _swapped(self, node: Swap, weight: float) -> _Swapped:
        self._show(node.target.end, node.end, Mark.CHANGE)
        self._note(
            node.target.end, "only what stands before '.swap(…)' is read, as compel itself does for SDXL"
        )
        original = _fused(_originals(self._flat((node.target,), weight)))
        return _Swapped(original, _fused(_originals(self._flat(node.edited, weight))))

    def _note_words(self, nodes: Nodes) -> None:
        """Say which marks outside of all brackets are words."""
        for node in filter(lambda node: isinstance(node, Words), nodes):
            word = self._grammar.text[node.start : node.end]
            if node.start in self._grammar.stuck:
                self._show(node.start, node.start + 1, Mark.UNBALANCED)
                why = self._why(node.start)
                self._note(node.start, f"'{word[0]}' is read as a word: {why}")
            if _STRAY.search(word):
                self._show(node.end - 1, node.end, Mark.UNBALANCED)
                self._note(node.end - 1, "')' closes nothing and is read as a word")
            if joins := _NO_JOIN.match(word):
                message = "is read as a word; it joins texts in brackets that begin the prompt"
                self._note(node.start, f"'{joins[0]}' {message}")

    def _why(self, start: int) -> str:
        """Why a bracket or quote is none."""
        text, stuck = self._grammar.text, self._grammar.stuck
        at = stuck[start]
        if at == len(text) or (text[at] == '"' and at not in stuck):  # or where the quotes around it end
            return "it is never closed"
        return (
            "there are too many brackets in it" if at in stuck else f"'{text[at]}' cannot stand alone in it"
        )

    def _show(self, start: int, end: int, mark: Mark) -> None:
        self.spans.append(Span(self._places[start], self._places[end - 1] + 1, mark))

    def _note(self, start: int, message: str) -> None:
        self.notes.append(Note(self._places[start], message))


def _spaced(text: str) -> tuple[str, list[int]]:
    """With a space behind every comma, as compel reads it; and where each letter was, and the end."""
    added = {found.start() + 1 for found in _PACKED_COMMA.finditer(text)}
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        letters += [" ", letter] if place in added else [letter]
        places += [place, place] if place in added else [place]
    return "".join(letters), [*places, len(text)]


def _number(option: str) -> float | None:
    try:
        found = float(option)
    except ValueError:
        return None
    return found if isfinite(found) else None


def _part(items: Iterable[Flat], weight: float = 1.0) -> Part[Text]:
    """One text; the one with other words in place of those swapped only stands beside it."""
    kept = tuple(items)
    swaps = any(isinstance(item, _Swapped) for item in kept)
    return Part((_text(kept, "original"),), weight=weight, beside=(_text(kept, "edited"),) if swaps else ())


def _text(items: Iterable[Flat], words: str) -> Text:
    """The pieces of a text; what is swapped stays apart from its neighbours."""
    pieces: list[Piece] = []
    for swapped, run in groupby(items, key=lambda item: isinstance(item, _Swapped)):
        if swapped:
            pieces += [piece for item in run for piece in getattr(item, words)]
        else:
            pieces += _fused(item for item in run if isinstance(item, Piece))
    return tuple(piece for piece in pieces if piece.text.strip())


def _originals(items: Iterable[Flat]) -> Iterator[Piece]:
    for item in items:
        yield from (item,) if isinstance(item, Piece) else item.original


def _fused(pieces: Iterable[Piece]) -> Text:
    """Neighbours of one weight as one."""
    runs = groupby(pieces, key=lambda piece: piece.weight)
    return tuple(Piece(" ".join(piece.text for piece in run), weight) for weight, run in runs)
