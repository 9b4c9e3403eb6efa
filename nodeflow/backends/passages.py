"""What one text encoder says of a prompt: its chunks weighted, and its texts mixed and put side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from nodeflow.backends.reader import NOTHING, Encoded, Places, Reader, Vectors
from nodeflow.prompts import CHUNK, Chunk, Part, Passage, Weighting, weighted
from nodeflow.prompts.weighting import mixed, share_without
from nodeflow.values.arrays import FloatArray


class PassageEncoder:
    """A text encoder that reads the parts of one prompt; no chunk is encoded twice.

    Args:
        reader: The encoder.
        vectors: Textual inversions for it.
        clip_skip: How many more of its last layers to leave out.
        weighting: What weights do.
    """

    def __init__(self, reader: Reader, vectors: Vectors, clip_skip: int, weighting: Weighting) -> None:
        self._reader, self._vectors = reader, vectors
        self._clip_skip, self._weighting = clip_skip, weighting
        self._known: dict[tuple[Chunk, Places], Encoded] = {}

    def states(self, parts: Sequence[Part[Passage]], chunks: int) -> FloatArray:
        """The states of all parts, one after the other, filled up with empty chunks.

        Args:
            parts: What to read.
            chunks: How many chunks there are to be at least.
        """
        found = [self._part(part) for part in parts]
        missing = chunks - sum(map(length, parts))
        return np.concatenate([*found, *[self._empty()] * missing], axis=1)

    def pooled(self, chunk: Chunk) -> FloatArray | None:
        """The pooled projection of a chunk, where the encoder has one."""
        return self._read(chunk)[1]

    def _part(self, part: Part[Passage]) -> FloatArray:
        result = mixed([self._passage(text, length(part)) for text in part.texts], part.shares)
        if part.weight == 1:
            return result
        empty = self._nothing(length(part))
        return mixed([empty, result], [1 - part.weight, part.weight])

    def _passage(self, text: Passage, chunks: int) -> FloatArray:
        """A text's states, faint words mixed with what it says when nothing attends to them."""
        whole = self._weighted(text, (NOTHING,) * len(text.chunks))
        if self._weighting is Weighting.COMPEL:
            faint = [(i, weight) for i, (weight, tokens) in enumerate(text.pieces) if weight < 1 and tokens]
            without = [self._weighted(text, text.places(i)) for i, _ in faint]
            shares = [1.0, *(share_without(weight) for _, weight in faint)]
            whole = mixed([whole, *without], [share / sum(shares) for share in shares])
        filler = [self._empty()] * (chunks - len(text.chunks))
        return np.concatenate([whole, *filler], axis=1)

    def _weighted(self, text: Passage, hidden: Sequence[Places]) -> FloatArray:
        weighs = any(token.weight != 1 for token in chain(*text.chunks))
        empty = self._empty() if weighs and self._weighting.starts_from_empty else None
        states = [
            weighted(self._read(chunk, places)[0], _weights(chunk), empty, self._weighting)
            for chunk, places in zip(text.chunks, hidden, strict=True)
        ]
        return np.concatenate(states, axis=1)

    def _read(self, chunk: Chunk, hidden: Places = NOTHING) -> Encoded:
        """One chunk after the other, so that none depends on how many there are."""
        if (chunk, hidden) not in self._known:
            self._known[chunk, hidden] = self._reader.encode(chunk, self._vectors, self._clip_skip, hidden)
        return self._known[chunk, hidden]

    def _empty(self) -> FloatArray:
        return self._read(())[0]

    def _nothing(self, chunks: int) -> FloatArray:
        return np.concatenate([self._empty()] * chunks, axis=1)


def length(part: Part[Passage]) -> int:
    """How many chunks a part is."""
    return max(len(text.chunks) for text in (*part.texts, *part.beside))


def _weights(chunk: Chunk) -> list[float]:
    """A weight for each of the encoder's tokens; the marks at both ends and the padding weigh 1."""
    return [1.0, *(token.weight for token in chunk), *[1.0] * (CHUNK + 1 - len(chunk))]
