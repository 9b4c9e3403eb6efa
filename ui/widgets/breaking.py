"""Lets long words such as paths go on in the next line."""

from __future__ import annotations

import re

BREAK = "\u200b"
"""A place where a word may be broken that nobody sees."""
LONGEST = 12
"""Words up to so many letters are left alone."""
WHOLE = 20
"""Longer pieces would not fit in a narrow panel."""


def breakable(text: str) -> str:
    """A text in which long words such as paths and names of models may go on in the next line."""
    return " ".join(_parts(word) if len(word) > LONGEST else word for word in text.split(" "))


def _parts(word: str) -> str:
    """A long word with places to break: behind what parts it, before capitals, else anywhere."""
    parted = re.sub(r"([/\\_.\-]|(?<=[a-z])(?=[A-Z]))", rf"\1{BREAK}", word)
    return re.sub(rf"([^{BREAK}]{{{WHOLE}}})", rf"\1{BREAK}", parted)
