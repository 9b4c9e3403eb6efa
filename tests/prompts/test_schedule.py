"""What a prompt that changes during a run is at each step, as A1111 has it."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeflow.prompts import MOST_TEXTS, Mark, Syntax, parse
from nodeflow.values import ALWAYS

STEPS = 10
MESSY = st.text("ab1.:-+()[]|\\, ", max_size=40) | st.text("[]:|.1a", max_size=30) | st.text(max_size=40)


def texts(text: str, steps: int = STEPS) -> list[str]:
    """The prompt at each step; there must be exactly one."""
    variations = parse(text).variations
    found = []
    for step in range(steps):
        (now,) = (v.text for v in variations if any(m.includes(step, steps) for m in v.moments))
        found.append(now)
    return found


def stretches(text: str) -> list[tuple[int, str]]:
    """Behind which step each text ends."""
    found, end = [], 0
    for now, steps in groupby(texts(text)):
        end += len(list(steps))
        found.append((end, now))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("test", [(10, "test")]),
        ("a [b:3]", [(3, "a "), (10, "a b")]),
        ("a [b: 3]", [(3, "a "), (10, "a b")]),
        ("a [[[b]]:2]", [(2, "a "), (10, "a [[b]]")]),
        ("[(a:2):3]", [(3, ""), (10, "(a:2)")]),
        ("a [b : c : 1] d", [(1, "a b  d"), (10, "a  c  d")]),
        ("a[b:[c:d:2]:1]e", [(1, "abe"), (2, "ace"), (10, "ade")]),
        ("a [b:.5] c", [(5, "a  c"), (10, "a b c")]),
        ("[a::0.4]", [(4, "a"), (10, "")]),
        ("((a][:b:c [d:3]", [(3, "((a][:b:c "), (10, "((a][:b:c d")]),
        ("([cat:dog:0.5]:1.3)", [(5, "(cat:1.3)"), (10, "(dog:1.3)")]),
        ("[(a:1.2):(b:0.8):0.5]", [(5, "(a:1.2)"), (10, "(b:0.8)")]),
        ("[embedding:ink:b:4]", [(4, "embedding:ink"), (10, "b")]),
        ("[a BREAK b:c:0.5]", [(5, "a BREAK b"), (10, "c")]),
        (r"[a\:b:c\|d:0.5]", [(5, r"a\:b"), (10, r"c\|d")]),
        ("[a:b:0] [c:d:1.0] [e:f:99]", [(10, "b c e")]),
        ("[a:b:-2]", [(10, "b")]),
        ("16:9, a: b", [(10, "16:9, a: b")]),
        ("[a: b]", [(10, "[a: b]")]),
    ],
)
def test_words_change_behind_a_fraction_or_a_number_of_steps(
    text: str, expected: list[tuple[int, str]]
) -> None:
    assert stretches(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a|(b:1.1)]", ["a", "(b:1.1)", "a", "(b:1.1)", "a"]),
        ("[fe|]male", ["female", "male", "female", "male", "female"]),
        ("[fe|||]male", ["female", "male", "male", "male", "female"]),
        ("[[a|b]|c]", ["a", "c", "a", "c", "a"]),
        ("[a|b] [c|d|e]", ["a c", "b d", "a e", "b c", "a d"]),
        ("[[a|b]:[c|d|e]:2]", ["a", "b", "e", "c", "d"]),
    ],
)
def test_words_take_turns(text: str, expected: list[str]) -> None:
    assert texts(text, 5) == expected


def test_the_same_text_is_there_once_with_all_its_moments() -> None:
    variations = parse("[a:b:0.3] [c|d]").variations
    assert [v.text for v in variations] == ["a c", "a d", "b c", "b d"]
    assert [len(v.moments) for v in parse("[a:b:0.3][:a:0.6] x").variations] == [1, 1, 1]
    turns = [[(m.turn, m.turns) for m in v.moments] for v in parse("[a|b|a|c]").variations]
    assert turns == [[(0, 2)], [(1, 4)], [(3, 4)]]


def test_moments_say_no_more_than_needed() -> None:
    assert parse("[a|a]").variations[0].moments == (ALWAYS,)
    (before, after) = parse("[[a|b|a|b]:c:0.5]").variations[0], parse("[[a|b|a|b]:c:0.5]").variations[2]
    assert [(m.turn, m.turns, m.end) for m in before.moments] == [(0, 2, 0.5)]
    assert [(m.turns, m.start, m.end) for m in after.moments] == [(1, 0.5, 1.0)]


def test_what_changes_too_often_is_read_as_at_first_and_said() -> None:
    text = " ".join(f"[a{n}|b{n}]" for n in range(3)) + " [" + "|".join(map(str, range(101))) + "]"
    parsed = parse(text)
    assert [v.text for v in parsed.variations] == ["a0 a1 a2 0"]
    assert [note.message for note in parsed.notes] == [
        f"becomes more than {MOST_TEXTS} prompts; only its first one is read"
    ]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("[a:b:1.5]", "the run is over at 1.5, so the change never comes."),
        ("[a:b:1.0]", "the run is over at 1, so the change never comes."),
        ("[a:b:-3]", "-3 lies before the run: what follows acts from its beginning"),
        (f"[a:b:{'9' * 5000}]", "a run has 1000 steps at most, so the change never comes"),
        ("[cat:dog:0,4]", "':0,4' is no time, as :0.4 and :10 are"),
        ("[cat:dog:40%]", "':40%' is no time, as :0.4 and :10 are"),
        ("[cat:dog]", "without a time at the end, as in [cat:dog:0.4], nothing changes"),
        ("[cat: dog :]", "without a time at the end, as in [cat:dog:0.4], nothing changes"),
        ("[a:b:c:0.5]", "':' is read as a word"),
        ("[a|b:0.5]", "'|' is read as a word"),
    ],
)
def test_what_does_not_act_as_it_looks_is_noted(text: str, note: str) -> None:
    assert [found.message[: len(note)] for found in parse(text).notes] == [note]


@pytest.mark.parametrize(
    "text",
    ["[abc:d:0.5] (cat:500)", "[a:(cat:500):0.5]", "[[a|(cat:500)]:b:4]", "[a|b] ([c|d] (cat:10):20)"],
)
def test_a_note_is_where_its_words_were_written(text: str) -> None:
    (note,) = parse(text).notes
    assert note.message == "weights stay within ±100, and this one is cut to that"
    assert text[note.start :].startswith("(cat")


def test_what_changes_is_marked() -> None:
    text = "a [b:(c:1.2):0.4] [d|e] [f]"
    spans = [text[span.start : span.end] for span in parse(text).spans if span.mark is Mark.CHANGE]
    assert sorted(spans) == sorted(["[", ":", ":0.4]", "[", "|", "]"])


def test_comfyui_has_no_changes() -> None:
    assert [v.text for v in parse("[a:b:0.4] [c|d]", Syntax.COMFYUI).variations] == ["[a:b:0.4] [c|d]"]


@settings(max_examples=300)
@given(MESSY, st.integers(1, 40))
def test_any_text_is_one_text_at_each_step(text: str, steps: int) -> None:
    for now in set(texts(text, steps)):
        letters = iter(text)  # what is left are letters of the text, in its order
        assert all(letter in letters for letter in now)


@pytest.mark.parametrize("text", ["[" * 9_000 + "|a]" * 9_000, "[a:b:0.4]" * 3_000, "[a|" * 20_000])
def test_long_nonsense_is_read(text: str) -> None:
    assert parse(text).texts
