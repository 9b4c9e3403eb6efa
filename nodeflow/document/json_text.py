"""Strict reading and canonical writing of JSON.

Python's own reader accepts NaN, infinities, duplicate keys and lone surrogates, which other programs refuse
or read differently; a workflow that two programs read differently is refused here.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from nodeflow.errors import InvalidWorkflow, Problem

MAX_BYTES = 64 * 1024 * 1024
"""A workflow of 100,000 nodes takes about 15 MB; anything far beyond is not a workflow."""

MAX_DEPTH = 100
"""How deeply values may be nested."""

TOO_DEEP = f"the file is nested more than {MAX_DEPTH} levels deep; no workflow is"

LINE_WIDTH = 110

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8")


class _WrongToken(Exception):  # noqa: N818 - never leaves this module
    """A number of which the reader tells no place."""

    def __init__(self, token: str, message: str, advice: str) -> None:
        self.token, self.message, self.advice = token, message, advice


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+')


def _line(text: str, token: str) -> int:
    """The first line on which a token stands that is no text."""
    start = next(found.start() for found in _TOKEN.finditer(text) if found[0] == token)
    return text.count("\n", 0, start) + 1


def _fail(message: str, advice: str | None = None) -> NoReturn:
    raise InvalidWorkflow([Problem(message, advice=advice)])


def read_json(data: bytes) -> Any:
    """Read strict JSON in UTF-8.

    Raises:
        InvalidWorkflow: With one sentence on what is wrong and, where known, the line.
    """
    text = _decode(data)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique_keys,
            parse_constant=_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except _WrongToken as wrong:
        _fail(f"{wrong.message} at line {_line(text, wrong.token)}", wrong.advice)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        _fail(f"the file is not JSON: {reason} at line {error.lineno}, column {error.colno}")
    except RecursionError:
        _fail(TOO_DEEP)
    _check_depth(value)
    if "\\u" in text:
        _check_surrogates(value)
    return value


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        _fail(f"the file is larger than {MAX_BYTES // 2**20} MB; no workflow is")
    if not data.strip():
        _fail("the file is empty", "Choose another, or save the workflow again")
    if data.startswith(_PICTURES):
        _fail("the file is a picture, not a workflow", "Choose a .json file, or a PNG as nodeflow saves them")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        _fail("the file is UTF-16", "Save it as UTF-8")
    if data.startswith(b"\xef\xbb\xbf"):
        _fail("the file begins with a byte order mark", "Save it as UTF-8 without BOM")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _fail(f"the file is not UTF-8 (byte {error.start})", "Save it as UTF-8")
    if "\x00" in text:
        _fail("the file holds NUL characters: it is not a text file", "Save it as UTF-8")
    return text


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        _fail(f'the name "{twice}" stands twice in the same object', "Rename or remove one of them")
    return result


def shortened(text: str, limit: int = 20) -> str:
    """The beginning of a text that may be endless."""
    return text if len(text) <= limit else f"{text[:limit]}…"


def _constant(name: str) -> NoReturn:
    raise _WrongToken(name, f"the file holds {name}, which is no number,", "Write a number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _WrongToken(text, f"the number {shortened(text)} is too large", "Write a smaller one")
    return value


def _integer(text: str) -> int:
    if len(text) > 40:
        message = f"the number {shortened(text)} has {len(text)} digits"
        raise _WrongToken(text, message, "Whole numbers reach 2^64 - 1")
    return int(text)


def _check_depth(value: Any) -> None:
    """Refuse deep nesting, iteratively: recursion is what such files attack."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (
                outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
            )
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    _fail(TOO_DEEP)


def _check_surrogates(value: Any) -> None:
    r"""Refuse half characters, which only an escape such as `\ud800` can bring in."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        _fail("the file holds half a character (a lone surrogate)", "Write the text again")


def write_json(value: Any) -> str:
    """Write canonical JSON: two spaces of indent, whatever fits in a line on one line, newline at the end."""
    return _write(value, indent=0, used=0) + "\n"


def _write(value: Any, indent: int, used: int) -> str:
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    structural = isinstance(value, dict | list) and indent < 2
    if not isinstance(value, dict | list) or not value:
        return flat
    if not structural and indent + used + len(flat) <= LINE_WIDTH:
        return flat
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        heads = [json.dumps(key, ensure_ascii=False) + ": " for key in value]
        parts = [
            head + _write(item, indent + 2, len(head))
            for head, item in zip(heads, value.values(), strict=True)
        ]
        opening, closing = "{", "}"
    else:
        parts = [_write(item, indent + 2, 0) for item in value]
        opening, closing = "[", "]"
    lines = f",\n{inner}".join(parts)
    return f"{opening}\n{inner}{lines}\n{' ' * indent}{closing}"
