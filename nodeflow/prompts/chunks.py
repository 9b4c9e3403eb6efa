"""From words to what an encoder reads at once: chunks of 75 tokens, each token with its weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nodeflow.prompts.sentences import by_sentences
from nodeflow.prompts.syntax import EMBEDDING, Parsed, Part, Piece, Syntax, Text
from nodeflow.prompts.tokens import CHUNK, Chunk, Token, Tokenizer

COMMA_REACH = 20
"""In A1111's syntax, a chunk rather ends at a comma, if there is one in its last tokens."""
TOGETHER = 8
"""In ComfyUI's syntax, words of one weight stay in one chunk if they are fewer tokens than this."""

Vectors = Mapping[str, int] | None
"""How many vectors each textual inversion has, 0 to 75; names left out are words. None: not known, and each
is taken to have one."""


@dataclass(frozen=True)
class Passage:
    """A text as an encoder reads it.

    Attributes:
        chunks: Its tokens; at least one chunk.
        pieces: The weight of each of its pieces, and how many tokens it is.
    """

    chunks: tuple[Chunk, ...]
    pieces: tuple[tuple[float, int], ...]

    def places(self, number: int) -> tuple[frozenset[int], ...]:
        """Where a piece is: for each chunk, the places from its first to its last token.

        A chunk's mark of the beginning is at place 0. Between two chunks, what stands behind the words counts
        as well, except for the last place.

        Args:
            number: Which piece, counted from 0; it has tokens.
        """
        where = [(at, place) for at, chunk in enumerate(self.chunks) for place in range(1, len(chunk) + 1)]
        before = sum(tokens for _, tokens in self.pieces[:number])
        first, last = where[before], where[before + self.pieces[number][1] - 1]
        return tuple(
            frozenset(place for place in range(1, CHUNK + 1) if first <= (at, place) <= last)
            for at in range(len(self.chunks))
        )


def passages(
    parsed: Parsed, tokenize: Tokenizer, syntax: Syntax = Syntax.A1111, vectors: Vectors = None
) -> tuple[Part[Passage], ...]:
    """Cut a prompt into what an encoder reads at once, part by part.

    Args:
        parsed: The prompt.
        tokenize: The encoder's tokenizer.
        syntax: Where long prompts may be cut.
        vectors: How many vectors textual inversions have.

    Returns:
        At least one part; an empty prompt is an empty chunk.
    """
    commas = set(tokenize(",")) if syntax is Syntax.A1111 else set()

    def passage(text: Text) -> Passage:
        units = [list(_units(piece, tokenize, vectors)) for piece in text]
        lengths = [sum(map(len, of_piece)) for of_piece in units]
        flat = [unit for of_piece in units for unit in of_piece]
        if syntax is Syntax.COMPEL:
            chunks = by_sentences([token for unit in flat for token in unit], tokenize)
        else:
            chunks = _filled(flat, commas, together=syntax is Syntax.COMFYUI)
        return Passage(chunks, tuple((piece.weight, n) for piece, n in zip(text, lengths, strict=True)))

    parts = tuple(part.with_each(passage) for part in parsed.parts)
    begins_none = syntax is Syntax.A1111 and len(parts) > 1 and parts[-1].texts[0].chunks == ((),)
    return parts[:-1] if begins_none else parts  # a BREAK at the very end


def chunked(
    parsed: Parsed, tokenize: Tokenizer, syntax: Syntax = Syntax.A1111, vectors: Vectors = None
) -> tuple[Chunk, ...]:
    """The chunks of all texts of a prompt, one after the other; see `passages`."""
    return tuple(
        chunk
        for part in passages(parsed, tokenize, syntax, vectors)
        for passage in part.texts
        for chunk in passage.chunks
    )


def pooled_chunk(text: Text, tokenize: Tokenizer, vectors: Vectors = None) -> Chunk:
    """The chunk that a text of its own for the pooled projection becomes; what is too long is cut off."""
    tokens = (token for piece in text for unit in _units(piece, tokenize, vectors) for token in unit)
    return tuple(tokens)[:CHUNK]


def padded(chunks: tuple[Chunk, ...], count: int) -> tuple[Chunk, ...]:
    """Chunks, with empty ones behind them up to a number."""
    return chunks + ((),) * (count - len(chunks))


def _units(piece: Piece, tokenize: Tokenizer, vectors: Vectors) -> Iterator[list[Token]]:
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


def _filled(units: Iterable[list[Token]], commas: set[int], *, together: bool) -> tuple[Chunk, ...]:
    filling = _Filling(commas)
    for unit in units:
        if together or (unit and unit[0].embedding):
            filling.add_together(unit)
        else:
            filling.add(unit)
    return filling.chunks()


class _Filling:
    """Chunks being filled.

    Args:
        commas: Tokens at which a full chunk rather ends.
    """

    def __init__(self, commas: set[int]) -> None:
        self._commas = commas
        self._done: list[Chunk] = []
        self._open: list[Token] = []

    def _close(self) -> None:
        self._done.append(tuple(self._open))
        self._open = []

    def add(self, tokens: list[Token]) -> None:
        """Add tokens one by one; what follows the last comma of a full chunk moves on with what comes."""
        for token in tokens:
            if len(self._open) == CHUNK:
                rest = [] if token.id in self._commas else self._after_comma()
                del self._open[CHUNK - len(rest) :]
                self._close()
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
            self._close()
        self._open += tokens

    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks; at least one."""
        if self._open or not self._done:
            self._close()
        return tuple(self._done)
