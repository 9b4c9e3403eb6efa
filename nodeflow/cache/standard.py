"""The cache as everything that runs workflows shares it: its place and its size."""

from __future__ import annotations

from collections.abc import Iterable

from nodeflow.cache.cache import ResultCache
from nodeflow.folders import Folders

MEMORY_BYTES = 2 * 10**9
"""Budget of the memory tier: about a hundred pictures of a megapixel, or ten thousand prompts."""

DISK_BYTES = 20 * 10**9
"""Cap of the disk tier."""


def open_cache(
    folders: Folders,
    *,
    memory_bytes: int = MEMORY_BYTES,
    disk_bytes: int = DISK_BYTES,
    classes: Iterable[type] = (),
) -> ResultCache:
    """The cache in the user's cache folder, shared by everything that runs workflows."""
    return ResultCache(
        folders.cache / "results", memory_bytes=memory_bytes, disk_bytes=disk_bytes, classes=classes
    )
