"""What the marks of a prompt mean in A1111's and ComfyUI's syntax; compel's are in test_compel."""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.prompts import Mark, Syntax, embedding_names, is_marked, parse

OR_COMPEL = ", or let syntax be 'compel'"
A1111, COMFYUI = Syntax.A1111, Syntax.COMFYUI
MESSY = st.text(r"ab1.:-+()[]\|, BREAK\"=" + "\nü", max_size=60) | st.text(max_size=40)


def words(text: str, syntax: Syntax = A1111) -> list[tuple[str, float]]:
    """Each word with its weight, sections joined."""
    pieces = [piece for section in parse(text, syntax).texts for piece in section]
    return [(word, round(piece.weight, 6)) for piece in pieces for word in piece.text.split()]


def marked(text: str, mark: Mark, syntax: Syntax = A1111) -> list[str]:
    return [text[span.start : span.end] for span in parse(text, syntax).spans if span.mark is mark]


@pytest.mark.parametrize(
    ("text", "a1111", "comfyui"),
    [
        ("a (cat)", [("a", 1), ("cat", 1.1)], None),
        ("((cat))", [("cat", 1.21)], None),
        ("(cat:1.5) (dog: .8 )", [("cat", 1.5), ("dog", 0.8)], None),
        ("(cat:-0.5)", [("cat", -0.5)], None),
        ("(a:b:1.2)", [("a:b", 1.2)], None),
        ("(b:)", [("b:", 1.1)], None),
        ("(a (b) c:0.8)", [("a", 0.8), ("b", 0.88), ("c", 0.8)], None),
        (r"\(cat\)", [("(cat)", 1)], None),
        ("a:1.5", [("a:1.5", 1)], None),
        ("(cat:1.2.3)", [("cat:1.2.3", 1.1)], None),
        ("((cat:1.5))", [("cat", 1.65)], [("cat", 1.5)]),
        ("((b:1.5) x)", [("b", 1.65), ("x", 1.1)], [("b", 1.5), ("x", 1.1)]),
        ("[cat]", [("cat", round(1 / 1.1, 6))], [("[cat]", 1)]),
        (r"\[cat\]", [("[cat]", 1)], [(r"\[cat\]", 1)]),
        (r"a\b", [("ab", 1)], [(r"a\b", 1)]),
        ("(cat", [("cat", 1.1)], [("(cat", 1)]),
        ("cat) [dog", [("cat)", 1), ("dog", round(1 / 1.1, 6))], [("cat)", 1), ("[dog", 1)]),
        ("cat) (dog:1.5)", [("cat)", 1), ("dog", 1.5)], None),
        ("(:1.5)", [], [(":1.5", 1.1)]),
        ("a BREAK b", [("a", 1), ("b", 1)], [("a", 1), ("BREAK", 1), ("b", 1)]),
        ("(a [b) c]", [("a", 1.1), ("b", 1), ("c", round(1 / 1.1, 6))], [("a", 1.1), ("[b", 1.1), ("c]", 1)]),
    ],
)
def test_marks_mean_what_each_program_says(
    text: str, a1111: list[tuple[str, float]], comfyui: list[tuple[str, float]] | None
) -> None:
    assert words(text) == a1111
    assert words(text, COMFYUI) == (a1111 if comfyui is None else comfyui)


def test_break_cuts_a_prompt_into_sections() -> None:
    sections = parse("BREAK a (b BREAK c:1.5) BREAKFAST").texts
    assert [[(piece.text.strip(), piece.weight) for piece in section] for section in sections] == [
        [],
        [("a", 1), ("b", 1.5)],
        [("c", 1.5), ("BREAKFAST", 1)],
    ]


def test_neighbours_of_one_weight_are_read_as_one() -> None:
    text = r"(do:1.0)g (c:1.2)(at:1.2) \(x\)"
    assert [piece.text for piece in parse(text).texts[0]] == ["dog ", "cat", " (x)"]


def test_in_comfyui_brackets_part_words_whatever_they_weigh() -> None:
    text = r"(do:1.0)g (c:1.2)()(at:1.2) \(x\)"
    assert [piece.text for piece in parse(text, COMFYUI).texts[0]] == ["do", "g ", "c", "at", " (x)"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("cat)", "')' closes nothing"),
        ("a (cat", "'(' is never closed"),
        ("(cat:1.2.3)", "':1.2.3' is no weight"),
        ("(cat:1,5)", "':1,5' is no weight"),
        ("(cat: 1e3)", "': 1e3' is no weight"),
        ("(cat:NaN)", "':NaN' is no weight"),
        ("(cat：1.5)", "'：1.5' is no weight"),  # noqa: RUF001 - the wide colon is meant
        (r"a\b", "a single backslash is left out"),
        ("(cat:-1000)", "weights stay within ±100, and this one is cut to that"),
    ],
)
def test_what_does_not_act_as_it_looks_is_noted(text: str, note: str) -> None:
    assert [found.message[: len(note)] for found in parse(text).notes] == [note]


def test_what_acts_as_it_looks_is_not_noted() -> None:
    assert parse(r"a (b:1.2), [c], \(d\), (e: f), [e: f], 16:9, embedding:g BREAK h | i").notes == ()
    assert parse('f/2.8, r&b and c++11, well-known -- "x", 5 < 6, a.swap, (a) 1.5').notes == ()


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (
            "<lora:ink:0.8> a cat",
            ["'<lora:ink:0.8>' is read as words; link a LoRALoader to the model instead"],
        ),
        ("a AND b", ["'AND' is read as words; ConditioningCombine lets prompts act together"]),
        ("cat++, dog--", [f"'++' is read as words; write the weight, as in (cat:1.2){OR_COMPEL}"] * 2),
        ("(cat)1.5", [f"'1.5' is read as words; write the weight inside, as in (cat:1.5){OR_COMPEL}"]),
        ("(cat)+", [f"'+' is read as words; write the weight, as in (cat:1.2){OR_COMPEL}"]),
        (
            '("a", "b").blend(1, 2)',
            [f"'.blend' is read as words; ConditioningAverage mixes prompts{OR_COMPEL}"],
        ),
        ('("a", "b").and()', [f"'.and' is read as words; BREAK puts chunks one after the other{OR_COMPEL}"]),
        ("cat.swap(dog)", ["'.swap' is read as words; [cat:dog:0.4] changes words during a run"]),
        (
            "withLora(ink, 0.5)",
            ["'withLora(ink, 0.5)' is read as words; link a LoRALoader to the model instead"],
        ),
        (
            "a {red|green} cat",
            ["'{red|green}' is read as words; write it in a TextTemplate, which chooses, and link that"],
        ),
        (
            "{red|green hat",
            ["'{red|green hat' is read as words; '{' is never closed, or a TextTemplate would choose"],
        ),
        (
            "__animals/wild__",
            [
                "'__animals/wild__' is read as words; "
                "write it in a TextTemplate, which takes a line of that list, and link that"
            ],
        ),
        ("<ink>", ["'<ink>' is read as words; name the file of an embedding, as in embedding:ink"]),
        (
            "Embedding: ink",
            [
                "'Embedding: ink' is read as words; "
                "write it as embedding:ink, in small letters and without a space"
            ],
        ),
        (
            "（cat：1.5）",  # noqa: RUF001 - the wide signs are meant
            [
                "'（cat：1.5）' is read as words; "  # noqa: RUF001 - as above
                "write narrow brackets and a narrow colon, as in (cat:1.5)"
            ],
        ),
        ("a {plain} snake_case ___ <3", []),
    ],
)
def test_what_other_programs_write_is_noted(text: str, notes: list[str]) -> None:
    assert [note.message.replace("'--'", "'++'") for note in parse(text).notes] == notes


def test_words_that_only_one_program_knows_are_words_to_the_other() -> None:
    assert parse("a AND b", COMFYUI).notes == ()


@pytest.mark.parametrize("syntax", [COMFYUI, Syntax.COMPEL])
def test_marks_of_a1111_are_noted_where_they_are_words(syntax: Syntax) -> None:
    found = [
        note.message.partition(";")[0] for note in parse("[cat|dog], [dim] BREAK [cat:dog:4]", syntax).notes
    ]
    assert found == [f"'{mark}' is read as words" for mark in ("[cat|dog]", "[dim]", "BREAK", "[cat:dog:4]")]


def test_of_what_changes_the_words_of_the_first_step_are_read() -> None:
    assert words("a ([cat:dog:0.5]:1.5) [(x:2)|y]") == [("a", 1), ("cat", 1.5), ("x", 2)]


def test_weights_stay_finite() -> None:
    assert words(f"(a:{'9' * 400})") == [("a", 100)]
    assert words("(" * 500 + "a" + ")" * 500) == [("a", 100)]
    assert words(f"({'(a:0)'}:{'9' * 400})") == [("a", 0)]


def test_marks_are_found() -> None:
    text = r"a (red:1.4) cat [dim] \(x\) BREAK embedding:pocket/ink, (soft:.5)"
    assert marked(text, Mark.STRONGER) == ["red"]
    assert sorted(marked(text, Mark.WEAKER)) == ["dim", "soft"]
    assert marked(text, Mark.WEIGHT) == [":1.4", ":.5"]
    assert marked(text, Mark.BREAK) == ["BREAK"]
    assert marked(text, Mark.EMBEDDING) == ["embedding:pocket/ink"]
    assert marked(text, Mark.ESCAPE) == [r"\(", r"\)"]
    assert marked(text, Mark.UNBALANCED) == []
    assert marked(text, Mark.WEAKER, COMFYUI) == ["soft"]
    assert marked(text, Mark.BREAK, COMFYUI) == []


def test_brackets_without_a_partner_are_marked() -> None:
    spans = [(span.start, span.mark) for span in parse("a (b c] d").spans]
    assert [start for start, mark in spans if mark is Mark.UNBALANCED] == [6, 2]


def test_embeddings_are_named_once_each() -> None:
    text = "embedding:ink, (embedding:styles/ink-2.safetensors:1.2) my-embedding:no embedding:ink."
    assert embedding_names(text) == ("ink", "styles/ink-2.safetensors")


@dataclass
class Tree:
    """A well-formed prompt: words, or something in brackets."""

    inner: str | list[Tree]
    written: float | None = None
    square: bool = False

    def text(self) -> str:
        if isinstance(self.inner, str):
            return self.inner
        inner = " ".join(tree.text() for tree in self.inner)
        if self.square:
            return f"[{inner}]"
        return f"({inner})" if self.written is None else f"({inner}:{self.written})"

    def words(self, around: float, syntax: Syntax) -> list[tuple[str, float]]:
        if isinstance(self.inner, str):
            return [(self.inner, round(around, 6))]
        if self.square:
            weight = around / 1.1
        elif self.written is None:
            weight = around * 1.1
        else:
            weight = self.written if syntax is COMFYUI else around * self.written
        return [found for tree in self.inner for found in tree.words(weight, syntax)]


LEAVES = st.sampled_from(["cat", "dog", "a:b", "a,b", "ü"]).map(Tree)
WEIGHTS = st.none() | st.sampled_from([0.0, 0.5, 0.8, 1.0, 1.25, 2.0, -1.0])


def trees(*, square: bool) -> st.SearchStrategy[Tree]:
    kinds = st.booleans() if square else st.just(value=False)
    return st.recursive(
        LEAVES,
        lambda inner: st.builds(Tree, st.lists(inner, min_size=1, max_size=3), WEIGHTS, kinds),
        max_leaves=8,
    )


@given(trees(square=True))
def test_nested_weights_multiply_in_a1111(tree: Tree) -> None:
    assert words(tree.text()) == tree.words(1.0, A1111)


@given(trees(square=False))
def test_written_weights_replace_those_around_them_in_comfyui(tree: Tree) -> None:
    assert words(tree.text(), COMFYUI) == tree.words(1.0, COMFYUI)


@given(MESSY, st.sampled_from(Syntax))
def test_any_text_can_be_read(text: str, syntax: Syntax) -> None:
    parsed = parse(text, syntax)
    assert all(0 <= span.start < span.end <= len(text) for span in parsed.spans)
    assert all(0 <= group.start < group.inner_end <= group.end <= len(text) for group in parsed.groups)
    pieces = [piece for section in parsed.texts for piece in section]
    assert all(abs(piece.weight) <= 100 and piece.text for piece in pieces)
    letters = iter(text)  # what is left are letters of the text, in its order
    assert all(letter in letters for piece in pieces for letter in piece.text if letter != " ")


@given(MESSY, st.sampled_from([A1111, COMFYUI]))
def test_what_has_no_marks_is_left_alone(text: str, syntax: Syntax) -> None:
    if not is_marked(text):
        parsed = parse(text, syntax)
        assert [piece.text for piece in parsed.texts[0]] == ([text] if text else [])
        assert (len(parsed.texts), parsed.spans) == (1, ())
        assert all("is read as words" in note.message for note in parsed.notes)  # as '--', which compel reads


@given(MESSY)
def test_escaped_text_is_read_as_it_was(text: str) -> None:
    plain = text.replace("BREAK", "break")
    escaped = "".join(f"\\{letter}" if letter in r"()[]" or letter == "\\" else letter for letter in plain)
    assert "".join(piece.text for piece in parse(escaped).texts[0]) == plain


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize(
    "text",
    [
        "(" * 30_000,
        "([" * 9_000 + ")" * 9_000 + "]" * 9_000,
        " :" * 30_000,
        "(a:" + "9" * 50_000,
        "[a:b:" + "9" * 50_000,
        "{" + "a|" * 30_000,
        "<lora:" * 9_000,
        "withLora(" * 9_000,
        ")+-" * 9_000,
    ],
)
def test_long_nonsense_is_read_in_time_that_grows_with_its_length(text: str, syntax: Syntax) -> None:
    begun = process_time()
    assert parse(text, syntax).texts
    assert process_time() - begun < 10  # where time grew with the square of the length, it was minutes
