"""Which models are shown, and in which order. No widget lives here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from nodeflow.models import ModelKind
from nodeflow.models.portrait import Portrait


class Order(StrEnum):
    """What models are sorted by."""

    NAME = "name"
    NEWEST = "newest"
    LARGEST = "largest"


@dataclass(frozen=True)
class Query:
    """What is looked for; all of it must fit.

    Attributes:
        words: Parts of the name, the trigger words or anything else that is told, in lower case.
        kind: What it is; None: anything.
        folder: Where it lies inside its kind's folder, and below; empty: anywhere.
        order: What comes first.
    """

    words: tuple[str, ...] = ()
    kind: ModelKind | None = None
    folder: str = ""
    order: Order = Order.NAME

    def found(self, portraits: Iterable[Portrait]) -> list[Portrait]:
        """Those that fit, in order."""
        fitting = [portrait for portrait in portraits if self._fits(portrait)]
        return sorted(fitting, key=_KEYS[self.order])

    def _fits(self, portrait: Portrait) -> bool:
        entry = portrait.entry
        if self.kind not in (None, entry.kind):
            return False
        if self.folder and not f"{folder_of(portrait)}/".startswith(f"{self.folder}/"):
            return False
        if not self.words:
            return True
        pile = said(portrait)
        return all(word in pile for word in self.words)


def folder_of(portrait: Portrait) -> str:
    """The folder of a model inside that of its kind; empty: it lies in that itself."""
    parent = PurePosixPath(portrait.entry.name).parent.as_posix()
    return "" if parent == "." else parent


def folders(portraits: Iterable[Portrait]) -> list[str]:
    """All folders that hold models, those around them included."""
    found: set[str] = set()
    for portrait in portraits:
        path = PurePosixPath(folder_of(portrait))
        found.update(part.as_posix() for part in (path, *path.parents))
    return sorted(found - {"", "."}, key=str.casefold)


def said(portrait: Portrait) -> str:
    """All that a search looks through."""
    about, entry = portrait.about, portrait.entry
    parts = (
        entry.name, entry.kind.label, entry.architecture.value, about.title, about.author, about.base_model,
        about.licence, about.description, *about.trigger_words,
    )  # fmt: skip
    return "\n".join(parts).lower()


def _name(portrait: Portrait) -> tuple[str, str]:
    return portrait.entry.kind.value, portrait.entry.name.casefold()


_KEYS: dict[Order, Callable[[Portrait], Any]] = {
    Order.NAME: _name,
    Order.NEWEST: lambda portrait: -portrait.modified,
    Order.LARGEST: lambda portrait: -portrait.entry.size_bytes,
}
