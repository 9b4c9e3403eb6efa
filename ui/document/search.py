"""Finding node types by what one types, and by what is to be linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from nodeflow.node.sockets import Socket, snake_case
from nodeflow.node.spec import NodeSpec
from ui.document.sockets import ANY
from ui.document.synonyms import SYNONYMS
from ui.document.validity import input_for, output_for

WORST = 60.0
"""Below this, out of 100, a node has nothing to do with the text."""


@dataclass(frozen=True, slots=True)
class SocketQuery:
    """The loose end of a link that a node must fit.

    Attributes:
        socket: The type of the end that is held.
        from_output: Whether that end is an output (else an input).
    """

    socket: Socket
    from_output: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A node type that was searched for.

    Attributes:
        spec: The node type.
        score: How well it matches, 0 to 100.
        connects: Its input or output that would be linked; None if nothing was asked to fit.
    """

    spec: NodeSpec
    score: float
    connects: str | None = None


def search(
    specs: Mapping[str, NodeSpec], text: str, fits: SocketQuery | None = None, limit: int = 200
) -> list[Found]:
    """Find node types, the best first; without a text, all that fit in the order of menus.

    Args:
        specs: The node types there are.
        text: What was typed: parts of names, categories, descriptions or other words for them.
        fits: Only nodes that can be linked to this; exact types count more than those that take anything.
        limit: The most to return.
    """
    words = text.lower().split()
    found = []
    for spec in specs.values():
        connects = _connects(spec, fits) if fits else None
        if fits and connects is None:
            continue
        score = _score(spec, words) if words else 100.0
        if score >= WORST:
            found.append(Found(spec, score - _vague(spec, fits, connects), connects))
    found.sort(key=lambda item: (-item.score, item.spec.category, item.spec.type))
    return found[:limit]


def likeness(name: str, text: str) -> float:
    """How well the name of something that is no node type matches what was typed, 0 to 100."""
    words, title = text.lower().split(), name.lower().replace("_", " ")
    if not words:
        return 100.0
    scores = [_word(word, title.split()) for word in words]
    return max(_whole("".join(words), title.replace(" ", "")), _together(scores))


def _connects(spec: NodeSpec, fits: SocketQuery) -> str | None:
    chosen = input_for if fits.from_output else output_for
    return chosen(spec, fits.socket)


def _vague(spec: NodeSpec, fits: SocketQuery | None, connects: str | None) -> float:
    """What a node loses for fitting only because it takes anything, or something wider."""
    if fits is None or connects is None:
        return 0.0
    sockets = spec.inputs if fits.from_output else spec.outputs
    socket = next(item.socket for item in sockets if item.name == connects)
    return 0.0 if socket == fits.socket else 10.0 if socket == ANY else 3.0


def _score(spec: NodeSpec, words: list[str]) -> float:
    """How well a node matches all words, the worst of them counting most."""
    title = snake_case(spec.type.replace("LoRA", "Lora")).replace("_", " ")
    fields = (
        (title, 1.0),
        (SYNONYMS.get(spec.type, ""), 0.9),
        (spec.category, 0.8),
        (_prose(spec), 0.7),
        (_choices(spec), 0.7),
    )
    scores = [max(_word(word, field.split()) * weight for field, weight in fields) for word in words]
    whole = _whole("".join(words), spec.type.lower(), title.replace(" ", ""))
    return max(whole, _together(scores))


def _together(scores: list[float]) -> float:
    """What the scores of several words come to, the worst counting most."""
    return (min(scores) + sum(scores) / len(scores)) / 2


def _whole(typed: str, *names: str) -> float:
    """How well all that was typed, written as one, is the name or begins it."""
    begun = (90.0 + 8.0 * len(typed) / len(name) for name in names if name.startswith(typed))
    return 100.0 if typed in names else max(begun, default=0.0)


def _word(word: str, among: list[str]) -> float:
    """How well one typed word matches the best of some: beginnings, then parts, then misspelt ones."""
    best = 0.0
    for place, other in enumerate(among):
        if other.startswith(word):
            best = max(best, 92.0 + 8.0 * len(word) / len(other) - min(place, 4))
        elif len(word) > 2 and word in other:
            best = max(best, 85.0)
        elif len(word) > 3:
            best = max(best, 0.95 * fuzz.ratio(word, other), 0.9 * fuzz.ratio(word, other[: len(word)]))
    return best


def _choices(spec: NodeSpec) -> str:
    """The words that its inputs let one choose from."""
    return " ".join(choice for item in spec.inputs for choice in item.socket.choices).replace("_", " ")


def _prose(spec: NodeSpec) -> str:
    return f"{spec.summary} {spec.description}".lower().replace(".", " ").replace(",", " ")
