"""CLIP's tokenizer (arXiv:2103.00020, byte pairs as in arXiv:1508.07909), without any library."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from nodeflow.folders import BUNDLED_MODELS

_FOLDER = BUNDLED_MODELS / "checkpoints" / "pocket" / "tokenizer"
"""Every SDXL model reads text with this vocabulary."""
_END = "</w>"
_SPECIAL = re.compile(r"(<\|startoftext\|>|<\|endoftext\|>)")
_CONTRACTION = re.compile(r"'(?:s|t|re|ve|m|ll|d)")
_RUN = re.compile(r"L+|N|O+")
_SPACES = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B)
}


class Vocabulary:
    """Turns text into tokens and back.

    Args:
        folder: Holds `vocab.json` and `merges.txt`.

    Raises:
        OSError: If they are not there.
    """

    def __init__(self, folder: Path) -> None:
        self._ids: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))
        merges = (folder / "merges.txt").read_text("utf-8").split("\n")[1:]
        self._ranks = {merge: rank for rank, merge in enumerate(merges)}
        self._known: dict[str, tuple[int, ...]] = {}
        self._texts: dict[int, str] = {}

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without the marks at both ends."""
        found: list[int] = []
        for part in _SPECIAL.split(text):
            if _SPECIAL.fullmatch(part):
                found.append(self._ids[part])
            else:
                for word in _words(part):
                    found += self._tokens(word)
        return found

    def text(self, token: int) -> str:
        """What a token stands for; half a character shows as `�`."""
        return self._decoded(self._name(token))

    def ends_word(self, token: int) -> bool:
        """Whether a word ends with a token."""
        return self._name(token).endswith(_END)

    def words(self, tokens: Iterable[int]) -> Iterator[str]:
        """What tokens stand for, word by word; `·` is between the tokens of one word."""
        word: list[str] = []
        for token in tokens:
            word.append(self._name(token))
            if word[-1].endswith(_END) or _SPECIAL.fullmatch(word[-1]):
                yield self._word(word)
                word = []
        if word:
            yield self._word(word)

    def _word(self, names: list[str]) -> str:
        parts = [self._decoded(name) for name in names]
        return self._decoded("".join(names)) if any("\ufffd" in part for part in parts) else "·".join(parts)

    def _name(self, token: int) -> str:
        if not self._texts:
            self._texts = {number: name for name, number in self._ids.items()}
        return self._texts.get(token, "")

    def _decoded(self, name: str) -> str:
        letters = name.removesuffix(_END)
        if _SPECIAL.fullmatch(letters):
            return letters
        return bytes(_BYTES[letter] for letter in letters).decode("utf-8", "replace")

    def _tokens(self, word: str) -> tuple[int, ...]:
        tokens = self._known.get(word)
        if tokens is None:
            letters = [_LETTERS[byte] for byte in word.encode("utf-8", "replace")]
            letters[-1] += _END
            tokens = tuple(self._ids[part] for part in self._merged(letters))
            self._known[word] = tokens
        return tokens

    def _merged(self, parts: list[str]) -> list[str]:
        """Join neighbours, the most common pair first, until none is known."""
        while len(parts) > 1:
            pairs = {f"{one} {other}" for one, other in pairwise(parts)}
            best = min(pairs, key=lambda pair: self._ranks.get(pair, len(self._ranks)))
            if best not in self._ranks:
                break
            parts = _joined(parts, *best.split(" "))
        return parts


def _joined(parts: list[str], one: str, other: str) -> list[str]:
    result: list[str] = []
    at = 0
    while at < len(parts):
        pair = at + 1 < len(parts) and parts[at] == one and parts[at + 1] == other
        result.append(one + other if pair else parts[at])
        at += 2 if pair else 1
    return result


def _words(text: str) -> Iterator[str]:
    """A text as CLIP cuts it: letters, single digits, other signs, and English contractions."""
    folded = "".join(letter.lower() for letter in unicodedata.normalize("NFC", text))
    kinds = "".join(map(_kind, folded))
    at = 0
    while at < len(folded):
        found = _CONTRACTION.match(folded, at) or _RUN.match(kinds, at)
        if found is None:
            at += 1
            continue
        at = found.end()
        yield folded[found.start() : at]


@lru_cache(4096)
def _kind(letter: str) -> str:
    if letter in _SPACES:
        return " "
    category = unicodedata.category(letter)[0]
    return category if category in "LN" else "O"


def _byte_letters() -> dict[int, str]:
    """The letter that stands for each byte: itself where it is visible, else one from beyond U+0100."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {byte: chr(byte) for byte in visible} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}


_LETTERS = _byte_letters()
_BYTES = {letter: byte for byte, letter in _LETTERS.items()}


@lru_cache(1)
def clip_vocabulary() -> Vocabulary:
    """The vocabulary of SDXL's text encoders; read once.

    Raises:
        OSError: If it is not where it belongs.
    """
    return Vocabulary(_FOLDER)
