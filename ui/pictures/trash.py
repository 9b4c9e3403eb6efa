"""Moving files to the trash."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFile


def to_trash(path: Path) -> bool:
    """Move a file to the platform's trash; True if it is not there any more."""
    return QFile(str(path)).moveToTrash() or not path.exists()
