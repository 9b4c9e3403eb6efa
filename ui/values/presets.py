"""Prompts that were kept to be used again, in a file that people can read and edit."""

from __future__ import annotations

import json
from pathlib import Path

from nodeflow.files.atomic import write_replacing
from nodeflow.folders import Folders

FILE = "prompt_presets.json"
PROMPT = "{prompt}"
"""Where a preset puts the prompt that it is wrapped around."""
_SHIPPED = Path(__file__).parent / "presets.json"


class Presets:
    """The user's presets; those that came with the program until the first change.

    Args:
        folders: Where the file lies.
    """

    def __init__(self, folders: Folders) -> None:
        self._path = folders.config / FILE

    def all(self) -> dict[str, str]:
        """Each preset's text by its name, in the order in which they were kept."""
        found = _read(self._path)
        return (_read(_SHIPPED) or {}) if found is None else found

    def keep(self, name: str, text: str) -> None:
        """Keep a prompt, instead of another of that name if there is one.

        Raises:
            OSError: If the file cannot be written.
        """
        self._write({**self.all(), name: text})

    def rename(self, old: str, new: str) -> None:
        """Give a preset another name, which nobody has, in its place.

        Raises:
            OSError: If the file cannot be written.
        """
        self._write({new if name == old else name: text for name, text in self.all().items()})

    def remove(self, name: str) -> None:
        """Forget a preset.

        Raises:
            OSError: If the file cannot be written.
        """
        self._write({other: text for other, text in self.all().items() if other != name})

    def _write(self, presets: dict[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and _read(self._path) is None:
            self._path.replace(self._path.with_suffix(".unreadable"))  # somebody's work, even if damaged
        text = json.dumps(presets, indent=2, ensure_ascii=False) + "\n"
        write_replacing(self._path, text.encode("utf-8", "replace"))


def _read(path: Path) -> dict[str, str] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return {name: text for name, text in found.items() if isinstance(text, str)}


def wrapped(preset: str, prompt: str) -> str:
    """A preset with a prompt put where it belongs; without a prompt, the rest of it."""
    if prompt.strip():
        return preset.replace(PROMPT, prompt.strip())
    pieces = [piece.strip() for piece in preset.replace(PROMPT, "").split(",")]
    return ", ".join(piece for piece in pieces if piece and not piece.endswith(" of"))


def appended(prompt: str, preset: str) -> str:
    """A prompt with a preset behind it."""
    text = wrapped(preset, "") if PROMPT in preset else preset
    prompt = prompt.rstrip().rstrip(",")
    return f"{prompt}, {text}" if prompt else text
