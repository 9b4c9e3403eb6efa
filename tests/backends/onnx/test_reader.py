"""Prompts are cut into CLIP's tokens without transformers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import transformers
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.backends.onnx.reader import Reader, clip_tokenizer
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.models.exported import Network
from nodeflow.prompts import Token, clip_vocabulary

POCKET = BUNDLED_MODELS / "checkpoints" / "pocket"
BEGIN, END = 49406, 49407
PADDING = {"tokenizer": END, "tokenizer_2": 0}


def tokens(text: str, name: str = "tokenizer") -> list[int]:
    tokenizer = clip_tokenizer(POCKET / name, (BEGIN, END, PADDING[name]))
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids


@pytest.mark.parametrize("name", PADDING)
@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a red apple",
            "It's  the CAT'S\n2nd hat!!",
            "naïve café “ok” 漢字 🍎",
            "a1b22 ... ,,",
            "x" * 300,
        ),
        *("wow!!! so big ! big", "a <|endoftext|> b<|startoftext|>c"),
    ],
)
def test_tokens_are_those_of_transformers(text: str, name: str) -> None:
    theirs = transformers.CLIPTokenizer.from_pretrained(POCKET / name, local_files_only=True)
    assert tokens(text, name) == theirs(text, add_special_tokens=False, verbose=False).input_ids


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40))
def test_tokens_are_those_that_the_editor_shows(text: str) -> None:
    assert tokens(text) == clip_vocabulary().encode(text)


def test_a_damaged_vocabulary_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"the tokenizer in .* cannot be read"):
        clip_tokenizer(tmp_path)


def test_an_export_of_before_cannot_hide_words_and_says_so() -> None:
    network = Network.TEXT_ENCODER
    model: Any = SimpleNamespace(
        name="old",
        networks={network: SimpleNamespace(inputs={"input_ids": []})},
        texts={network: SimpleNamespace(width=4)},
        tokenizers={network: SimpleNamespace(begin=0, end=1, padding=1)},
    )
    unused: Any = None
    reader = Reader(model, network, sessions=unused, chosen=unused)
    with pytest.raises(NodeFailed, match=r"'old' was exported before .*\. Export it again, or let") as caught:
        reader.encode((Token(5),), {}, 0, frozenset({1}))
    assert caught.value.input == "weighting"
