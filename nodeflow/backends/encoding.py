"""From a prompt to the hidden states of SDXL's text encoders, whatever computes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from nodeflow.backends.protocol import PromptRequest
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Part
from nodeflow.prompts import CHUNK, Chunk, Weighting, chunked, padded, parse, weighted
from nodeflow.prompts.inversions import find_tensor
from nodeflow.values import Conditioning
from nodeflow.values.arrays import FloatArray

Vectors = Mapping[str, FloatArray]
"""Of textual inversions by name, each of shape (vectors, width)."""
Load = Callable[[Path, str], FloatArray]
Encoded = tuple[FloatArray, FloatArray | None]
"""Hidden states, shape (1, 77, width), and the second encoder's pooled projection, shape (1, width)."""

_NUMBERS = {Part.TEXT_ENCODER: 1, Part.TEXT_ENCODER_2: 2}


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

    def encode(self, chunk: Chunk, vectors: Vectors, clip_skip: int) -> Encoded:
        """Read a chunk, between the marks at both ends and padded.

        Args:
            chunk: Its tokens.
            vectors: What stands in the place of tokens of textual inversions.
            clip_skip: How many more of the last layers to leave out; there are more layers than that.
        """


def encode(readers: Mapping[Part, Reader], request: PromptRequest, load: Load) -> Conditioning:
    """Encode a prompt, 75 tokens at a time.

    Args:
        readers: CLIP-L and OpenCLIP bigG, or the second alone.
        request: The prompt.
        load: Reads a tensor of a safetensors file as float32.

    Returns:
        The chunks' states one after the other, for both encoders as many; the pooled projection is the
        first chunk's.

    Raises:
        NodeFailed: If the encoders have too few layers for `clip_skip`, or an embedding does not fit them.
        MissingFile: If an embedding's file cannot be read.
    """
    texts = {Part.TEXT_ENCODER: request.text}
    texts[Part.TEXT_ENCODER_2] = request.text if request.text_2 is None else request.text_2
    vectors = {part: _vectors(part, reader, request, load) for part, reader in readers.items()}
    _check_used(request, vectors)
    chunks = {
        part: chunked(
            parse(texts[part], request.syntax),
            reader.tokenize,
            request.syntax,
            {name: len(found) for name, found in vectors[part].items()},
        )
        for part, reader in readers.items()
    }
    count = max(map(len, chunks.values()))
    states: dict[Part, FloatArray] = {}
    pooled: FloatArray | None = None
    for part, reader in readers.items():
        whole = padded(chunks[part], count)
        states[part], pooled = _encode_chunks(reader, whole, vectors[part], request)
    assert pooled is not None  # noqa: S101 - the second encoder comes last
    attended = _attended(chunks.values(), count) if request.mask_padding else None
    return Conditioning(states.get(Part.TEXT_ENCODER), states[Part.TEXT_ENCODER_2], pooled, attended=attended)


def _attended(encoders: Iterable[tuple[Chunk, ...]], count: int) -> FloatArray:
    """Every chunk up to the mark at its end, for whichever encoder reads more of it; shape (1, tokens)."""
    found = np.zeros((count, CHUNK + 2), np.float32)
    for chunks in encoders:
        for row, chunk in zip(found, chunks, strict=False):
            row[: len(chunk) + 2] = 1
    return found.reshape(1, -1)


def _encode_chunks(
    reader: Reader, chunks: tuple[Chunk, ...], vectors: Vectors, request: PromptRequest
) -> tuple[FloatArray, FloatArray | None]:
    """One chunk after the other, so that none depends on how many there are."""
    _check_layers(reader, request.clip_skip)
    encoded = [reader.encode(chunk, vectors, request.clip_skip) for chunk in chunks]
    weighs = any(token.weight != 1 for chunk in chunks for token in chunk)
    empty = None
    if weighs and request.weighting is Weighting.FROM_EMPTY:
        empty, _ = reader.encode((), {}, request.clip_skip)
    states = [
        weighted(hidden, _weights(chunk), empty, request.weighting)
        for chunk, (hidden, _) in zip(chunks, encoded, strict=True)
    ]
    return np.concatenate(states, axis=1), encoded[0][1]


def _weights(chunk: Chunk) -> list[float]:
    """A weight for each of the encoder's tokens; the marks at both ends and the padding weigh 1."""
    return [1.0, *(token.weight for token in chunk), *[1.0] * (CHUNK + 1 - len(chunk))]


def _check_layers(reader: Reader, clip_skip: int) -> None:
    if not 0 <= clip_skip < reader.layers:
        raise NodeFailed(
            f"clip_skip {clip_skip} does not suit a text encoder of {reader.layers} layers",
            input="clip_skip",
            advice=f"Use 0 to {reader.layers - 1}",
        )


def _vectors(part: Part, reader: Reader, request: PromptRequest, load: Load) -> dict[str, FloatArray]:
    """The textual inversions' vectors for an encoder, shape (vectors, width); none where a file has none."""
    number, width = _NUMBERS[part], reader.width
    found: dict[str, FloatArray] = {}
    for name, file in request.embeddings.items():
        tensor = find_tensor(name, file, number, width)
        empty = np.zeros((0, width), np.float32)
        found[name] = empty if tensor is None else load(file, tensor[0]).reshape(-1, width)
    return found


def _check_used(request: PromptRequest, vectors: Mapping[Part, Vectors]) -> None:
    for name in request.embeddings:
        if not any(len(found[name]) for found in vectors.values()):
            raise NodeFailed(
                f"the embedding {name!r} has nothing for this model's text encoders",
                input="text",
                advice="Choose one made for SDXL",
            )
