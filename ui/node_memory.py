"""Which nodes the user likes, and which were added lately; kept from one start to the next."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal

FAVOURITES, RECENT = "nodes/favourites", "nodes/recent"
MOST_RECENT = 8
REUSABLE = "reusable:"
"""Before the name of a reusable node, which may be that of a node type as well."""


class NodeMemory(QObject):
    """Remembers nodes by their keys: a type's name, or `reusable:` and a reusable node's.

    Args:
        settings: Where it is kept.
        parent: Its owner.
    """

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    @property
    def favourites(self) -> list[str]:
        """Those with a star, in the order they got it."""
        return self._read(FAVOURITES)

    @property
    def recent(self) -> list[str]:
        """Those added lately, the latest first."""
        return self._read(RECENT)

    def toggle_favourite(self, key: str) -> None:
        """Give a node a star, or take it away."""
        known = self.favourites
        kept = [other for other in known if other != key]
        self._write(FAVOURITES, kept if key in known else [*known, key])

    def note_use(self, key: str) -> None:
        """A node was added."""
        recent = self.recent
        if recent[:1] != [key]:
            self._write(RECENT, [key, *(other for other in recent if other != key)][:MOST_RECENT])

    def rename(self, old: str, new: str | None) -> None:
        """A node has another key; None: it is gone."""
        for name in (FAVOURITES, RECENT):
            before = self._read(name)
            after = [new if key == old else key for key in before]
            if after != before:
                self._write(name, [key for key in after if key is not None])

    def _read(self, name: str) -> list[str]:
        value = self._settings.value(name, [])
        if isinstance(value, str):  # how one alone comes back
            return [value] if value else []
        return [str(key) for key in value] if isinstance(value, list) else []

    def _write(self, name: str, keys: list[str]) -> None:
        self._settings.setValue(name, keys)
        self.changed.emit()
