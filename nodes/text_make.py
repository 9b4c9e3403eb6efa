"""Nodes that write, join and change texts. They are light: their texts are known before a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import Multiline, NodeKind, Range, Seed, node
from nodeflow.prompts.wildcards import MAX_LETTERS, expand
from nodeflow.values import Template
from nodes.number import Comparison

LongText = Annotated[str, Multiline()]
ChoosingSeed = Annotated[int, Seed()]


class TextRelation(StrEnum):
    """How two texts may stand to each other."""

    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    CONTAINS = "contains"
    LACKS = "lacks"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"


@node("Text", category="text", kind=NodeKind.LIGHT, output="text")
def text_value(text: LongText = "") -> str:
    """Write a text once, and link it to wherever it is needed.

    Args:
        text: The text.
    """
    return text


@node("JoinText", category="text", kind=NodeKind.LIGHT, output="text")
def join_text(texts: list[str], separator: str = ", ") -> str:
    r"""Join texts, leaving out empty ones.

    Args:
        texts: The texts; link several.
        separator: What goes between them; `\n` begins a new line.
    """
    return _joined([part for part in texts if part], separator.replace("\\n", "\n"), "texts")


@node("ReplaceText", category="text", kind=NodeKind.LIGHT, output="text")
def replace_text(
    text: LongText,
    find: str = "",
    replacement: str = "",
    whole_words: bool = False,
    ignore_case: bool = False,
) -> str:
    """Replace words in a text, each time they occur.

    Args:
        text: The text.
        find: What to look for, letter by letter; empty finds nothing.
        replacement: What to put there.
        whole_words: Leave alone what is part of a longer word.
        ignore_case: Whether large and small letters count as the same.
    """
    if not find:
        return text
    pattern = re.escape(find)
    if whole_words:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    between = re.split(pattern, text, flags=re.IGNORECASE if ignore_case else 0)
    return _joined(between, replacement, "replacement")


@node("CompareTexts", category="text", kind=NodeKind.LIGHT)
def compare_texts(
    a: LongText = "",
    relation: TextRelation = TextRelation.CONTAINS,
    b: str = "",
    ignore_case: bool = True,
) -> Comparison:
    """Compare two texts. `choice` is 1 if it is so and 2 if not: linked to a Switch, it decides what runs.

    Args:
        a: A text.
        relation: What is asked of a.
        b: The text to compare it with; every text contains, starts and ends with an empty one.
        ignore_case: Whether large and small letters count as the same.
    """
    if ignore_case:
        a, b = a.casefold(), b.casefold()
    holds = {
        TextRelation.EQUAL: a == b,
        TextRelation.NOT_EQUAL: a != b,
        TextRelation.CONTAINS: b in a,
        TextRelation.LACKS: b not in a,
        TextRelation.STARTS_WITH: a.startswith(b),
        TextRelation.ENDS_WITH: a.endswith(b),
    }[relation]
    return Comparison.of(holds)


@node("TextTemplate", category="text", kind=NodeKind.LIGHT, output="text")
def text_template(text: Annotated[Template, Multiline()], seed: ChoosingSeed = 0) -> str:
    """Write a text with choices in it; the seed chooses.

    `{red|green|blue}` takes one of these words, `{3::red|green}` takes red three times as often, `{2$$a|b|c}`
    takes two, `{1-2$$ and $$a|b|c}` one or two with "and" between them. `__animal__` takes a line of the file
    `wildcards/animal.txt` in a models folder or beside the settings, `__animals/*__` of all files there, and
    their lines may hold choices too. A backslash before `{`, `|`, `}` or `_` takes its meaning away.

    Args:
        text: The text.
        seed: Chooses: the same seed always gives the same text.
    """
    try:
        return expand(text.text, text.lists, seed)
    except ValueError as error:
        advice = "Let no list name itself, and none be too long"
        raise NodeFailed(str(error), input="text", advice=advice) from None


@node("RandomLine", category="text", kind=NodeKind.LIGHT, output="text")
def random_line(lines: LongText, seed: ChoosingSeed = 0) -> str:
    """Take one line of a text; the seed chooses.

    Args:
        lines: One choice on each line; empty lines do not count.
        seed: Chooses: the same seed always gives the same line.
    """
    import random

    choices = [line.strip() for line in lines.splitlines() if line.strip()]
    if not choices:
        raise NodeFailed("there is no line to choose", input="lines", advice="Write one choice on each line")
    return choices[int(random.Random(seed).random() * len(choices))]  # noqa: S311 - a choice, no secret


@node("ToText", category="text", kind=NodeKind.LIGHT, output="text", revision=2)
def to_text(value: object, decimals: Annotated[int, Range(0, 15, slider=(0, 6))] | None = None) -> str:
    """Write a number, a choice or true and false as a text.

    Args:
        value: What to write.
        decimals: Digits behind the point; none: as many as it has.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, decimals)
    if isinstance(value, str):
        return str(value)
    message = f"{type(value).__name__} cannot be written as a text"
    raise NodeFailed(message, input="value", advice="Link a number or a text")


def _number(value: float, decimals: int | None) -> str:
    from decimal import Decimal

    if decimals is not None:
        return f"{value:.{decimals}f}"
    exact = Decimal(str(value))
    whole = not exact.is_finite() or exact == exact.to_integral_value()
    return f"{value:.0f}" if whole else f"{exact:f}"


def _joined(parts: Sequence[str], separator: str, name: str) -> str:
    """Texts with something between them, unless that becomes so long that it can only be a mistake."""
    letters = sum(map(len, parts)) + len(separator) * (len(parts) - 1)
    if letters > MAX_LETTERS:
        message = f"makes a text of {letters} letters"
        raise NodeFailed(message, input=name, advice=f"Keep to {MAX_LETTERS}")
    return separator.join(parts)
