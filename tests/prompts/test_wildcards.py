"""Texts with choices in them."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.prompts.foreign import foreign_marks
from nodeflow.prompts.syntax import Syntax
from nodeflow.prompts.wildcards import MAX_CHOICES, MAX_LETTERS, expand, gather, list_names

LISTS = {
    "animal": ("cat", "3::dog", "{big|small} fox"),
    "loop": ("x __loop__",),
    "ever_more": ("__ever_more_still__ " * 20,),
    "ever_more_still": ("{a|b} " * 20_000,),
    "long": ("x" * 200_000,),
    "empty": (),
}


def results(text: str, count: int = 400) -> Counter[str]:
    return Counter(expand(text, LISTS, seed) for seed in range(count))


def test_a_seed_chooses_always_the_same() -> None:
    assert expand("a {red|green|blue} __animal__", LISTS, 3) == expand(
        "a {red|green|blue} __animal__", LISTS, 3
    )
    assert results("{red|green|blue}").keys() == {"red", "green", "blue"}


def test_results_of_seeds_never_change() -> None:
    text = "{a|b|c|d|e} {2$$x|y|z} __animal__ {1-3$$1|2|3}"
    assert [expand(text, LISTS, seed) for seed in range(4)] == [
        "e z, x dog 2, 3",
        "a z, y dog 2, 3",
        "e z, x cat 3, 2, 1",
        "b y, x dog 1, 2",
    ]


def test_weights_count() -> None:
    found = results("{3::often|seldom}", 2000)
    assert 2.5 < found["often"] / found["seldom"] < 3.6
    found = results("__animal__", 2000)
    assert 2.4 < found["dog"] / found["cat"] < 3.7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{2$$a|b}", {"a, b", "b, a"}),
        ("{2$$ and $$a|b}", {"a and b", "b and a"}),
        ("{5$$a|b}", {"a, b", "b, a"}),
        ("{0-1$$a|b}", {"", "a", "b"}),
        ("{1-$$a|b}", {"a", "b", "a, b", "b, a"}),
        ("{a|{b|c}d}", {"a", "bd", "cd"}),
        ("{|a}", {"", "a"}),
        ("{a}", {"a"}),
        (r"\{a\|b\} \__animal\__", {"{a|b} __animal__"}),
        ("{a|b", {"{a|b"}),
        ("a}b|c", {"a}b|c"}),
        ("__animal", {"__animal"}),
        ("____", {"____"}),
        ("[__empty__]", {"[]"}),
        ("{{red|green} __empty__}", {"red ", "green "}),
    ],
)
def test_grammar(text: str, expected: set[str]) -> None:
    assert results(text, 100).keys() == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("__loop__", "leads through more than 20 choices in each other, the last __loop__"),
        ("{" * 21 + "a" + "}" * 21, "leads through more than 20 choices in each other, the last {…}"),
        ("__ever_more__", f"leads to more than {MAX_CHOICES} choices, the last {{…}}"),
        ("__long__ " * 6, f"becomes longer than {MAX_LETTERS} letters"),
    ],
)
def test_choices_without_end_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        expand(text, LISTS, 0)


@pytest.mark.parametrize("piece", ["{a|", "__a ", "{|", "__a,", "_"])
def test_long_texts_of_marks_that_mean_nothing_stay_in_no_time(piece: str) -> None:
    text = piece * 20_000
    began = time.process_time()
    assert expand(text, {}, 0) == text
    assert len(list(foreign_marks(text, Syntax.A1111))) <= 1  # the last brace may be a slip
    assert time.process_time() - began < 5  # hours, if each mark were looked for to the end


def test_choices_may_lie_deep_in_each_other() -> None:
    assert expand("{" * 20 + "a" + "}" * 20, {}, 0) == "a"


def test_lists_are_gathered_with_what_they_name() -> None:
    files = {"a": ("__b__ __c/d__", "x"), "b": ("__a__",), "c/d": ("y",), "unused": ()}
    assert gather("{__a__|z}", files.__getitem__).keys() == {"a", "b", "c/d"}
    named = list_names("__a__ __b/*__ __a__ snake_case ______ __my_list__ __*__ __not")
    assert named == ("a", "b/*", "my_list", "*")


@given(st.text(alphabet="{}|$:-_ab1\\* ", max_size=60), st.integers(0, 2**64 - 1))
def test_any_text_gives_a_text(text: str, seed: int) -> None:
    assert isinstance(expand(text, dict.fromkeys(list_names(text), ("{a|b}",)), seed), str)


@given(st.text(st.characters(exclude_characters="{\\_")))
def test_a_text_without_marks_stays(text: str) -> None:
    assert expand(text, {}, 0) == text
