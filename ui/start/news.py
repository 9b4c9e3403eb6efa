"""What is new in this version, from the list of changes that travels with the program."""

from __future__ import annotations

import re

from ui.help.texts import read_text

MOST = 3
_MARKUP = re.compile(r"\[([^\]]*)\]\([^)]*\)|[`*]")


def latest_changes(text: str | None = None, most: int = MOST) -> list[str]:
    """The latest additions, a few plain sentences; none if the list is not there.

    Args:
        text: A list in the form of Keep a Changelog; None: the program's own.
        most: How many.
    """
    content = read_text("CHANGELOG.md") if text is None else text
    newest = content.partition("\n## ")[2].partition("\n## ")[0]
    entries = re.findall(r"^- (.*(?:\n  .*)*)", newest, re.MULTILINE)
    return [_first_sentence(entry) for entry in reversed(entries[-most:])]


def _first_sentence(entry: str) -> str:
    text = _MARKUP.sub(r"\1", " ".join(entry.split()))
    for end in re.finditer(r"[.:;](?= )", text):
        if end.start() > 16:
            return text[: end.start()] + "."
    return text
