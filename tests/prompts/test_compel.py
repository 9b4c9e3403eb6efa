"""What the marks of compel's syntax mean, what is said about them, and how they are shown."""

from __future__ import annotations

import pytest

from nodeflow.prompts import Mark, Part, Piece, Syntax, clip_vocabulary, parse, passages
from nodeflow.prompts.compel_grammar import DEEPEST


def parts(text: str) -> tuple[Part[tuple[Piece, ...]], ...]:
    return parse(text, Syntax.COMPEL).parts


def words(text: str) -> list[tuple[str, float]]:
    """Each word of a prompt of one text, with its weight."""
    ((pieces,),) = (part.texts for part in parts(text))
    return [(word, round(piece.weight, 6)) for piece in pieces for word in piece.text.split()]


def notes(text: str) -> list[tuple[int, str]]:
    return [(note.start, note.message) for note in parse(text, Syntax.COMPEL).notes]


def marked(text: str, mark: Mark) -> list[str]:
    return [text[span.start : span.end] for span in parse(text, Syntax.COMPEL).spans if span.mark is mark]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat+ dog-- hat", [("cat", 1.1), ("dog", 0.81), ("hat", 1)]),
        ("(red hat)++", [("red", 1.21), ("hat", 1.21)]),
        ("(red)1.3 (red)0.6 (red).5 (red)2", [("red", 1.3), ("red", 0.6), ("red", 0.5), ("red", 2)]),
        ("(a (b)1.5 c)0.5", [("a", 0.5), ("b", 0.75), ("c", 0.5)]),
        ('"a cat"1.5 b', [("a", 1.5), ("cat", 1.5), ("b", 1)]),
        ("(a b)", [("a", 1), ("b", 1)]),
        ("(a) 1.5", [("a", 1), ("1.5", 1)]),
        ("cat.attend(1.5) (a b).attend(--)", [("cat", 1.5), ("a", 0.81), ("b", 0.81)]),
        (r"\(cat\)+ \"dog\"", [("(cat)", 1.1), ('"dog"', 1)]),
        (r"c\+\+", [(r"c\+\+", 1)]),
        ("well-known c+d", [("well-known", 1), ("c+d", 1)]),
        ("cat(hat)++", [("cat(hat)++", 1)]),
        ("(cat:1.5) [dog]", [("cat:1", 1), (".", 1), ("5", 1), ("[dog]", 1)]),
        ("(a + b)2", [("(a", 1), ("+", 1), ("b)2", 1)]),
        ("(a", [("(a", 1)]),
        ("embedding:ink-2.safetensors++", [("embedding:ink-2.safetensors", 1.21)]),
        ("a cat.swap(dog, s_start=0.1)", [("a", 1), ("cat", 1)]),
        ("a withLora(ink, 0.5) cat", [("a", 1), ("cat", 1)]),
        ("(cat)1000 " + "dog" + "+" * 9999, [("cat", 100), ("dog", 100)]),
        ("", []),
        ("()", []),
    ],
)
def test_words_weigh_what_stands_behind_them(text: str, expected: list[tuple[str, float]]) -> None:
    assert words(text) == expected


def text_of(part: Part[tuple[Piece, ...]]) -> list[str]:
    return [" ".join(piece.text for piece in text) for text in part.texts]


def test_texts_are_joined() -> None:
    one, two = parts('("a cat, big", "b+").and(0.7, 0.3)')
    assert (text_of(one), one.weight, text_of(two), two.weight) == (["a cat , big"], 0.7, ["b"], 0.3)
    assert [part.weight for part in parts('("a", "b").add()')] == [1, 1]
    (blend,) = parts('("a", "b", "c").blend(1, 2, 1)')
    assert (text_of(blend), blend.shares) == (["a", "b", "c"], (0.25, 0.5, 0.25))
    assert parts('("a", "b").blend(0.7, 0.7, no_normalize)')[0].shares == (0.7, 0.7)
    assert parts('("a", "b").blend()')[0].shares == (0.5, 0.5)
    assert parts('("a", "b").blend(300, 100)')[0].shares == (0.75, 0.25)


def test_what_would_be_swapped_in_makes_a_part_as_long_as_itself() -> None:
    (part,) = passages(
        parse(f"a cat.swap({'dog ' * 80})", Syntax.COMPEL), clip_vocabulary().encode, Syntax.COMPEL
    )
    assert ([len(text.chunks) for text in part.texts], [len(text.chunks) for text in part.beside]) == (
        [1],
        [2],
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a (cat", "'(' is read as a word: it is never closed"),
        ('a "cat', "'\"' is read as a word: it is never closed"),
        ("((a (b)", "'(' is read as a word: it is never closed"),
        ("(a + b)2", "'(' is read as a word: '+' cannot stand alone in it"),
        ("cat)", "')' closes nothing and is read as a word"),
        (
            "(" * (DEEPEST + 2) + "a" + ")" * (DEEPEST + 2),
            "'(' is read as a word: there are too many brackets in it",
        ),
        ("(cat)1000", "weights stay within ±100, and this one is cut to that"),
        ('("a", "b").and(1, 1000)', "weights stay within ±100, and this one is cut to that"),
        ("withLora(ink, 0.5)", "'withLora(ink, 0.5)' is left out; link a LoRALoader to the model instead"),
        ("cat.swap(dog)", "only what stands before '.swap(…)' is read, as compel itself does for SDXL"),
        ('("a").and() b', "what stands behind '.and(…)' is left out"),
        ('x ("a").and()', "'.and' is read as a word; it joins texts in brackets that begin the prompt"),
        (
            '("a", "b").blend(1)',
            "'.blend(…)' joins 2 texts, but its numbers are 1; a text without one gets 1",
        ),
        ('("a", "b").and(one)', "'one' is no number and is left out"),
        (
            '("a", "b").blend(1, -1)',
            "shares that make 0 cannot be brought to make 1; they are taken as they are",
        ),
        ("(cat:1.5)", "':1.5' is read as words; write the weight behind the bracket, as in (cat)1.5"),
        ("a BREAK b", '\'BREAK\' is read as words; write ("a", "b").and()'),
        ("a <ink>", "'<ink>' is read as words; name the file of an embedding, as in embedding:ink"),
    ],
)
def test_what_does_not_act_as_it_looks_is_noted(text: str, message: str) -> None:
    assert [found for _, found in notes(text)] == [message]


def test_what_acts_as_it_looks_is_not_noted() -> None:
    assert notes('a,cat++ (b, c.)1.3 "d e"-- \\(f\\) 16:9 x<y, f(x) <3 embedding:g+') == []
    assert notes(' ("a", b) .blend( 0.7 , 0.3, no_normalize ) ') == []


def test_places_are_those_of_the_text_as_it_is_written() -> None:
    text = "a,b,(red,hat)1.4,blurry--,(x"
    assert marked(text, Mark.STRONGER) == ["red,hat"]
    assert marked(text, Mark.WEAKER) == ["blurry"]
    assert marked(text, Mark.WEIGHT) == ["1.4", "--"]
    assert marked(text, Mark.BRACKET) == ["(", ")"]
    assert [start for start, _ in notes(text)] == [text.index("(x")]
    assert [text[g.inner_start : g.inner_end] for g in parse(text, Syntax.COMPEL).groups] == [
        "red,hat",
        "blurry",
    ]


def test_marks_are_found() -> None:
    assert marked('("a", b).blend(1, 2)', Mark.BREAK) == ["(", ",", ")", ".blend(1, 2)"]
    assert marked("a cat.swap(dog) embedding:ink++", Mark.CHANGE) == [".swap(dog)"]
    assert marked("a cat.swap(dog) embedding:ink++", Mark.EMBEDDING) == ["embedding:ink"]
    assert marked(r"\(a\)+", Mark.ESCAPE) == [r"\(", r"\)"]
    assert marked("(a b", Mark.UNBALANCED) == ["("]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 30_000,
        "( " * 15_000,
        "(" * 20_000 + ")" * 20_000,
        '("' * 15_000,
        '(a "b ' * 9_000,
        "a.swap( " * 9_000,
        "(a.swap(" * 9_000,
        "(b)+" * 9_000,
        "(b)+.swap(c " * 9_000,
        'x"' * 20_000,
        '"\\' * 20_000,
        "(a," * 15_000 + ").and(",
        "a.attend( " * 9_000,
        "a" + "+" * 60_000,
        " " * 60_000 + "(",
        "(1" + "1" * 60_000 + ")",
    ],
)
def test_long_nonsense_is_read_in_time_that_grows_with_its_length(text: str) -> None:
    assert parts(text)
