"""What one input takes in turn when a workflow runs over a list: lines of a text, pictures of a folder."""

from __future__ import annotations

import re
from pathlib import Path

from nodeflow.errors import MissingFile

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")


def lines_of(text: str) -> list[str]:
    """The lines of a text that hold something, without blanks at their ends."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_lines(path: Path) -> list[str]:
    """The lines of a text file that hold something.

    Raises:
        MissingFile: If there is none, or it is no text in UTF-8.
    """
    try:
        lines = lines_of(path.read_text("utf-8-sig"))
    except OSError as error:
        raise MissingFile(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MissingFile(f"{path} is no text in UTF-8", advice="Save it as UTF-8") from None
    if not lines:
        raise MissingFile(f"{path} holds no line", advice="Write one value on each line")
    return lines


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder by name, numbers in their order; hidden ones and inner folders are left out.

    Raises:
        MissingFile: If the folder cannot be read or holds none.
    """
    try:
        found = [path for path in folder.iterdir() if path.suffix.lower() in PICTURES]
    except OSError as error:
        raise MissingFile(f"{folder} cannot be read: {error.strerror}") from None
    pictures = sorted((p for p in found if not p.name.startswith(".") and p.is_file()), key=_natural)
    if not pictures:
        raise MissingFile(f"{folder} holds no pictures", advice="Choose the folder that the pictures lie in")
    return pictures


def _natural(path: Path) -> list[tuple[int, str]]:
    """`shot 2` comes before `shot 10`."""
    parts = re.split(r"(\d+)", path.name.lower())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
