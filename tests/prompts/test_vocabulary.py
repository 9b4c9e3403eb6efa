"""CLIP's tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.prompts import Vocabulary, clip_vocabulary


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a cat", [320, 2368]),
        ("", []),
        (",", [267]),
        ("  A\tCat\n", [320, 2368]),
        ("<|startoftext|>a<|endoftext|>", [49406, 320, 49407]),
    ],
)
def test_tokens_are_those_of_clip(text: str, tokens: list[int]) -> None:
    assert clip_vocabulary().encode(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("an astronaut riding a horse, 8k, it's ünïcode 😀", 16), ("(cat:1.5), dog", 8), ("4k 100", 5)],
)
def test_texts_have_as_many_tokens_as_in_clip(text: str, tokens: int) -> None:
    assert len(clip_vocabulary().encode(text)) == tokens


def test_tokens_can_be_read() -> None:
    vocabulary = clip_vocabulary()
    read = [vocabulary.text(token) for token in vocabulary.encode("It's an axolotl, <|endoftext|>")]
    assert read == ["it", "'s", "an", "ax", "o", "lot", "l", ",", "<|endoftext|>"]
    assert vocabulary.text(10**6) == ""


@given(st.text(max_size=60))
def test_any_text_has_tokens(text: str) -> None:
    vocabulary = clip_vocabulary()
    tokens = vocabulary.encode(text)
    assert len(tokens) <= len(text.encode("utf-8", "replace")) * 3
    assert vocabulary.encode(text + " cat") == [*tokens, 2368]


def test_a_missing_vocabulary_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"vocab\.json"):
        Vocabulary(tmp_path)
