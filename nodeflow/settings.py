"""The user's settings: `settings.toml` in the config folder, written by hand or by the editor."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ByteSize, ConfigDict, Field, PlainValidator, ValidationError

from nodeflow.cache.standard import DISK_BYTES, MEMORY_BYTES
from nodeflow.document.model import RunSettings
from nodeflow.errors import UsageError, one_line
from nodeflow.folders import Folders
from nodeflow.hardware import Wishes
from nodeflow.settings_file import ADVICE, FILE_NAME, FolderSettings, read_table

__all__ = ["FILE_NAME", "CacheSettings", "FolderSettings", "Settings", "check_settings", "read_settings"]

_Size = Annotated[ByteSize, Field(ge=0)]


class CacheSettings(BaseModel):
    """How much is kept of what was computed.

    Attributes:
        memory: Budget of the memory tier: `"2GB"`, `"500MiB"` or a number of bytes.
        disk: Cap of the disk tier.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    memory: _Size = ByteSize(MEMORY_BYTES)
    disk: _Size = ByteSize(DISK_BYTES)


class Settings(BaseModel):
    """Everything that can be set; what is left out has its default.

    Attributes:
        run: Quality, device, precision and memory mode, unless a workflow or the command line says otherwise.
        cache: Sizes of the cache.
        folders: Where things lie.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: RunSettings = RunSettings()
    cache: CacheSettings = CacheSettings()
    folders: Annotated[FolderSettings, PlainValidator(FolderSettings.read)] = FolderSettings()

    def wishes(self) -> Wishes:
        """What the environment (`NODEFLOW_DEVICE`) and the settings want of a run."""
        return Wishes(device=os.environ.get("NODEFLOW_DEVICE") or None).over(self.run.wishes())


def read_settings(folders: Folders) -> Settings:
    """Read the settings; without a file, the defaults.

    Raises:
        UsageError: If the file cannot be read or says something that nobody knows.
    """
    return check_settings(read_table(folders.config), folders)


def check_settings(table: Mapping[str, Any], folders: Folders) -> Settings:
    """The settings that the content of a file means.

    Args:
        table: What the file says, or shall say.
        folders: Where the file lies.

    Raises:
        UsageError: If it says something that nobody knows.
    """
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        text = one_line(fault["msg"]).removeprefix("Value error, ")
        if fault["type"].startswith("byte_size"):
            text = f"“{one_line(fault['input'])}” is no size such as 500MB or 50GB"
        raise UsageError(f"{folders.config / FILE_NAME}: {where}: {text}", advice=ADVICE) from error
