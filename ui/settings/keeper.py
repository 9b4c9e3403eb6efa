"""The settings as the dialog sees and changes them: checked before they are written, comments kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from nodeflow.errors import NodeflowError, UsageError
from nodeflow.files.atomic import write_replacing
from nodeflow.settings_file import FILE_NAME, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from nodeflow.folders import Folders
    from ui.desk import Desk

VARIABLES = {
    "run.device": "NODEFLOW_DEVICE",
    "folders.models": "NODEFLOW_MODELS_DIR",
    "folders.output": "NODEFLOW_OUTPUT_DIR",
    "folders.cache": "NODEFLOW_CACHE_DIR",
}
"""Variables that go before settings."""


class SettingsKeeper(QObject):
    """Reads and changes the user's settings.

    Args:
        desk: Follows them.
        parent: Its owner.
    """

    changed = Signal()
    """The file says something else now."""
    followed = Signal(str)
    """The next run does as the settings say; the text is a complaint where it cannot."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk

    @property
    def file(self) -> Path:
        """The file."""
        return self._desk.folders.config / FILE_NAME

    def fault(self) -> str:
        """Why the settings cannot be read; empty: they can."""
        from nodeflow.settings import read_settings

        try:
            read_settings(self._desk.folders)
        except UsageError as error:
            return str(error)
        return ""

    def value(self, name: str) -> Any:
        """What the file says; None: nothing.

        Args:
            name: Of the setting, as in `run.quality`.
        """
        table, _, key = name.partition(".")
        try:
            part = read_table(self._desk.folders.config).get(table, {})
        except UsageError:
            return None
        return part.get(key) if isinstance(part, dict) else None

    def over(self, name: str) -> tuple[str, str] | None:
        """The variable that goes before a setting, and its value; None: none does."""
        variable = VARIABLES.get(name, "")
        value = os.environ.get(variable, "")
        return (variable, value) if value else None

    def change(self, name: str, value: Any) -> str:
        """Change a setting; returns why it cannot be so, in which case nothing is changed.

        Args:
            name: Of the setting, as in `run.quality`.
            value: What to write; None: what is usual, by leaving it out.
        """
        try:
            write_settings(self._desk.folders, {name: value})
        except NodeflowError as error:
            return error.message
        self._desk.follow_settings(lambda told: self.followed.emit("" if told is None else str(told)))
        self.changed.emit()
        return ""


def write_settings(folders: Folders, changes: Mapping[str, Any]) -> None:
    """Change settings in their file; all else in it stays as it is, comments included.

    Args:
        folders: Where the file lies.
        changes: By name, as in `run.quality`; None leaves a setting out.

    Raises:
        UsageError: If a value is none that the setting may have, or the file cannot be read or written.
    """
    import tomlkit

    from nodeflow.settings import check_settings

    read_table(folders.config)  # says what is wrong with the file, better than the other library
    file = folders.config / FILE_NAME
    document = tomlkit.parse(file.read_text("utf-8") if file.exists() else "")
    for name, value in changes.items():
        table, _, key = name.partition(".")
        if value is not None:
            if table not in document:
                document[table] = tomlkit.table()
            document[table][key] = value
        elif table in document:
            document[table].pop(key, None)
    check_settings(document.unwrap(), folders)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_replacing(file, tomlkit.dumps(document).encode())
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
