"""What is told about a model besides its kind: by its own metadata, and by small files beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

LONGEST = 4_000
"""Characters of a description that are kept."""


@dataclass(frozen=True)
class About:
    """What its makers say of a model. Nothing of it is checked, and any of it may be empty.

    Attributes:
        title: What they call it.
        author: Who made it.
        base_model: What it was made from or for, in their words.
        resolution: Of the pictures it was trained on: `1024x1024`.
        licence: What may be done with it.
        description: What it is, as plain text.
        trigger_words: What to write into a prompt for it to show, the most telling first.
        digest: The SHA-256 of the file that they published, 64 hex digits.
    """

    title: str = ""
    author: str = ""
    base_model: str = ""
    resolution: str = ""
    licence: str = ""
    description: str = ""
    trigger_words: tuple[str, ...] = ()
    digest: str = ""

    def over(self, other: About) -> About:
        """This, and from `other` what is empty here."""
        return About(**{name: value or getattr(other, name) for name, value in _values(self).items()})

    def dump(self) -> str:
        """All of it as one text, which `loaded` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def loaded(text: str) -> About | None:
    """What `About.dump` wrote; None if the text is something else."""
    try:
        values = json.loads(text)
        return About(**values | {"trigger_words": tuple(values["trigger_words"])})
    except (ValueError, TypeError, KeyError):
        return None


def plain(value: object, longest: int = 200) -> str:
    """A text from a file as one clean line; empty if it is no text.

    Args:
        value: Anything.
        longest: Characters that are kept.
    """
    return " ".join(value[: longest * 4].split())[:longest] if isinstance(value, str) else ""


def _values(about: About) -> dict[str, Any]:
    return {field.name: getattr(about, field.name) for field in fields(about)}
