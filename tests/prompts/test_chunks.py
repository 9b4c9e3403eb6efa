"""Where prompts of more than 75 tokens are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.prompts import CHUNK, Chunk, Syntax, chunked, padded, parse

COMMA = 0
WORD = 1


def tokenize(text: str) -> list[int]:
    """Every letter is a token; the comma has a number of its own."""
    return [COMMA if letter == "," else WORD for letter in text if not letter.isspace()]


def chunks(text: str, syntax: Syntax = Syntax.A1111, **vectors: int) -> tuple[Chunk, ...]:
    return chunked(parse(text, syntax), tokenize, syntax, vectors)


def lengths(text: str, syntax: Syntax = Syntax.A1111, **vectors: int) -> list[int]:
    return [len(chunk) for chunk in chunks(text, syntax, **vectors)]


@pytest.mark.parametrize("syntax", Syntax)
def test_an_empty_prompt_is_an_empty_chunk(syntax: Syntax) -> None:
    assert chunks("", syntax) == ((),)
    assert chunks("()", syntax) == ((),)


@pytest.mark.parametrize("syntax", Syntax)
def test_a_chunk_takes_75_tokens(syntax: Syntax) -> None:
    assert lengths("a" * 75, syntax) == [75]
    assert lengths("a" * 76, syntax) == [75, 1]
    assert lengths("a" * 300, syntax) == [75] * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 60 + "," + "b" * 20, [61, 20]),
        ("a" * 55 + "," + "b" * 20, [56, 20]),
        ("a" * 54 + "," + "b" * 21, [75, 1]),
        ("a" * 74 + "," + "b", [75, 1]),
        ("a" * 75 + ",b", [75, 2]),
        ("a" * 60 + "," + "b" * 10 + "," + "c" * 10, [72, 10]),
    ],
)
def test_a_long_prompt_is_rather_cut_at_a_comma_in_a1111(text: str, expected: list[int]) -> None:
    assert lengths(text) == expected


def test_a_few_words_of_one_weight_stay_together_in_comfyui() -> None:
    assert lengths("a" * 70 + "(bbbbbbb:1.2)c", Syntax.COMFYUI) == [70, 8]
    assert lengths("a" * 70 + "(bbbbbbbb:1.2)c", Syntax.COMFYUI) == [75, 4]
    assert lengths("a" * 70 + "(bbbbbbb:1.2)c") == [75, 3]


def test_break_begins_a_chunk() -> None:
    assert lengths("aa BREAK b") == [2, 1]
    assert lengths("aa BREAK BREAK b") == [2, 0, 1]
    assert lengths("BREAK b") == [0, 1]
    assert lengths("aa BREAK") == [2]


@pytest.mark.parametrize("syntax", Syntax)
def test_a_textual_inversion_stays_in_one_chunk(syntax: Syntax) -> None:
    weighted = "(embedding:ink)1.3" if syntax is Syntax.COMPEL else "(embedding:ink:1.3)"
    first, second = chunks("a" * 70 + " " + weighted, syntax, ink=6)
    assert len(first) == 70
    assert [(token.id, token.weight, token.embedding, token.row) for token in second] == [
        (0, 1.3, "ink", row) for row in range(6)
    ]


def test_a_textual_inversion_that_is_not_there_is_a_word() -> None:
    assert all(token.embedding is None for token in chunks("embedding:ink")[0])
    assert lengths("embedding:ink") == [13]
    assert lengths("a embedding:ink b", ink=0) == [2]


def test_lengths_that_are_not_known_count_as_one() -> None:
    assert [len(chunk) for chunk in chunked(parse("a embedding:ink"), tokenize)] == [2]


@given(
    st.lists(st.sampled_from(["a", "bb,", "(cc:1.2)", "BREAK", "[dddddddd]", "embedding:e "])), st.booleans()
)
def test_no_token_is_lost_and_none_is_added(parts: list[str], comfyui: bool) -> None:
    syntax = Syntax.COMFYUI if comfyui else Syntax.A1111
    parsed = parse(" ".join(parts * 9), syntax)
    found = chunked(parsed, tokenize, syntax, {"e": 3})
    assert all(len(chunk) <= CHUNK for chunk in found)
    tokens = [(token.id, token.weight) for chunk in found for token in chunk]
    texts = [
        (piece.text.replace("embedding:e", "eee"), piece.weight)
        for section in parsed.texts
        for piece in section
    ]
    expected = [
        (0 if letter in "e," else 1, weight) for text, weight in texts for letter in text if letter.strip()
    ]
    assert tokens == expected


def test_chunks_are_padded_with_empty_ones() -> None:
    assert padded(((),), 3) == ((), (), ())
    assert padded(chunks("a" * 76), 2) == chunks("a" * 76)
