"""An exported text encoder and its tokenizer, as `encoding` reads prompts with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors import safe_open
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

from nodeflow.backends.onnx.providers import Chosen
from nodeflow.backends.onnx.sessions import Sessions
from nodeflow.backends.reader import NOTHING, Encoded, Places, Vectors
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.models.exported import ATTENDED, ExportedModel, Network
from nodeflow.prompts import CHUNK, Chunk
from nodeflow.values.arrays import FloatArray

_WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""What CLIP takes for a word (github.com/openai/CLIP, simple_tokenizer.py)."""


@dataclass(frozen=True)
class Reader:
    """A text encoder and its tokenizer."""

    model: ExportedModel
    network: Network
    sessions: Sessions
    chosen: Chosen

    @property
    def layers(self) -> int:
        """Layers of the encoder."""
        return self.model.texts[self.network].layers

    @property
    def width(self) -> int:
        """Width of its hidden states."""
        return self.model.texts[self.network].width

    def tokenize(self, text: str) -> list[int]:
        """The tokens of a text, without the marks at both ends."""
        marks = self.model.tokenizers[self.network]
        tokenizer = clip_tokenizer(self.model.path / marks.folder, (marks.begin, marks.end, marks.padding))
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def ids(self, chunk: Chunk) -> list[int]:
        """A chunk as the encoder takes it: between the marks at both ends, and padded."""
        marks = self.model.tokenizers[self.network]
        padding = [marks.padding] * (CHUNK - len(chunk))
        return [marks.begin, *(token.id for token in chunk), marks.end, *padding]

    def encode(self, chunk: Chunk, vectors: Vectors, clip_skip: int, hidden: Places = NOTHING) -> Encoded:
        """Read a chunk.

        Raises:
            NodeFailed: If places are hidden, and the encoder was exported before it could hide any.
        """
        replaced = np.zeros((1, CHUNK + 2, 1), np.float32)
        given = np.zeros((1, CHUNK + 2, self.width), np.float32)
        for place, token in enumerate(chunk, 1):
            if token.embedding is not None:
                replaced[:, place], given[:, place] = 1, vectors[token.embedding][token.row]
        inputs = {
            "input_ids": np.array([self.ids(chunk)], np.int64),
            "vectors": given,
            "replaced": replaced,
        }
        if ATTENDED in self.model.networks[self.network].inputs:
            attended = np.ones((1, CHUNK + 2), np.int64)
            attended[:, list(hidden)] = 0
            inputs[ATTENDED] = attended
        elif hidden:
            raise NodeFailed(
                f"'{self.model.name}' was exported before weights below 1 could act as in compel",
                input="weighting",
                advice="Export it again, or let weighting be 'from_empty'",
            )
        pools = self.network is Network.TEXT_ENCODER_2
        outputs = ["hidden_states", *(["pooled"] if pools else [])]
        found = self.sessions.run(self.model, self.network, self.chosen, inputs, outputs)
        # SDXL takes the penultimate layer of both encoders (arXiv:2307.01952, section 2.1), hence the 2.
        return found[0][-(clip_skip + 2)], found[1] if pools else None


@lru_cache(4)
def clip_tokenizer(folder: Path, marks: tuple[int, ...] = ()) -> Tokenizer:
    """CLIP's tokenizer (arXiv:2103.00020) from a folder with `vocab.json` and `merges.txt`.

    Args:
        folder: The folder.
        marks: Tokens that are never joined with others, wherever a text has them. SDXL's second tokenizer
            pads with `!`, so that the second encoder reads each exclamation mark as padding.

    Raises:
        MissingFile: If they are missing or damaged.
    """
    try:
        pairs = models.BPE.from_file(
            str(folder / "vocab.json"),
            str(folder / "merges.txt"),
            continuing_subword_prefix="",
            end_of_word_suffix="</w>",
            fuse_unk=False,
        )
    except Exception as error:  # the library has no exceptions of its own
        message = f"the tokenizer in {folder} cannot be read"
        raise MissingFile(message, input="model", advice="Export the model again") from error
    tokenizer = Tokenizer(pairs)
    names = filter(None, map(tokenizer.id_to_token, marks))
    tokenizer.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in names])
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    return tokenizer


def load_tensor(file: Path, name: str) -> FloatArray:
    """A tensor of a safetensors file as float32."""
    with safe_open(file, "np") as opened:
        found: FloatArray = opened.get_tensor(name).astype(np.float32)
    return found
