"""What a backend's text encoders look like to whoever encodes prompts with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from nodeflow.prompts import Chunk
from nodeflow.values.arrays import FloatArray

Vectors = Mapping[str, FloatArray]
"""Of textual inversions by name, each of shape (vectors, width)."""
Encoded = tuple[FloatArray, FloatArray | None]
"""Hidden states, shape (1, 77, width), and the second encoder's pooled projection, shape (1, width)."""
Places = frozenset[int]
"""Of an encoder's 77 tokens, the first of which is at 0."""
NOTHING: Places = frozenset()


class Reader(Protocol):
    """A text encoder and its tokenizer, used by one thread alone."""

    @property
    def layers(self) -> int:
        """Layers of the encoder."""

    @property
    def width(self) -> int:
        """Width of its hidden states, and of the vectors of textual inversions for it."""

    def tokenize(self, text: str) -> list[int]:
        """The tokens of a text, without the marks at both ends."""

    def encode(self, chunk: Chunk, vectors: Vectors, clip_skip: int, hidden: Places = NOTHING) -> Encoded:
        """Read a chunk, between the marks at both ends and padded.

        Args:
            chunk: Its tokens.
            vectors: What stands in the place of tokens of textual inversions.
            clip_skip: How many more of the last layers to leave out; there are more layers than that.
            hidden: Places that no token attends to.
        """
