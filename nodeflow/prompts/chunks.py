"""From words to what an encoder reads at once: chunks of 75 tokens, each token with its weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nodeflow.prompts.parse import EMBEDDING
from nodeflow.prompts.syntax import Parsed, Piece, Syntax

CHUNK = 75
"""Tokens that an encoder reads at once; the first and the last of its 77 are marks."""
COMMA_REACH = 20
"""In A1111's syntax, a chunk rather ends at a comma, if there is one in its last tokens."""
TOGETHER = 8
"""In ComfyUI's syntax, words of one weight stay in one chunk if they are fewer tokens than this."""

Tokenizer = Callable[[str], list[int]]
"""Turns text into tokens, without the marks at both ends."""


@dataclass(frozen=True)
class Token:
    """A token of a chunk.

    Attributes:
        id: Its number in the vocabulary; 0 where a textual inversion stands.
        weight: What it weighs; 1 changes nothing.
        embedding: The textual inversion that it is part of.
        row: Which vector of it, from 0.
    """

    id: int
    weight: float = 1.0
    embedding: str | None = None
    row: int = 0


Chunk = tuple[Token, ...]
"""Up to 75 tokens."""


def chunked(
    parsed: Parsed,
    tokenize: Tokenizer,
    syntax: Syntax = Syntax.A1111,
    vectors: Mapping[str, int] | None = None,
) -> tuple[Chunk, ...]:
    """Cut a prompt into what an encoder reads at once.

    Args:
        parsed: The prompt.
        tokenize: The encoder's tokenizer.
        syntax: Where long prompts may be cut.
        vectors: How many vectors each textual inversion has, 0 to 75; names left out are words. None: not
            known, and each is taken to have one.

    Returns:
        At least one chunk; an empty prompt is an empty one.
    """
    filling = _Filling(set(tokenize(",")) if syntax is Syntax.A1111 else set())
    for number, section in enumerate(parsed.sections):
        if number:
            filling.close()
        for piece in section:
            for unit in _units(piece, tokenize, vectors):
                if syntax is Syntax.COMFYUI or (unit and unit[0].embedding):
                    filling.add_together(unit)
                else:
                    filling.add(unit)
    return filling.chunks()


def padded(chunks: tuple[Chunk, ...], count: int) -> tuple[Chunk, ...]:
    """Chunks, with empty ones behind them up to a number."""
    return chunks + ((),) * (count - len(chunks))


def _units(piece: Piece, tokenize: Tokenizer, vectors: Mapping[str, int] | None) -> Iterator[list[Token]]:
    """The tokens of a piece, those of each textual inversion apart."""
    at = 0
    for found in EMBEDDING.finditer(piece.text):
        name = found.group(1)
        if vectors is None or name in vectors:
            yield [Token(token, piece.weight) for token in tokenize(piece.text[at : found.start()])]
            rows = range(1 if vectors is None else vectors[name])
            yield [Token(0, piece.weight, name, row) for row in rows]
            at = found.end()
    yield [Token(token, piece.weight) for token in tokenize(piece.text[at:])]


class _Filling:
    """Chunks being filled.

    Args:
        commas: Tokens at which a full chunk rather ends.
    """

    def __init__(self, commas: set[int]) -> None:
        self._commas = commas
        self._done: list[Chunk] = []
        self._open: list[Token] = []

    def close(self) -> None:
        """End the chunk, full or not."""
        self._done.append(tuple(self._open))
        self._open = []

    def add(self, tokens: list[Token]) -> None:
        """Add tokens one by one; what follows the last comma of a full chunk moves on with what comes."""
        for token in tokens:
            if len(self._open) == CHUNK:
                rest = [] if token.id in self._commas else self._after_comma()
                del self._open[CHUNK - len(rest) :]
                self.close()
                self._open = rest
            self._open.append(token)

    def _after_comma(self) -> list[Token]:
        last = next((i for i in reversed(range(CHUNK)) if self._open[i].id in self._commas), None)
        return [] if last is None or CHUNK - last > COMMA_REACH else self._open[last + 1 :]

    def add_together(self, tokens: list[Token]) -> None:
        """Add tokens that stay together if they are few, or a textual inversion."""
        together = len(tokens) < TOGETHER or tokens[0].embedding is not None
        while len(self._open) + len(tokens) > CHUNK:
            room = 0 if together else CHUNK - len(self._open)
            self._open += tokens[:room]
            tokens = tokens[room:]
            self.close()
        self._open += tokens

    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks; a `BREAK` at the very end begins none."""
        if self._open or not self._done:
            self.close()
        return tuple(self._done)
