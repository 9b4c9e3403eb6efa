"""Where things lie: the user's folders, by platform convention or by environment variable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nodeflow.settings_file import FolderSettings, folder_settings

BUNDLED_MODELS = Path(__file__).parent / "bundled" / "models"
"""The small models that come with nodeflow, laid out as a user's models folder."""

BUNDLED_CONFIGS = Path(__file__).parent / "bundled" / "configs"
"""SDXL's published configurations, for single files, which carry none."""

ICON = Path(__file__).parent / "desktop" / "nodeflow.svg"
"""The program's picture."""


def templates_folder() -> Path:
    """Where the workflows lie that come with the program: in the wheel, or in the source tree."""
    package = Path(__file__).resolve().parent
    installed = package / "workflows"
    return installed if installed.is_dir() else package.parent / "workflows"


@dataclass(frozen=True)
class Folders:
    """Every folder that nodeflow reads or writes. None need exist.

    Attributes:
        config: Settings.
        data: What the user would miss if it were gone.
        cache: What can be computed again.
        output: Where pictures are saved.
        pictures: The user's own pictures.
        models: Models folders; on equal names the earlier wins, and the bundled one comes last.
    """

    config: Path
    data: Path
    cache: Path
    output: Path
    pictures: Path
    models: tuple[Path, ...]

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, settings: FolderSettings | None = None
    ) -> Folders:
        """The platform's folders, unless the settings or the environment say otherwise.

        The variables are `NODEFLOW_{CONFIG,MODELS,OUTPUT,CACHE}_DIR`; they go before the settings.

        Args:
            environment: Variables to read; None: this process's. `NODEFLOW_MODELS_DIR` may list several
                folders, separated as in `PATH`.
            settings: What the user's settings say; None: they are read.

        Raises:
            UsageError: If the settings cannot be read, or name what is no folder.
        """
        from platformdirs import PlatformDirs  # here, as most commands need no folders

        values = os.environ if environment is None else environment
        platform = PlatformDirs("nodeflow", appauthor=False)

        def chosen(variable: str, default: Path) -> Path:
            return _absolute(values[variable]) if values.get(variable) else default

        config = chosen("NODEFLOW_CONFIG_DIR", platform.user_config_path)
        own = folder_settings(config) if settings is None else settings
        models = [_absolute(name) for name in values.get("NODEFLOW_MODELS_DIR", "").split(os.pathsep) if name]
        pictures = platform.user_pictures_path
        return cls(
            config=config,
            data=platform.user_data_path,
            cache=chosen("NODEFLOW_CACHE_DIR", own.cache or platform.user_cache_path),
            output=chosen("NODEFLOW_OUTPUT_DIR", own.output or pictures / "nodeflow"),
            pictures=pictures,
            models=_with_bundled(models or [*own.models] or [platform.user_data_path / "models"]),
        )

    def named_by(self, settings: FolderSettings) -> Folders:
        """These folders, and those that settings name instead."""
        return replace(
            self,
            cache=settings.cache or self.cache,
            output=settings.output or self.output,
            models=_with_bundled([*settings.models]) if settings.models else self.models,
        )

    @property
    def wildcards(self) -> tuple[Path, ...]:
        """Where lists of words lie for texts with choices in them; on equal names the earlier wins."""
        return tuple(folder / "wildcards" for folder in (self.config, *self.models))

    def readable(self, *more: Path) -> tuple[Path, ...]:
        """The folders a workflow may read from; the last is that of the examples, whose pictures lie there.

        Args:
            more: Folders to look in first: the workflow's own, and those the user named.
        """
        return tuple(dict.fromkeys((*more, self.output, self.pictures, *self.models, templates_folder())))


def _absolute(name: str) -> Path:
    """A folder as the user wrote it, `~` included."""
    return Path(name).expanduser().absolute()


def _with_bundled(models: list[Path]) -> tuple[Path, ...]:
    """The models folders without repetition, the bundled one last."""
    return (*dict.fromkeys(path for path in models if path != BUNDLED_MODELS), BUNDLED_MODELS)
