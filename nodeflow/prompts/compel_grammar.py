"""compel's grammar: which words of a prompt its marks belong to. What they do to the words is in `compel`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nodeflow.prompts.syntax import EMBEDDING

DEEPEST = 50
"""Brackets nested much deeper than this are words; compel itself takes half a minute for 7."""

_GAP = re.compile(r"[ \t\r\n]*")
_NUMBER = r"(?:[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)|-?[0-9]+)"
_STEP = rf"(?>\++|-+|{_NUMBER})"
_KEYWORD = r"[A-Za-z0-9_-]+"
_G = _GAP.pattern
_OPTION = rf"(?>{_KEYWORD}{_G}={_G}(?>{_NUMBER}|{_KEYWORD})|{_NUMBER}|{_KEYWORD})"
_OPTIONS = rf"(?:{_OPTION}(?:{_G},{_G}{_OPTION})*)?"

_FREE = re.compile(r"[^ \t\r\n]+")
_WORD = re.compile(rf'(?:{EMBEDDING.pattern}|\\[()",.+=-]|[+-](?![ \t\r\n()",.+=-]|\Z)|[^ \t\r\n()",.+=-])+')
"""A word in brackets: signs only behind a backslash, or `+` and `-` inside of it."""
_QUOTED = re.compile(r'"(?:\\"|[^"\r\n])*"')
_BEHIND_WORD = re.compile(r"(\++|-+)")
_BEHIND_BRACKET = re.compile(rf"({_STEP})")
_ATTEND = re.compile(rf"{_G}\.attend{_G}\({_G}({_STEP}){_G}\)")
_SWAP = re.compile(rf"{_G}\.swap{_G}\(")
_SWAP_END = re.compile(rf"(?:{_G},{_G}{_OPTIONS})?{_G}\)")
_LORA = re.compile(rf"(?:useLora|withLora){_G}\({_G}{_KEYWORD}(?:{_G},{_G}{_NUMBER})?{_G}\)")
_JOIN = re.compile(rf"\){_G}\.(and|add|blend){_G}\({_G}({_OPTIONS}){_G}\)")


@dataclass(frozen=True)
class Words:
    """Words as they stand, from `start` up to `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Lora:
    """A LoRA's name, which is no word."""

    start: int
    end: int


@dataclass(frozen=True)
class Bracket:
    """What stands in brackets or quotes."""

    start: int
    end: int
    inner: tuple[Node, ...]


@dataclass(frozen=True)
class Weighed:
    """What has a weight: signs, as in `++`, or a number."""

    start: int
    end: int
    target: Words | Bracket
    weight: str


@dataclass(frozen=True)
class Swap:
    """Words, and others that are to take their attention."""

    start: int
    end: int
    target: Words | Bracket
    edited: tuple[Node, ...]


Node = Words | Lora | Bracket | Weighed | Swap
Nodes = tuple[Node, ...]


@dataclass(frozen=True)
class Join:
    """Texts that are joined: `("a", "b").and(0.7, 0.3)`.

    Attributes:
        start: Where the bracket around them opens.
        close: Where it closes.
        end: Behind all of it.
        texts: What is joined.
        commas: What parts them.
        by: `and`, `add` or `blend`.
        options: What is written behind that.
        rest: Where what follows begins; the end of the text if nothing does.
    """

    start: int
    close: int
    end: int
    texts: tuple[Nodes, ...]
    commas: tuple[int, ...]
    by: str
    options: tuple[str, ...]
    rest: int


class Grammar:
    """Finds the marks of a text. Whatever was found at a place is kept, so that time grows with length only.

    Args:
        text: The prompt, with a space behind each comma; no other space than blanks, tabs and new lines.

    Attributes:
        stuck: Of brackets that are words, where what cannot stand in them is, or the end of what they are in.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.stuck: dict[int, int] = {}
        self._known: dict[tuple[int, int], Node | None] = {}
        self._depth = 0

    def join(self) -> Join | None:
        """Read all of the text as joined texts; None if it is no such text."""
        end = len(self.text)
        loras = self._loras(0)
        found = self._joined(self._gap(loras, end), end)
        if found is None or (found.by != "blend" and loras):
            return None
        return found

    def _loras(self, at: int) -> int:
        """Where LoRAs that stand at a place end."""
        while found := _LORA.match(self.text, self._gap(at, len(self.text))):
            at = found.end()
        return at

    def _joined(self, start: int, end: int) -> Join | None:
        texts: list[Nodes] = []
        commas: list[int] = []
        at = start
        while self.text.startswith("," if texts else "(", at):
            commas += [at] if texts else []
            text = self._text(self._gap(at + 1, end), end)
            if text is None:
                return None
            texts.append(text[0])
            at = self._gap(text[1], end)
        found = _JOIN.match(self.text, at, end) if texts else None
        if found is None:
            return None
        options = tuple(option.strip() for option in found[2].split(",") if option)
        rest = self._gap(self._loras(found.end()) if found[1] == "blend" else found.end(), end)
        return Join(start, at, found.end(), tuple(texts), tuple(commas), found[1], options, rest)

    def _text(self, at: int, end: int) -> tuple[Nodes, int] | None:
        """One of the texts that are joined, and where it ends; in quotes, anything may stand."""
        target = self._target(at, end) if at < end else None
        if target is not None:
            return (target.inner if isinstance(target, Bracket) else (target,)), target.end
        found = _QUOTED.match(self.text, at, end)
        return None if found is None else (self.prompt(at + 1, found.end() - 1), found.end())

    def prompt(self, at: int, end: int) -> Nodes:
        """Read what stands outside of brackets, where anything may be a word."""
        nodes: list[Node] = []
        while (at := self._gap(at, end)) < end:
            node = self._node(at, end)
            if node is None or isinstance(node, Words):
                free = _FREE.match(self.text, at, end)
                node = Words(at, free.end() if free else end)
            nodes.append(node)
            at = node.end
        return tuple(nodes)

    def _gap(self, at: int, end: int) -> int:
        found = _GAP.match(self.text, at, end)
        return found.end() if found else end

    def _inner(self, at: int, end: int, *, commas: bool = True) -> tuple[Nodes, int]:
        """Read as much as may stand in brackets, and say where that ends."""
        nodes: list[Node] = []
        self._depth += 1
        while (at := self._gap(at, end)) < end:
            node = self._node(at, end)
            if node is None and commas and self.text[at] in ",.":
                node = Words(at, at + 1)
            if node is None:
                break
            nodes.append(node)
            at = node.end
        self._depth -= 1
        return tuple(nodes), at

    def _node(self, at: int, end: int) -> Node | None:
        if (at, end) not in self._known:
            self._known[at, end] = self._found(at, end)
        return self._known[at, end]

    def _found(self, at: int, end: int) -> Node | None:
        lora = _LORA.match(self.text, at, end)
        if lora is not None:
            return Lora(at, lora.end())
        target = self._target(at, end)
        if target is None:
            return None
        behind = _BEHIND_BRACKET if isinstance(target, Bracket) else _BEHIND_WORD
        weight = _ATTEND.match(self.text, target.end, end) or behind.match(self.text, target.end, end)
        if weight is not None:
            return Weighed(at, weight.end(), target, weight[1])
        return self._swap(target, end) or target

    def _target(self, at: int, end: int) -> Words | Bracket | None:
        """What may be weighed: brackets, quotes or a word."""
        if self.text[at] == "(":
            return self._bracket(at, end)
        if self.text[at] == '"':
            return self._quoted(at, end)
        found = _WORD.match(self.text, at, end)
        return found and Words(at, found.end())

    def _bracket(self, at: int, end: int) -> Bracket | None:
        if self._depth == DEEPEST:
            self.stuck[at] = at
            return None
        nodes, close = self._inner(at + 1, end)
        if close == end or self.text[close] != ")":
            self.stuck[at] = self.stuck.get(close, close)
            return None
        return Bracket(at, close + 1, nodes)

    def _quoted(self, at: int, end: int) -> Bracket | None:
        found = _QUOTED.match(self.text, at, end)
        if found is None or self._depth == DEEPEST:
            self.stuck[at] = end
            return None
        last = found.end() - 1
        nodes, close = self._inner(at + 1, last)
        if close != last:
            self.stuck[at] = self.stuck.get(close, close)
            return None
        return Bracket(at, found.end(), nodes or (Words(last, last),))

    def _swap(self, target: Words | Bracket, end: int) -> Swap | None:
        begun = _SWAP.match(self.text, target.end, end)
        if begun is None or self._depth == DEEPEST:
            return None
        edited, at = self._inner(begun.end(), end, commas=False)
        ended = _SWAP_END.match(self.text, at, end)
        return None if ended is None else Swap(target.start, ended.end(), target, edited)
