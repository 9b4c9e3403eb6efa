"""Finding a model by its content, where it goes by another name here."""

from __future__ import annotations

from collections.abc import Iterable

from nodeflow.errors import MissingFile
from nodeflow.files import Digests
from nodeflow.models.entry import ModelEntry, known_model_digest, model_digest

MOST_READ = 2**30
"""Bytes that are read of models whose digests nobody knows yet: LoRAs and VAEs, and a few seconds."""


def twin(digest: str, entries: Iterable[ModelEntry], digests: Digests) -> ModelEntry | None:
    """The model with that content, if it is here.

    Args:
        digest: Of the content, as workflows hold it.
        entries: The models that will do.
        digests: Remembers and reads digests; no more than `MOST_READ` bytes are read, of the smallest models.
    """
    unread = []
    for entry in entries:
        known = _digest(entry, digests, read=False)
        if known == digest:
            return entry
        if known is None:
            unread.append(entry)
    left = MOST_READ
    for entry in sorted(unread, key=lambda entry: entry.size_bytes):
        left -= entry.size_bytes
        if left < 0:
            return None
        if _digest(entry, digests, read=True) == digest:
            return entry
    return None


def _digest(entry: ModelEntry, digests: Digests, *, read: bool) -> str | None:
    try:
        return model_digest(entry.path, digests) if read else known_model_digest(entry.path, digests)
    except MissingFile:  # damaged, so it is no twin
        return None
