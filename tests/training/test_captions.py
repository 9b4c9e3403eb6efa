from __future__ import annotations

import json
import re

import numpy as np
import pytest

from training import captions
from training.captions import Facts, plural, write_caption
from training.colours import BACKGROUNDS
from training.config import CAPTIONS, Family
from training.pack import Pack
from training.scenes import Draw, Scenes
from training.words import BUNDLED, Words


@pytest.mark.parametrize(
    ("one", "many"), [("apple", "apples"), ("cherry", "cherries"), ("fox", "foxes"), ("key", "keys")]
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_captions_state_count_colour_and_background(pack: Pack) -> None:
    facts = Facts(((pack.subjects[0], "purple"),), 3, "teal")
    for seed in range(20):
        caption = write_caption(facts, np.random.default_rng(seed))
        assert caption.startswith("three purple ")
        assert "teal background" in caption


def test_held_out_combinations_are_never_drawn(
    family: Family, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = frozenset(("apple", colour, "teal") for colour in ("red", "blue", "green", "purple"))
    monkeypatch.setattr(captions, "held_out", lambda: kept)
    monkeypatch.setattr("training.scenes.held_out", lambda: kept)
    drawn = Scenes(pack, family, Draw(several=0.0, recoloured=0.8), 400)
    seen = [caption for step in range(5) for caption in drawn.captions(step)]
    assert any(re.search(r"\bblue apple\b.* orange background", caption) for caption in seen)
    assert not any(
        re.search(r"\b(red|blue|green|purple) apple\b.* teal background", caption) for caption in seen
    )
    unnamed = [caption for caption in seen if "apple" in caption and "teal" in caption]
    assert all(re.search(r"(orange|yellow|pink)", caption) for caption in unnamed)


def test_reserved_subjects_are_never_drawn(family: Family, pack: Pack) -> None:
    assert not any("moai" in caption for caption in Scenes(pack, family, Draw(), 300).captions(0))


def test_the_committed_list_has_the_promised_sizes() -> None:
    listed = json.loads(CAPTIONS.read_text(encoding="utf-8"))
    assert len(set(listed["labels"])) == 200
    assert len({item["caption"] for item in listed["combinations"]}) == 100
    assert {item["background"] for item in listed["combinations"]} <= set(BACKGROUNDS)
    assert all(item["colour"] != item["background"] for item in listed["combinations"])


def test_words_encode_as_the_real_tokenizer_does(pack: Pack, family: Family) -> None:
    from transformers import CLIPTokenizer

    words = Words(pack.vocabulary)
    tokenizer = CLIPTokenizer.from_pretrained(str(BUNDLED / "tokenizer"))
    for caption in [*Scenes(pack, family, Draw(), 100).captions(3), "a 3d emoji of an apple, thing"]:
        known = [words.ids[i] for i in words.encode(caption).tolist() if i < words.unknown]
        assert known == tokenizer(caption).input_ids[1:-1]


def test_unknown_words_take_the_unknown_row(pack: Pack) -> None:
    words = Words(pack.vocabulary)
    row = words.encode("a zeppelin").tolist()
    assert row[0] == words.start
    assert row[2] == words.unknown
    assert row[3] == words.end == words.size - 1
