"""A text encoder of transformers and its tokenizer, as `encoding` reads prompts with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from nodeflow.backends.reader import NOTHING, Encoded, Places, Vectors
from nodeflow.backends.torch.headers import read_weights
from nodeflow.prompts import CHUNK, Chunk
from nodeflow.values.arrays import FloatArray


@dataclass(frozen=True)
class Reader:
    """A text encoder and its tokenizer, used by this thread alone."""

    encoder: Any
    tokenizer: Any

    @property
    def layers(self) -> int:
        """Layers of the encoder."""
        return int(self.encoder.config.num_hidden_layers)

    @property
    def width(self) -> int:
        """Width of its hidden states."""
        return int(self.encoder.config.hidden_size)

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
    def encode(self, chunk: Chunk, vectors: Vectors, clip_skip: int, hidden: Places = NOTHING) -> Encoded:
        """Read a chunk."""
        encoder = self.encoder
        attended = None
        if hidden:
            attended = torch.ones((1, CHUNK + 2), dtype=torch.long, device=encoder.device)
            attended[0, list(hidden)] = 0
        with _embedded(encoder, chunk, vectors):
            ids = torch.tensor([self.ids(chunk)], device=encoder.device)
            output = encoder(ids, attended, output_hidden_states=True)
        pooled = getattr(output, "text_embeds", None)
        # SDXL takes the penultimate layer of both encoders (arXiv:2307.01952, section 2.1), hence the 2.
        states = output.hidden_states[-(clip_skip + 2)]
        return states.float().cpu().numpy(), None if pooled is None else pooled.float().cpu().numpy()


def load_tensor(file: Path, name: str) -> FloatArray:
    """A tensor of a file of weights in whatever precision, as float32."""
    found: FloatArray = read_weights(file)[0][name].detach().float().cpu().numpy()
    return found


@contextmanager
def _embedded(encoder: Any, chunk: Chunk, vectors: Vectors) -> Iterator[None]:
    """Put textual inversions in the place of their tokens while the encoder runs; its weights stay."""
    places = {at: token for at, token in enumerate(chunk, 1) if token.embedding is not None}

    def put(_module: Any, _inputs: Any, output: torch.Tensor) -> torch.Tensor:
        output = output.clone()
        for at, token in places.items():
            output[:, at] = torch.from_numpy(vectors[token.embedding or ""][token.row]).to(output)
        return output

    if not places:
        yield
        return
    hook = encoder.get_input_embeddings().register_forward_hook(put)
    try:
        yield
    finally:
        hook.remove()
