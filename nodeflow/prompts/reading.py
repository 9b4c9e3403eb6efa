"""What a prompt becomes, for people to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from nodeflow.prompts.chunks import Passage, passages
from nodeflow.prompts.parse import parse
from nodeflow.prompts.syntax import Part, Syntax
from nodeflow.prompts.tokens import Chunk, Token
from nodeflow.prompts.vocabulary import clip_vocabulary
from nodeflow.values.moment import Moment


@dataclass(frozen=True)
class Run:
    """Neighbouring tokens of one weight.

    Attributes:
        weight: What they weigh.
        tokens: The tokens.
        text: What they stand for; `·` is between the tokens of one word.
    """

    weight: float
    tokens: tuple[Token, ...]
    text: str


@dataclass(frozen=True)
class Reading:
    """What a prompt becomes.

    Attributes:
        text: The prompt.
        moments: When in a run it is this.
        parts: What the encoders read, part by part.
    """

    text: str
    moments: tuple[Moment, ...]
    parts: tuple[Part[Passage], ...]

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """What the encoders read at once, one after the other."""
        return tuple(chunk for part in self.parts for text in part.texts for chunk in text.chunks)

    @property
    def tokens(self) -> int:
        """How many tokens there are."""
        return sum(map(len, self.chunks))

    def runs(self, chunk: int) -> tuple[Run, ...]:
        """The words of a chunk, counted from 0, by weight."""
        found = groupby(self.chunks[chunk], key=lambda token: token.weight)
        return tuple(_run(weight, tuple(tokens)) for weight, tokens in found)


def read(
    text: str, syntax: Syntax = Syntax.A1111, vectors: Mapping[str, int] | None = None
) -> tuple[Reading, ...]:
    """Read a prompt as SDXL's encoders do: once, or for each text that it becomes during a run.

    Args:
        text: Any text.
        syntax: How to read it.
        vectors: How many vectors each textual inversion has; None: not known, and one is counted for each.

    Raises:
        OSError: If the vocabulary is not where it belongs.
    """
    encode = clip_vocabulary().encode
    return tuple(
        Reading(now.text, now.moments, passages(parse(now.text, syntax), encode, syntax, vectors))
        for now in parse(text, syntax).variations
    )


def _run(weight: float, tokens: tuple[Token, ...]) -> Run:
    return Run(weight, tokens, " ".join(_words(tokens)))


def _words(tokens: tuple[Token, ...]) -> Iterator[str]:
    for plain, part in groupby(tokens, key=lambda token: token.embedding is None):
        if plain:
            yield from clip_vocabulary().words([token.id for token in part])
        else:
            yield from (f"embedding:{token.embedding}" for token in part if token.row == 0)
