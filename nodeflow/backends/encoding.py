"""From a prompt to the hidden states of SDXL's text encoders, whatever computes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nodeflow.backends.passages import PassageEncoder, length
from nodeflow.backends.protocol import PromptRequest
from nodeflow.backends.reader import Reader, Vectors
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Part
from nodeflow.prompts import CHUNK, Chunk, Passage, Syntax, parse, passages, pooled_chunk
from nodeflow.prompts import Part as PromptPart
from nodeflow.prompts.inversions import find_tensor
from nodeflow.values import Conditioning
from nodeflow.values.arrays import FloatArray

Load = Callable[[Path, str], FloatArray]
_NUMBERS = {Part.TEXT_ENCODER: 1, Part.TEXT_ENCODER_2: 2}


def encode(readers: Mapping[Part, Reader], request: PromptRequest, load: Load) -> Conditioning:
    """Encode a prompt, 75 tokens at a time.

    Args:
        readers: CLIP-L and OpenCLIP bigG, or the second alone.
        request: The prompt.
        load: Reads a tensor of a safetensors file as float32.

    Returns:
        The chunks' states one after the other, for both encoders as many; the pooled projection is the
        first chunk's, or what the syntax takes for it.

    Raises:
        NodeFailed: If the encoders have too few layers for `clip_skip`, or an embedding does not fit them.
        MissingFile: If an embedding's file cannot be read.
    """
    texts = {Part.TEXT_ENCODER: request.text}
    texts[Part.TEXT_ENCODER_2] = request.text if request.text_2 is None else request.text_2
    vectors = {part: _vectors(part, reader, request, load) for part, reader in readers.items()}
    _check_used(request, vectors)
    encoders = {part: _encoder(reader, vectors[part], request) for part, reader in readers.items()}
    read = {part: _read(reader, texts[part], vectors[part], request) for part, reader in readers.items()}
    found = _encoded(encoders, read, mask=request.mask_padding)
    if request.syntax is not Syntax.COMPEL:
        return found
    nothing = dict.fromkeys(readers, _EMPTY)
    return replace(found, filler=_encoded(encoders, nothing, mask=request.mask_padding))


def _encoder(reader: Reader, vectors: Vectors, request: PromptRequest) -> PassageEncoder:
    _check_layers(reader, request.clip_skip)
    return PassageEncoder(reader, vectors, request.clip_skip, request.weighting)


@dataclass(frozen=True)
class _Read:
    """A prompt as an encoder reads it."""

    parts: tuple[PromptPart[Passage], ...]
    pooled: Chunk

    @property
    def chunks(self) -> int:
        return sum(map(length, self.parts))


_EMPTY = _Read((PromptPart((Passage(((),), ()),)),), ())


def _encoded(
    encoders: Mapping[Part, PassageEncoder], read: Mapping[Part, _Read], *, mask: bool
) -> Conditioning:
    """Encode what each encoder reads, for all as many chunks.

    Args:
        encoders: The encoders.
        read: What each of them reads.
        mask: Whether the UNet is kept from looking at padding.
    """
    count = max(prompt.chunks for prompt in read.values())
    states = {part: encoder.states(read[part].parts, count) for part, encoder in encoders.items()}
    pooled = encoders[Part.TEXT_ENCODER_2].pooled(read[Part.TEXT_ENCODER_2].pooled)
    assert pooled is not None  # noqa: S101 - the second encoder has one
    attended = _attended([prompt.parts for prompt in read.values()], count) if mask else None
    return Conditioning(states.get(Part.TEXT_ENCODER), states[Part.TEXT_ENCODER_2], pooled, attended=attended)


def _read(reader: Reader, text: str, vectors: Vectors, request: PromptRequest) -> _Read:
    counts = {name: len(found) for name, found in vectors.items()}
    parsed = parse(text, request.syntax)
    parts = passages(parsed, reader.tokenize, request.syntax, counts)
    if parsed.pooled is None:
        return _Read(parts, parts[0].texts[0].chunks[0])
    return _Read(parts, pooled_chunk(parsed.pooled, reader.tokenize, counts))


def _attended(encoders: Iterable[tuple[PromptPart[Passage], ...]], count: int) -> FloatArray:
    """Every chunk up to the mark at its end, for whoever reads most of it; shape (1, tokens)."""
    found = np.zeros((count, CHUNK + 2), np.float32)
    found[:, :2] = 1
    for parts in encoders:
        start = 0
        for part in parts:
            for text in part.texts:
                for row, chunk in zip(found[start:], text.chunks, strict=False):
                    row[: len(chunk) + 2] = 1
            start += length(part)
    return found.reshape(1, -1)


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
