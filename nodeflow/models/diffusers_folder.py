"""Checkpoints as diffusers keeps them: a folder with a `model_index.json` and a folder for each component.

A `shared.json` beside it may name components that lie elsewhere: `{"vae": "../pocket/vae"}`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodeflow.errors import MissingFile
from nodeflow.files import FileAccess, read_header
from nodeflow.files.digests import files_in
from nodeflow.files.names import cleaned
from nodeflow.models.kinds import KIND_BY_FOLDER, Architecture, ModelKind, Recognised

INDEX = "model_index.json"
SHARED = "shared.json"
_LONGEST_JSON = 2**20
_WITHOUT_WEIGHTS = ("scheduler", "tokenizer", "tokenizer_2", "feature_extractor")


@dataclass(frozen=True)
class DiffusersFolder:
    """A checkpoint in diffusers' layout.

    Attributes:
        path: The folder.
        index: What its `model_index.json` says.
        components: The folder of each component that it names; they need not exist.
    """

    path: Path
    index: dict[str, Any]
    components: dict[str, Path]

    @classmethod
    def read(cls, path: Path) -> DiffusersFolder:
        """Read a folder's index.

        Raises:
            MissingFile: If the index is damaged, or a shared component lies outside the models folder.
        """
        index = _read_json(path / INDEX)
        names = [name for name, value in index.items() if name.isidentifier() and _is_component(value)]
        shared = _read_json(path / SHARED) if (path / SHARED).exists() else {}
        access = FileAccess(_fence(path))
        components = {
            name: _shared_folder(path, name, shared[name], access) if name in shared else path / name
            for name in names
        }
        return cls(path, index, components)

    def recognise(self) -> Recognised:
        """Say whether it is a base model or a refiner, and of which family."""
        pipeline = str(self.index.get("_class_name"))
        if "StableDiffusionXL" in pipeline:
            alone = "text_encoder_2" in self.components and "text_encoder" not in self.components
            if alone or self.index.get("requires_aesthetics_score") is True:
                return Recognised(ModelKind.REFINER, Architecture.SDXL_REFINER)
            return Recognised(ModelKind.CHECKPOINT, Architecture.SDXL)
        if pipeline.startswith("StableDiffusion") and "3" not in pipeline:
            return Recognised(ModelKind.CHECKPOINT, self._older_architecture())
        others = {"StableDiffusion3": Architecture.SD3, "Flux": Architecture.FLUX}
        family = next((family for name, family in others.items() if pipeline.startswith(name)), None)
        return Recognised(ModelKind.CHECKPOINT, family or Architecture.UNKNOWN)

    def files(self) -> dict[str, Path]:
        """What the checkpoint consists of, by path as if nothing were shared."""
        found = {INDEX: self.path / INDEX}
        for name, folder in sorted(self.components.items()):
            found.update({f"{name}/{file}": path for file, path in files_in(folder)})
        return found

    def config(self, component: str) -> dict[str, Any]:
        """What a component's `config.json` says.

        Raises:
            MissingFile: If there is no such component, or its file is missing or damaged.
        """
        return _read_json(self.components.get(component, self.path / component) / "config.json")

    def check(self) -> None:
        """Check that every component is there and its weights are whole.

        Raises:
            MissingFile: For the first that is not.
        """
        for name, folder in self.components.items():
            files = dict(files_in(folder))
            complete = name in _WITHOUT_WEIGHTS or any(file.endswith(".safetensors") for file in files)
            if not complete and any(file.endswith(".bin") for file in files):
                message = f"{folder} holds pickles, which are not opened"
                raise MissingFile(message, advice="Get the .safetensors version")
            if not files or not complete:
                message = f"The checkpoint {self.path} has no {name.replace('_', ' ')}"
                advice = f"Download it again, or put the missing files into {folder}"
                raise MissingFile(message, advice=advice)
            for path in files.values():
                if path.suffix == ".safetensors":
                    read_header(path)

    def _older_architecture(self) -> Architecture:
        """SD 1 and SD 2 share their pipelines; the UNet tells them apart."""
        try:
            config = self.config("unet")
        except MissingFile:
            return Architecture.UNKNOWN
        match config.get("cross_attention_dim"):
            case 768:
                return Architecture.SD1
            case 1024:
                return Architecture.SD2
        return Architecture.UNKNOWN


def is_diffusers_folder(path: Path) -> bool:
    """Whether a folder holds a checkpoint in diffusers' layout."""
    return (path / INDEX).is_file()


def _read_json(path: Path) -> dict[str, Any]:
    """Read a small JSON object."""
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST_JSON + 1)
        document = json.loads(text) if len(text) <= _LONGEST_JSON else None
    except OSError as error:
        raise MissingFile(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise MissingFile(f"{path} is damaged", advice="Download it again") from error
    if not isinstance(document, dict):
        raise MissingFile(f"{path} is damaged", advice="Download it again")
    return document


def _is_component(value: object) -> bool:
    """Whether an entry of the index is `[library, class]` rather than a setting or `[null, null]`."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)


def _fence(path: Path) -> tuple[Path, ...]:
    """Where shared components may lie: the models folder, else beside the checkpoint."""
    for parent in path.absolute().parents:
        if parent.name.casefold() in KIND_BY_FOLDER:
            # The kind's folder as well: it may be a link to a larger disk.
            return (parent.parent, parent)
    return (path.absolute().parent,)


def _shared_folder(checkpoint: Path, component: str, relative: object, access: FileAccess) -> Path:
    """The folder that `shared.json` names for a component."""
    if not isinstance(relative, str):
        raise MissingFile(f"{checkpoint / SHARED} does not say where the {component} is")
    folder = checkpoint / cleaned(relative, what=component)
    if not access.allows(folder):
        message = f"{checkpoint / SHARED} leads outside the models folder"
        raise MissingFile(message, advice=f"Put the {component} into {checkpoint / component}")
    return folder
