"""Moving files to the trash, and back."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QFile

INFO = ".trashinfo"


def to_trash(path: Path) -> bool:
    """Move a file to the platform's trash; True if it is not there any more."""
    return moved_to_trash(path) is not None


def moved_to_trash(path: Path) -> Path | None:
    """Move a file to the platform's trash.

    Returns:
        Where it lies now; None if it could not be moved. A file that is gone lies where it was.
    """
    file = QFile(str(path))
    if file.moveToTrash():
        return Path(file.fileName())
    return None if path.exists() else path


def from_trash(lies: Path, path: Path) -> bool:
    """Put a file back where it was; False if it is not in the trash any more or another took its place."""
    if path.exists() or not lies.exists():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lies.rename(path)
    except OSError:
        return False
    with suppress(OSError):  # freedesktop.org's trash keeps a note beside the file
        (lies.parent.parent / "info" / f"{lies.name}{INFO}").unlink()
    return True
