"""Reading the numbers that artists list in a text."""

from __future__ import annotations

import math

from nodeflow.errors import NodeFailed


def numbers_in(text: str, name: str) -> list[float]:
    """The numbers in a text, with spaces or commas between them.

    Args:
        text: The text.
        name: The input that it comes from, for messages.

    Raises:
        NodeFailed: If a word in it is no number.
    """
    found = []
    for word in text.replace(",", " ").split():
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise NodeFailed(f"{word[:20]!r} is not a number", input=name)
        found.append(number)
    return found
