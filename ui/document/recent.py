"""The files that were open lately, kept between runs of the program."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from nodeflow.files.atomic import write_replacing

MOST = 30


def read_list(file: Path, key: str) -> list[str]:
    """A list of texts from a small JSON file; empty if it is missing or damaged."""
    try:
        content: Any = json.loads(file.read_text("utf-8"))
        return [item for item in content[key] if isinstance(item, str)]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def write_state(file: Path, content: dict[str, Any]) -> None:
    """Write a small JSON file in one step; a full disk must not stop anybody from working."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_replacing(file, json.dumps(content, ensure_ascii=False, indent=2).encode())


class RecentFiles:
    """Paths of files, the latest first.

    Args:
        folder: Where the list is kept: the user's data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "recent.json"

    def paths(self) -> list[Path]:
        """The files that are still there."""
        return [path for path in map(Path, read_list(self._file, "files")) if path.is_file()]

    def add(self, path: Path) -> None:
        """Put a file first."""
        self._write([str(path), *(name for name in read_list(self._file, "files") if name != str(path))])

    def remove(self, path: Path) -> None:
        """Take a file off the list."""
        self._write([name for name in read_list(self._file, "files") if name != str(path)])

    def clear(self) -> None:
        """Forget all."""
        self._write([])

    def _write(self, names: list[str]) -> None:
        write_state(self._file, {"files": names[:MOST]})
