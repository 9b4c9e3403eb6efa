"""A prompt on its way to a node: its text, and the files of the textual inversions that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Prompt:
    """A text that may name textual inversions, `embedding:name`.

    Attributes:
        text: As it was written.
        embeddings: Their files, by the names in the text; none are looked up where there is nobody to ask.
    """

    text: str
    embeddings: Mapping[str, Path] = field(default_factory=dict)
