"""From a prompt to the hidden states of SDXL's text encoders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nodeflow.backends.protocol import PromptRequest
from nodeflow.backends.torch.headers import read_weights
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Part
from nodeflow.prompts import CHUNK, Chunk, Weighting, chunked, padded, parse, weighted
from nodeflow.prompts.inversions import find_tensor
from nodeflow.values import Conditioning
from nodeflow.values.arrays import FloatArray

_NUMBERS = {Part.TEXT_ENCODER: 1, Part.TEXT_ENCODER_2: 2}


@dataclass(frozen=True)
class Reader:
    """A text encoder and its tokenizer, used by this thread alone."""

    part: Part
    encoder: Any
    tokenizer: Any

    def tokenize(self, text: str) -> list[int]:
        """The tokens of a text, without the marks at both ends."""
        tokens: list[int] = self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids
        return tokens

    def ids(self, chunk: Chunk) -> list[int]:
        """A chunk as the encoder takes it: between the marks at both ends, and padded."""
        padding = [self.tokenizer.pad_token_id] * (CHUNK - len(chunk))
        own = [token.id for token in chunk]
        return [self.tokenizer.bos_token_id, *own, self.tokenizer.eos_token_id, *padding]


@torch.inference_mode()
def encode(readers: Mapping[Part, Reader], request: PromptRequest) -> Conditioning:
    """Encode a prompt, 75 tokens at a time.

    Args:
        readers: CLIP-L and OpenCLIP bigG, or the second alone.
        request: The prompt.

    Returns:
        The chunks' states one after the other, for both encoders as many; the pooled projection is the
        first chunk's.

    Raises:
        NodeFailed: If the encoders have too few layers for `clip_skip`, or an embedding does not fit them.
        MissingFile: If an embedding's file cannot be read.
    """
    texts = {Part.TEXT_ENCODER: request.text}
    texts[Part.TEXT_ENCODER_2] = request.text if request.text_2 is None else request.text_2
    vectors = {part: _vectors(reader, request) for part, reader in readers.items()}
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
    reader: Reader, chunks: tuple[Chunk, ...], vectors: Mapping[str, torch.Tensor], request: PromptRequest
) -> tuple[FloatArray, FloatArray | None]:
    """One chunk after the other, so that none depends on how many there are."""
    encoded = [_encode_chunk(reader, chunk, vectors, request.clip_skip) for chunk in chunks]
    weighs = any(token.weight != 1 for chunk in chunks for token in chunk)
    empty = None
    if weighs and request.weighting is Weighting.FROM_EMPTY:
        empty, _ = _encode_chunk(reader, (), {}, request.clip_skip)
    states = [
        weighted(hidden, _weights(chunk), empty, request.weighting)
        for chunk, (hidden, _) in zip(chunks, encoded, strict=True)
    ]
    return np.concatenate(states, axis=1), encoded[0][1]


def _weights(chunk: Chunk) -> list[float]:
    """A weight for each of the encoder's tokens; the marks at both ends and the padding weigh 1."""
    return [1.0, *(token.weight for token in chunk), *[1.0] * (CHUNK + 1 - len(chunk))]


def _encode_chunk(
    reader: Reader, chunk: Chunk, vectors: Mapping[str, torch.Tensor], clip_skip: int
) -> tuple[FloatArray, FloatArray | None]:
    """Hidden states, shape (1, 77, width), and the second encoder's pooled projection, shape (1, width)."""
    encoder = reader.encoder
    layers = encoder.config.num_hidden_layers
    if not 0 <= clip_skip < layers:
        raise NodeFailed(
            f"clip_skip {clip_skip} does not suit a text encoder of {layers} layers",
            input="clip_skip",
            advice=f"Use 0 to {layers - 1}.",
        )
    with _embedded(encoder, chunk, vectors):
        ids = torch.tensor([reader.ids(chunk)], device=encoder.device)
        output = encoder(ids, output_hidden_states=True)
    pooled = getattr(output, "text_embeds", None)
    # SDXL takes the penultimate layer of both encoders (arXiv:2307.01952, section 2.1), hence the 2.
    hidden = output.hidden_states[-(clip_skip + 2)]
    return hidden.float().cpu().numpy(), None if pooled is None else pooled.float().cpu().numpy()


@contextmanager
def _embedded(encoder: Any, chunk: Chunk, vectors: Mapping[str, torch.Tensor]) -> Iterator[None]:
    """Put textual inversions in the place of their tokens while the encoder runs; its weights stay."""
    places = {at: token for at, token in enumerate(chunk, 1) if token.embedding is not None}

    def put(_module: Any, _inputs: Any, output: torch.Tensor) -> torch.Tensor:
        output = output.clone()
        for at, token in places.items():
            output[:, at] = vectors[token.embedding or ""][token.row].to(output)
        return output

    if not places:
        yield
        return
    hook = encoder.get_input_embeddings().register_forward_hook(put)
    try:
        yield
    finally:
        hook.remove()


def _vectors(reader: Reader, request: PromptRequest) -> dict[str, torch.Tensor]:
    """The textual inversions' vectors for an encoder, shape (vectors, width); none where a file has none."""
    number, width = _NUMBERS[reader.part], reader.encoder.config.hidden_size
    found: dict[str, torch.Tensor] = {}
    for name, file in request.embeddings.items():
        tensor = find_tensor(name, file, number, width)
        found[name] = torch.zeros(0, width)
        if tensor is not None:
            found[name] = read_weights(file)[0][tensor[0]].detach().reshape(-1, width)
    return found


def _check_used(request: PromptRequest, vectors: Mapping[Part, Mapping[str, torch.Tensor]]) -> None:
    for name in request.embeddings:
        if not any(len(found[name]) for found in vectors.values()):
            raise NodeFailed(
                f"the embedding {name!r} has nothing for this model's text encoders",
                input="text",
                advice="Choose one made for SDXL.",
            )
