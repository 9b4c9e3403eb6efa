"""What people are shown of a prompt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nodeflow.prompts import Syntax, clip_vocabulary, read


def test_words_are_gathered_by_weight() -> None:
    (reading,) = read("a (red:1.4) cat BREAK (embedding:ink:0.5)", vectors={"ink": 3})
    assert [(run.weight, run.text) for run in reading.runs(0)] == [(1, "a"), (1.4, "red"), (1, "cat")]
    (run,) = reading.runs(1)
    assert (run.weight, len(run.tokens), run.text) == (0.5, 3, "embedding:ink")
    assert reading.tokens == 6


def test_the_same_embedding_twice_is_shown_twice() -> None:
    assert read("embedding:ink embedding:ink")[0].runs(0)[0].text == "embedding:ink embedding:ink"


@given(st.text(max_size=60), st.sampled_from(Syntax))
def test_any_text_can_be_shown(text: str, syntax: Syntax) -> None:
    for reading in read(text, syntax):
        shown = [run for number in range(len(reading.chunks)) for run in reading.runs(number)]
        assert sum(len(run.tokens) for run in shown) == reading.tokens


@given(st.text("abcXYZ 12,.-ßü😀日\n", max_size=40))
def test_words_hold_all_letters(text: str) -> None:
    vocabulary = clip_vocabulary()
    words = "".join(vocabulary.words(vocabulary.encode(text)))
    assert words.replace("·", "") == "".join(text.lower().split())
