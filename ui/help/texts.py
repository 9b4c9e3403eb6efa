"""The texts that travel with the program: the guide and the list of changes."""

from __future__ import annotations

from pathlib import Path

import nodeflow

PACKAGE = Path(nodeflow.__file__).resolve().parent
INSTALLED = PACKAGE / "guide"
"""Where the wheel puts them."""


def text_path(name: str) -> Path:
    """Where a text lies: in the wheel, or in the source tree.

    Args:
        name: Its file: `editor.md`, `CHANGELOG.md`.
    """
    installed = INSTALLED / name
    if installed.is_file():
        return installed
    root = PACKAGE.parent
    return root / name if (root / name).is_file() else root / "docs" / name


def read_text(name: str) -> str:
    """A text; empty if it is not there."""
    try:
        return text_path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
