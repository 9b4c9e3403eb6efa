"""A cheap sign that files changed on disk."""

from __future__ import annotations

from pathlib import Path

from nodeflow.errors import MissingFile

Stamp = tuple[tuple[str, int, int], ...]
"""Name, size in bytes and modification time in nanoseconds of each file."""


def stamp(place: Path) -> Stamp:
    """Describe a file, or the files of a folder.

    Raises:
        MissingFile: If it is not there.
    """
    try:
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        stats = [(file.name, file.stat()) for file in files]
    except OSError as error:
        raise MissingFile(f"there is no {place}", input="model") from error
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
