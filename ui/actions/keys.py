"""The keys of actions: those of the list, unless the user chose others. Kept with the editor's settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QKeySequence

from ui.actions.action import Action
from ui.actions.catalogue import ACTIONS

GROUP = "keys"
BETWEEN = "; "
"""Between the keys of one action in the file: none of them ends with it."""


class Keys(QObject):
    """Which keys ask for what.

    Args:
        settings: Where the user's choice is kept.
        parent: Its owner.
        actions: The actions that have keys.
    """

    changed = Signal()

    def __init__(
        self, settings: QSettings, parent: QObject | None = None, actions: Iterable[Action] = ACTIONS
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.actions = tuple(actions)
        self._usual = {action.id: tuple(map(plain, action.shortcut)) for action in self.actions}
        self._chosen = self._read()

    def _read(self) -> dict[str, tuple[str, ...]]:
        chosen = {}
        for name in self._usual:
            text = self._settings.value(f"{GROUP}/{name}")
            if isinstance(text, str):
                keys = [plain(key) for key in text.split(BETWEEN) if key]
                if all(keys):  # else somebody wrote a key that there is not
                    chosen[name] = tuple(keys)
        return chosen

    def of(self, name: str) -> tuple[str, ...]:
        """The keys of an action, in Qt's portable writing; the one that menus show first."""
        if name in self._chosen:
            return self._chosen[name]
        taken = {key for keys in self._chosen.values() for key in keys}
        return tuple(key for key in self._usual.get(name, ()) if key not in taken)

    def differ(self, name: str) -> bool:
        """Whether an action has other keys than usual."""
        return self.of(name) != self._usual[name]

    def owners(self, key: str) -> list[Action]:
        """The actions that a key asks for."""
        return [action for action in self.actions if key in self.of(action.id)]

    def choose(self, name: str, keys: Sequence[str]) -> None:
        """Give an action these keys and no others; whatever else they asked for loses them."""
        for other in self.actions:
            left = tuple(key for key in self.of(other.id) if key not in keys)
            if other.id != name and left != self.of(other.id):
                self._set(other.id, left)
        self._set(name, tuple(dict.fromkeys(keys)))
        self.changed.emit()

    def reset(self, name: str) -> None:
        """Give an action its usual keys again; those that chose one of them lose it."""
        self.choose(name, self._usual[name])

    def reset_all(self) -> None:
        """Give all actions their usual keys again."""
        self._chosen.clear()
        self._settings.remove(GROUP)
        self.changed.emit()

    def _set(self, name: str, keys: tuple[str, ...]) -> None:
        if keys == self._usual[name]:
            self._chosen.pop(name, None)
            self._settings.remove(f"{GROUP}/{name}")
        else:
            self._chosen[name] = keys
            self._settings.setValue(f"{GROUP}/{name}", BETWEEN.join(keys))


def plain(key: str) -> str:
    """A key in Qt's portable writing; empty if there is no such key."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def native(key: str) -> str:
    """A key as people on this platform read it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
