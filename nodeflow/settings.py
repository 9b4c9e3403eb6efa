"""The user's settings: `settings.toml` in the config folder, written by hand or by the editor."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ByteSize, ConfigDict, Field, ValidationError

from nodeflow.cache.standard import DISK_BYTES, MEMORY_BYTES
from nodeflow.document.model import RunSettings
from nodeflow.errors import UsageError, one_line
from nodeflow.folders import Folders
from nodeflow.hardware import Wishes

FILE_NAME = "settings.toml"

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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: RunSettings = RunSettings()
    cache: CacheSettings = CacheSettings()

    def wishes(self) -> Wishes:
        """What the environment (`NODEFLOW_DEVICE`) and the settings want of a run."""
        return Wishes(device=os.environ.get("NODEFLOW_DEVICE") or None).over(self.run.wishes())


def read_settings(folders: Folders) -> Settings:
    """Read the settings; without a file, the defaults.

    Raises:
        UsageError: If the file cannot be read or says something that nobody knows.
    """
    file: Path = folders.config / FILE_NAME
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings in {file} cannot be read: {one_line(error)}") from error
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} is no TOML file: {one_line(error)}") from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        advice = "docs/settings.md lists what can be set"
        raise UsageError(f"{file}: {where}: {one_line(fault['msg'])}", advice=advice) from error
