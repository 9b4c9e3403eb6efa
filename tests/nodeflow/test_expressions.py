"""Arithmetic written as text."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.expressions import evaluate

NAMES = {"a": 6.0, "b": 4.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a * b", 24),
        ("max(a, b, 9) - min(a, b)", 5),
        ("max(a)", 6),
        ("2 ** 10 / 4", 256),
        ("-round(a / b)", -2),
        ("sqrt(b) + abs(-a) + floor(1.5) + ceil(1.5)", 11),
        ("9007199254740993 + 2", 9007199254740995),
    ],
)
def test_names_and_functions(text: str, value: float) -> None:
    assert evaluate(text, NAMES) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("c", "knows no 'c'; there are a, b, abs"),
        ("a % 0", "divides by zero"),
        ("(-8) ** 0.5", "takes a root of a negative number"),
        ("sqrt(-1)", r"cannot take sqrt\(-1\)"),
        ("round(1, 2, 3)", r"cannot take round\(1, 2, 3\)"),
        ("max()", r"cannot take max\(\)"),
        ("9.9 ** 9 ** 9", "gets too large"),
        ("1e308 * 10", "gets too large"),
        ("a.real", "is no formula, such as max"),
        ("open('x')", "is no formula"),
        ("max(a, key=b)", "is no formula"),
        ("a if b else 1", "is no formula"),
        ("", "is no formula"),
        ("a +", "is no formula"),
        ("1" * 201, "is too long"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        evaluate(text, NAMES)


def test_without_names_there_are_no_functions() -> None:
    with pytest.raises(ValueError, match="is no number, such as 512"):
        evaluate("max(1, 2)")


@given(st.text(alphabet="ab019.+-*/%() ,\n\x00maxin", max_size=40) | st.text(max_size=30))
def test_any_text_gives_a_finite_number_or_a_reason(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert math.isfinite(evaluate(text, NAMES))
