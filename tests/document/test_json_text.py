"""Strict reading and canonical writing of JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.document.json_text import read_json, write_json
from nodeflow.errors import InvalidWorkflow

texts = st.text(st.characters(codec="utf-8"))
numbers = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_again(value: object) -> None:
    text = write_json(value)
    assert text.endswith("\n")
    assert json.loads(text) == value
    assert repr(read_json(text.encode())) == repr(value)


def test_what_fits_stands_on_one_line_and_what_does_not_is_broken_up() -> None:
    short = {"nodes": {"a": {"inputs": [1, 2, 3]}}}
    assert write_json(short) == '{\n  "nodes": {"a": {"inputs": [1, 2, 3]}}\n}\n'
    long = {"nodes": {"a": {"inputs": ["x" * 60, "y" * 60]}}}
    assert max(map(len, write_json(long).splitlines())) < 75


def test_umlauts_are_written_as_they_are() -> None:
    assert '"Äpfel"' in write_json({"a": "Äpfel"})


@pytest.mark.parametrize("data", [b"{}", b" {}\n", b"\r\n{}", b'{"a": 1e300}', b'{"a": "\\u0000"}', b"[1.0]"])
def test_plain_json_is_read(data: bytes) -> None:
    assert read_json(data) == json.loads(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": 1,\n "b": }', "expecting value at line 2, column 7"),
        (b'{"a": 1, "b": 2, "a": 3}', 'the name "a" stands twice'),
        (b'{"NaN": "NaN",\n "a": NaN}', "holds NaN, which is no number, at line 2"),
        (b'{"a": -Infinity}', "-Infinity, which is no number, at line 1"),
        (b'{"\\"1e999": 1,\n\n "a": [3, 1e999]}', "1e999 is too large at line 3"),
        (b"1" * 5000, "has 5000 digits at line 1"),
        (b"[" * 101 + b"]" * 101, "nested more than 100 levels"),
        (b'["\\ud800"]', "half a character"),
        (b'{"\\udc00": 1}', "half a character"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b'"\xe9"', "not UTF-8 (byte 1)"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_programs_read_differently_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidWorkflow) as raised:
        read_json(data)
    assert message in str(raised.value)
