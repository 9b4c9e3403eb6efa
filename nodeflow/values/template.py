"""A text with choices in it on its way to a node, together with the lists that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Template:
    """A text that may name lists of words, `__animal__`.

    Attributes:
        text: As it was written.
        lists: The lines of each list that the text, or another list, names.
    """

    text: str
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
