"""The file of the user's settings as plain values, and the folders that it names.

Imports next to nothing: whatever needs a folder reads it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from nodeflow.errors import UsageError, one_line

FILE_NAME = "settings.toml"
ADVICE = "docs/settings.md lists what can be set"


@dataclass(frozen=True)
class FolderSettings:
    """The folders that the settings name; those left out are the platform's.

    Attributes:
        models: Models folders; the earlier go first.
        output: Where pictures are saved.
        cache: Where results are kept.
    """

    models: tuple[Path, ...] = ()
    output: Path | None = None
    cache: Path | None = None

    @classmethod
    def read(cls, value: Any) -> FolderSettings:
        """Read the table `folders`.

        Raises:
            ValueError: If it says something that nobody knows.
        """
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise ValueError("should be a table")
        known = [field.name for field in fields(cls)]
        strange = next((name for name in value if name not in known), None)
        if strange is not None:
            raise ValueError(f"{strange}: there are {', '.join(known)}")
        models = value.get("models", [])
        listed = models if isinstance(models, list) else [models]
        return cls(
            models=tuple(_path("models", item) for item in listed),
            output=_path("output", value["output"]) if "output" in value else None,
            cache=_path("cache", value["cache"]) if "cache" in value else None,
        )


def _path(name: str, value: Any) -> Path:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name}: should be the path of a folder")
    path = Path(value).expanduser()
    if not path.is_absolute():
        raise ValueError(f"{name}: “{value}” should be a whole path, or begin with ~")
    return path


def read_table(config: Path) -> dict[str, Any]:
    """What the file says; nothing if there is none.

    Args:
        config: The config folder.

    Raises:
        UsageError: If it cannot be read.
    """
    file = config / FILE_NAME
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} is no TOML file: {one_line(error)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings in {file} cannot be read: {one_line(error)}") from error


def folder_settings(config: Path) -> FolderSettings:
    """The folders that the file names.

    Args:
        config: The config folder.

    Raises:
        UsageError: If it cannot be read, or names what is no folder.
    """
    try:
        return FolderSettings.read(read_table(config).get("folders", {}))
    except ValueError as error:
        raise UsageError(f"{config / FILE_NAME}: folders.{error}", advice=ADVICE) from error
