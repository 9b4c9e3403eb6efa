"""Messages as sentences."""

from __future__ import annotations


def as_sentence(text: str) -> str:
    """A message with a capital letter, unless it begins with the name of a file or input."""
    first = text.partition(" ")[0]
    named = any(sign in first.rstrip(".:,") for sign in "._/")
    return text if named else text[:1].upper() + text[1:]
