"""How much room pictures, small versions of them, results and journals take on the disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from nodeflow.folders import Folders
from nodeflow.settings import read_settings
from ui.pictures.thumbnails import FOLDER


@dataclass(frozen=True)
class Use:
    """What one kind of file takes.

    Attributes:
        name: The kind: `pictures`, `inputs`, `thumbnails`, `results`, `states` or `data`.
        folder: Where they lie.
        files: How many there are.
        nbytes: How large they are together.
        clearable: Whether they can be made again, so that nothing is lost with them.
    """

    name: str
    folder: Path
    files: int
    nbytes: int
    clearable: bool = False


def uses(folders: Folders) -> list[Use]:
    """Measure everything. Takes a while in large folders: for a thread of its own."""
    from nodeflow.cache import open_cache

    info = open_cache(folders, disk_bytes=read_settings(folders).cache.disk).info()
    thumbnails = folders.cache / FOLDER
    inside = folders.output.is_relative_to(folders.pictures)
    others = folders.pictures, *_sum(folders.pictures, folders.output if inside else None)
    return [
        Use("pictures", folders.output, *_sum(folders.output)),
        Use("inputs", *others),
        Use("thumbnails", thumbnails, *_sum(thumbnails), clearable=True),
        Use("results", folders.cache, info.disk_entries, info.disk_bytes, clearable=True),
        Use("states", folders.cache, info.states, info.state_bytes),
        Use("data", folders.data, *_sum(folders.data)),
    ]


def clear(folders: Folders, name: str) -> None:
    """Remove what can be made again.

    Args:
        folders: The user's folders.
        name: `thumbnails` or `results`.
    """
    if name == "results":
        from nodeflow.cache import open_cache

        open_cache(folders, disk_bytes=read_settings(folders).cache.disk).clear()
        return
    for path in (folders.cache / FOLDER).glob("*/*.png"):
        path.unlink(missing_ok=True)


def _sum(folder: Path, without: Path | None = None) -> tuple[int, int]:
    """Count the files below a folder, and their bytes; what cannot be read counts nothing."""
    files = nbytes = 0
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if without is None or Path(place, name) != without]
        for name in names:
            try:
                nbytes += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - thousands of files
            except OSError:
                continue
            files += 1
    return files, nbytes
