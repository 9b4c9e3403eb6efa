"""What encoders read: tokens with their weights, 75 at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

CHUNK = 75
"""Tokens that an encoder reads at once; the first and the last of its 77 are marks."""

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
