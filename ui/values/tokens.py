"""Counts the tokens of a prompt with the vocabulary that SDXL's text encoders share."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal
from shiboken6 import isValid

from nodeflow.folders import BUNDLED_MODELS
from ui.values.prompt_syntax import plain_pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CHUNK = 75
"""Tokens that an encoder reads at once; the first and the last of its 77 are marks."""
_FOLDER = BUNDLED_MODELS / "checkpoints" / "pocket" / "tokenizer"
_PIECES = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""How CLIP cuts a text before it looks words up (arXiv:2103.00020, its published tokenizer)."""


@dataclass(frozen=True)
class Count:
    """How long a prompt is."""

    tokens: int
    chunks: int


class TokenCounter(QObject):
    """Loads the vocabulary in the background when it is first asked, which takes a tenth of a second."""

    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._tokenizer: Tokenizer | None = None
        self._begun = False

    def count(self, text: str) -> Count | None:
        """The length of a prompt; None until the vocabulary is loaded."""
        if not self._begun:
            self._begun = True
            QThreadPool.globalInstance().start(self._load)
        if self._tokenizer is None:
            return None
        lengths = [len(self._tokenizer.encode(piece).ids) for piece in plain_pieces(text)]
        return Count(sum(lengths), sum(max(ceil(length / CHUNK), 1) for length in lengths))

    def _load(self) -> None:
        try:
            self._tokenizer = clip_tokenizer()
        except (ImportError, OSError):  # then prompts are not counted
            return
        if isValid(self):  # the program may have ended meanwhile
            self.ready.emit()


def clip_tokenizer() -> Tokenizer:
    """CLIP's tokenizer, without the marks at both ends.

    Raises:
        OSError: If the vocabulary is not where it belongs.
    """
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import BPE
    from tokenizers.normalizers import NFC, Lowercase, Replace
    from tokenizers.normalizers import Sequence as Normalizers
    from tokenizers.pre_tokenizers import ByteLevel, Split
    from tokenizers.pre_tokenizers import Sequence as Cutters

    files = (_FOLDER / "vocab.json", _FOLDER / "merges.txt")
    for file in files:
        file.stat()  # a missing file is no OSError to the library
    words = BPE.from_file(*map(str, files), end_of_word_suffix="</w>", unk_token="<|endoftext|>")  # noqa: S106
    tokenizer = Tokenizer(words)
    tokenizer.normalizer = Normalizers([NFC(), Replace(Regex(r"\s+"), " "), Lowercase()])
    cut = Split(Regex(_PIECES), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = Cutters([cut, ByteLevel(add_prefix_space=False)])
    return tokenizer


COUNTER = TokenCounter()
