"""Where long prompts are cut in compel's syntax: behind a sentence, else a phrase, else a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nodeflow.prompts.tokens import CHUNK, Chunk, Token, Tokenizer
from nodeflow.prompts.vocabulary import clip_vocabulary

_SENTENCE = "."
_PHRASE = ".,;:"


def by_sentences(tokens: Sequence[Token], tokenize: Tokenizer) -> tuple[Chunk, ...]:
    """Cut tokens into chunks; at least one.

    Args:
        tokens: All tokens of a text.
        tokenize: The encoder's tokenizer.
    """
    if len(tokens) <= CHUNK:
        return (tuple(tokens),)
    ends_word = clip_vocabulary().ends_word
    sentence, phrase = (
        {token for mark in marks for token in tokenize(mark)} for marks in (_SENTENCE, _PHRASE)
    )
    ends: tuple[Callable[[int], bool], ...] = (sentence.__contains__, phrase.__contains__, ends_word)
    chunks: list[Chunk] = []
    at = 0
    while len(tokens) - at > CHUNK:
        upcoming = tokens[at : at + CHUNK]
        lengths = (_length(upcoming, is_end) for is_end in ends)
        length = next(filter(None, lengths), None) or _full(tokens, at)
        chunks.append(tuple(tokens[at : at + length]))
        at += length
    return (*chunks, tuple(tokens[at:]))


def _full(tokens: Sequence[Token], at: int) -> int:
    """How many tokens a full chunk takes: no textual inversion is cut in two."""
    return next(length for length in range(CHUNK, 0, -1) if not tokens[at + length].row)


def _length(tokens: Sequence[Token], is_end: Callable[[int], bool]) -> int:
    """How many tokens there are up to the last end; 0 if there is none."""
    ends = (i + 1 for i, token in enumerate(tokens) if token.embedding is None and is_end(token.id))
    return max(ends, default=0)
