"""Captions as tokens of the real CLIP vocabulary, renumbered to the few that training uses.

CLIP encodes each word for itself, so a table of words is all that training needs of the tokenizer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

LENGTH = 77
START, END = 49406, 49407
FULL = 49408
WORD = re.compile(r"'(?:s|t|re|ve|m|ll|d)|[^\W\d_]+|\d|(?:[^\s\w]|_)+")
BUNDLED = Path(__file__).parent.parent / "nodeflow/bundled/models/checkpoints/pocket"

Ids = npt.NDArray[np.int64]


def split(text: str) -> list[str]:
    """The words of a caption as CLIP's tokenizer divides it."""
    return WORD.findall(text.lower())


def make_vocabulary(texts: Iterable[str], folder: Path = BUNDLED / "tokenizer") -> dict[str, Any]:
    """Look up the tokens of all words in `texts`.

    Returns:
        `ids`, the CLIP tokens in use in ascending order, and `words`, each word's tokens as places in `ids`.
    """
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(str(folder))
    words = sorted({word for text in texts for word in split(text)})
    tokens = {word: tokenizer(word).input_ids[1:-1] for word in words}
    ids = sorted({0, *(token for word in words for token in tokens[word])})  # 0 pads the second encoder
    place = {token: index for index, token in enumerate(ids)}
    return {"ids": ids, "words": {word: [place[token] for token in tokens[word]] for word in words}}


class Words:
    """Encodes captions as compact ids: known tokens, then unknown, start, and end, which is the highest."""

    def __init__(self, vocabulary: dict[str, Any]) -> None:
        self.ids: list[int] = vocabulary["ids"]
        self.words: dict[str, list[int]] = vocabulary["words"]
        self.unknown = len(self.ids)
        self.start, self.end = self.unknown + 1, self.unknown + 2
        self.size = self.unknown + 3

    def word(self, word: str) -> list[int]:
        """The compact ids of one word; the unknown one for a word that training does not know."""
        return self.words.get(word, [self.unknown])

    def encode(self, caption: str, rng: np.random.Generator | None = None) -> Ids:
        """Encode one caption as (77,) compact ids, padded with the end.

        Args:
            caption: The text; what does not fit is cut off.
            rng: If given, one caption in eight gets an unknown word, so that the row of unknown words learns.
        """
        tokens = [token for word in split(caption) for token in self.word(word)]
        if rng is not None and rng.random() < 0.125:
            tokens.insert(int(rng.integers(len(tokens) + 1)), self.unknown)
        row = np.full(LENGTH, self.end, np.int64)
        row[0] = self.start
        tokens = tokens[: LENGTH - 2]
        row[1 : 1 + len(tokens)] = tokens
        return row
