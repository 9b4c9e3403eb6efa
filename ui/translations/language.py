"""Which languages there are, and which one is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLocale

FOLDER = Path(__file__).parent
ENGLISH = "en"
"""What the code is written in; it needs no catalogue."""


@dataclass(frozen=True)
class Language:
    """A language that the editor speaks.

    Attributes:
        code: As in ISO 639, with the country where that matters: `de`, `pt_BR`.
        name: What its speakers call it.
    """

    code: str
    name: str

    @property
    def file(self) -> Path | None:
        """Its catalogue; None: none is needed."""
        return None if self.code == ENGLISH else FOLDER / f"{self.code}.mo"


def languages() -> list[Language]:
    """All of them, by their names."""
    codes = {ENGLISH, *(file.stem for file in FOLDER.glob("*.mo"))}
    found = (Language(code, _named(code)) for code in codes)
    return sorted(found, key=lambda language: language.name)


def choose(wanted: str = "", spoken: Sequence[str] | None = None) -> Language:
    """The language to speak.

    Args:
        wanted: A language's code; empty, or one that is not there: the first of those spoken.
        spoken: Codes such as `de-AT`, the best first; None: what the system says.
    """
    there = {language.code: language for language in languages()}
    for name in (wanted, *(QLocale.system().uiLanguages() if spoken is None else spoken)):
        parts = name.replace("-", "_").split("_")
        for code in ("_".join(parts[:count]) for count in range(len(parts), 0, -1)):
            if code in there:
                return there[code]
    return there[ENGLISH]


def _named(code: str) -> str:
    if code == ENGLISH:
        return "English"  # Qt calls it American English
    name = QLocale(code).nativeLanguageName()
    return name[:1].upper() + name[1:]
