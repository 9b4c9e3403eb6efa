"""Reads a prompt in whichever syntax; what compel's means is in `compel`.

Any text will do: nothing here raises, and time grows with length only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from nodeflow.prompts.compel import parse_compel
from nodeflow.prompts.foreign import foreign_marks
from nodeflow.prompts.schedule import MOST_STEPS, MOST_TEXTS, text_at, variations
from nodeflow.prompts.sections import Cut, Kind, sections
from nodeflow.prompts.slips import never_or_always, no_time, no_weight
from nodeflow.prompts.syntax import (
    BRACKET_WEIGHT,
    EMBEDDING,
    TOO_HIGH,
    Change,
    Group,
    Mark,
    Note,
    Parsed,
    Part,
    Span,
    Syntax,
    Variation,
)
from nodeflow.values.moment import ALWAYS, Moment

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_SCAN = {
    Syntax.A1111: re.compile(
        rf"(?P<escape>\\[()\[\]\\:|]?)|(?P<embedding>{EMBEDDING.pattern})|(?P<cut>\bBREAK\b)"
        rf"|:\s*(?P<weight>{_NUMBER})\s*\)|:\s*(?P<when>{_NUMBER})\s*\]|(?P<mark>[()\[\]|:])"
    ),
    Syntax.COMFYUI: re.compile(
        rf"(?P<escape>\\[()])|(?P<embedding>{EMBEDDING.pattern})"
        rf"|:\s*(?P<weight>{_NUMBER})\s*\)|(?P<mark>[()])"
    ),
}
_MARKED = re.compile(r"[()\[\]\\]|\bBREAK\b|embedding:")


def is_marked(text: str) -> bool:
    """Whether a text may hold marks of any syntax; one that does not is read as it stands."""
    return _MARKED.search(text) is not None


def embedding_names(text: str) -> tuple[str, ...]:
    """The textual inversions that a prompt names, each once."""
    return tuple(dict.fromkeys(EMBEDDING.findall(text)))


def parse(text: str, syntax: Syntax = Syntax.A1111) -> Parsed:
    """Find all marks of a prompt, and what its words weigh.

    Args:
        text: Any text.
        syntax: How to read it.
    """
    if syntax is Syntax.COMPEL:
        return parse_compel(text)
    reading = _Reading(text, syntax)
    reading.read()
    changes = sorted(reading.changes, key=lambda change: change.start)
    found = variations(text, changes)
    if found is None:
        reading.note(changes[0].start, f"becomes more than {MOST_TEXTS} prompts; only its first one is read")
        found = (Variation(text_at(text, changes, Moment()), (ALWAYS,)),)
    words, too_high = sections(text, syntax, reading.cuts)
    if changes:
        first = _Reading(found[0].text, syntax)
        first.read()
        words, _ = sections(first.text, syntax, first.cuts)  # notes are about the text as it is written
    for start in too_high:
        reading.note(start, TOO_HIGH)
    notes = sorted((*reading.notes, *foreign_marks(text, syntax)), key=lambda note: note.start)
    parts = tuple(Part((section,)) for section in words)
    return Parsed(tuple(reading.spans), tuple(reading.groups), parts, tuple(notes), found)


@dataclass
class _Open:
    """A bracket waiting for its partner, and what may part texts in it: where `:` and `|` are."""

    start: int
    colons: list[int] = field(default_factory=list)
    bars: list[int] = field(default_factory=list)


@dataclass
class _Reading:
    """What was found so far. Round and square brackets find their partners without regard to each other."""

    text: str
    syntax: Syntax
    spans: list[Span] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    round: list[_Open] = field(default_factory=list)
    square: list[_Open] = field(default_factory=list)

    def read(self) -> None:
        """Take in all of the text."""
        for found in _SCAN[self.syntax].finditer(self.text):
            self.take(found)
        self.finish()

    def note(self, start: int, message: str) -> None:
        """Say what does not act as it looks."""
        self.notes.append(Note(start, message))

    def take(self, found: re.Match[str]) -> None:
        """Take in what was found next."""
        start, end = found.span()
        match found.lastgroup:
            case "escape":
                self._escape(start, end)
            case "cut":
                self.spans.append(Span(start, end, Mark.BREAK))
                self.cuts.append(Cut(start, end, Kind.BREAK))
            case "weight" if self.round:
                self._close_round(start, end, found["weight"])
            case "when" if self.square:
                self._close_square(start, end, found["when"])
            case "weight" | "when":
                self._stray(end - 1)
            case "mark":
                self._bracket(found["mark"], start)
            case _:
                self.spans.append(Span(start, end, Mark.EMBEDDING))

    def _escape(self, start: int, end: int) -> None:
        self.spans.append(Span(start, end, Mark.ESCAPE))
        self.cuts.append(Cut(start, start + 1, Kind.DROP))
        if end == start + 1:
            self.note(start, "a single backslash is left out; write \\\\ for one")

    def _bracket(self, mark: str, start: int) -> None:
        match mark:
            case "(":
                self.round.append(_Open(start))
            case "[":
                self.square.append(_Open(start))
            case ")" if self.round:
                self._close_round(start, start + 1)
            case "]" if self.square:
                self._close_square(start, start + 1)
            case "|" if self._innermost_is_square():
                self.square[-1].bars.append(start)
            case ":" if self._innermost_is_square():
                self.square[-1].colons.append(start)
            case ")" | "]":
                self._stray(start)

    def _innermost_is_square(self) -> bool:
        return bool(self.square) and (not self.round or self.round[-1].start < self.square[-1].start)

    def _stray(self, at: int) -> None:
        self.spans.append(Span(at, at + 1, Mark.UNBALANCED))
        self.note(at, f"'{self.text[at]}' closes nothing and is read as a word")

    def _close_round(self, start: int, end: int, written: str | None = None) -> None:
        opened = self.round.pop().start
        if written is None:
            self._slip(no_weight(self.text, opened + 1, start))
        elif self.syntax is Syntax.COMFYUI and start == opened + 1:
            written, start = None, end - 1  # with nothing before it, `:1.5` is what is weighted
        weight = BRACKET_WEIGHT if written is None else float(written)
        self._add(Group(opened, end, start, weight, written is not None, square=False))

    def _slip(self, found: Note | None) -> None:
        if found is not None:
            self.notes.append(found)

    def _close_square(self, start: int, end: int, when: str | None = None) -> None:
        opened = self.square.pop()
        if when is None and not opened.bars:
            group = Group(opened.start, end, start, 1 / BRACKET_WEIGHT, explicit=False, square=True)
            self._add(group)
            self._slip(no_time(self.text, opened.start + 1, start, opened.colons))
            return
        self._add(Group(opened.start, end, start, None, explicit=False, square=True))
        parts = opened.colons[:1] if when is not None else opened.bars
        options = list(pairwise((opened.start, *parts, start)))
        texts = [(left + 1, right) for left, right in options]
        if len(texts) == 1:  # `[b:0.4]`: nothing before
            texts.insert(0, (opened.start + 1, opened.start + 1))
        time = None if when is None else _time(when)
        self.changes.append(Change(opened.start, end, tuple(texts), time))
        self.spans += [Span(at, at + 1, Mark.CHANGE) for at in (opened.start, *parts)]
        self.spans.append(Span(start, end, Mark.CHANGE))
        self._check_change(opened, time)

    def _check_change(self, opened: _Open, when: float | int | None) -> None:
        """Note what in a change does not act as it looks."""
        if when is not None and (message := never_or_always(when)):
            self.note(opened.start, message)
        for extra in opened.colons[1:2] if when is not None else ():
            self.note(extra, "':' is read as a word; [a:b:0.4] has two texts")
        for bar in opened.bars[:1] if when is not None else ():
            self.note(bar, "'|' is read as a word in [a:b:0.4]")

    def _add(self, group: Group) -> None:
        self.groups.append(group)
        self.cuts.append(Cut(group.start, group.start + 1, Kind.OPEN, group))
        self.cuts.append(Cut(group.inner_end, group.end, Kind.CLOSE, group))
        self.spans.append(Span(group.start, group.start + 1, Mark.BRACKET))
        self.spans.append(Span(group.end - 1, group.end, Mark.BRACKET))
        if group.inner_end < group.end - 1:
            self.spans.append(Span(group.inner_end, group.end - 1, Mark.WEIGHT))
        self._tone(group)

    def _tone(self, group: Group) -> None:
        if group.weight not in (None, 1) and group.inner_end > group.start + 1:
            mark = Mark.STRONGER if (group.weight or 0) > 1 else Mark.WEAKER
            self.spans.append(Span(group.start + 1, group.inner_end, mark))

    def finish(self) -> None:
        """Take brackets that were never closed: in A1111 they reach to the end, in ComfyUI they are words."""
        end = len(self.text)
        for opened in (*self.round, *self.square):
            start = opened.start
            square = self.text[start] == "["
            self.spans.append(Span(start, start + 1, Mark.UNBALANCED))
            if self.syntax is Syntax.COMFYUI:
                self.note(start, "'(' is never closed and is read as a word")
                continue
            self.note(start, f"'{self.text[start]}' is never closed and weighs all that follows")
            weight = 1 / BRACKET_WEIGHT if square else BRACKET_WEIGHT
            group = Group(start, end, end, weight, explicit=False, square=square)
            self.cuts.append(Cut(start, start + 1, Kind.OPEN, group))


def _time(written: str) -> float | int:
    """A share of the run, or a number of steps if it has no point; no more of them than a run can have."""
    time = float(written)
    return time if "." in written else int(max(min(time, MOST_STEPS), -MOST_STEPS))
