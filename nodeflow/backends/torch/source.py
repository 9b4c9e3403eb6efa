"""Where a checkpoint's parts lie on disk, and what its JSON files say. Reads no weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import nodeflow
from nodeflow.backends.torch.headers import Family, checkpoint_family
from nodeflow.errors import MissingFile, NodeFailed

_BUNDLED = Path(nodeflow.__file__).parent / "bundled"
_CONFIGS = {
    Family.BASE: _BUNDLED / "configs" / "sdxl-base",
    Family.REFINER: _BUNDLED / "configs" / "sdxl-refiner",
}
_VOCABULARIES = _BUNDLED / "models" / "checkpoints" / "pocket"
"""Every SDXL model reads text with CLIP's vocabulary; single files do not carry it."""

INDEX = "model_index.json"
SHARED = "shared.json"


class Part(StrEnum):
    """A component of a checkpoint, by diffusers' name; the order is the one in which locks are taken."""

    TOKENIZER = "tokenizer"
    TOKENIZER_2 = "tokenizer_2"
    TEXT_ENCODER = "text_encoder"
    TEXT_ENCODER_2 = "text_encoder_2"
    UNET = "unet"
    VAE = "vae"


@dataclass(frozen=True)
class Source:
    """A checkpoint on disk.

    Attributes:
        path: The folder or file that the user chose.
        config: The folder with the JSON files that describe it.
        places: For each part that it has, the folder (or the single file) that holds the part.
        scheduler: Its scheduler config.
        wants_aesthetics: Whether the UNet takes an aesthetic score in place of the target size.
    """

    path: Path
    config: Path
    places: Mapping[Part, Path]
    scheduler: Mapping[str, Any]
    wants_aesthetics: bool

    @property
    def is_refiner(self) -> bool:
        """Whether the model reads text with the second encoder alone."""
        return Part.TEXT_ENCODER not in self.places

    def place(self, part: Part) -> Path:
        """The folder or file that holds `part`.

        Raises:
            MissingFile: If the checkpoint has none.
        """
        if part in self.places:
            return self.places[part]
        raise MissingFile(f"the checkpoint '{self.path.name}' has no {part}", input="model")


def locate(path: Path) -> Source:
    """Find a checkpoint's parts.

    Args:
        path: A diffusers folder, or a single `.safetensors` or `.ckpt` file in the original layout. A folder
            of the file's name beside it, with diffusers' JSON files, describes a model of another size.

    Raises:
        MissingFile: If there is no checkpoint, or its JSON files are damaged.
        NodeFailed: If it is not SDXL.
    """
    if path.is_dir():
        index = _read(path / INDEX)
        return _describe(path, path, index, _folders(path, index))
    if not path.is_file():
        raise MissingFile(f"there is no checkpoint at {path}", input="model")
    family = checkpoint_family(path)
    beside = path.with_suffix("")
    config = beside if (beside / INDEX).is_file() else _CONFIGS[family]
    index = _read(config / INDEX)
    places = dict.fromkeys(_folders(config, index), path)
    for part in places.keys() & {Part.TOKENIZER, Part.TOKENIZER_2}:
        own = config / part
        places[part] = own if (own / "vocab.json").is_file() else _VOCABULARIES / part
    return _describe(path, config, index, places)


def _describe(path: Path, config: Path, index: Mapping[str, Any], places: Mapping[Part, Path]) -> Source:
    if "StableDiffusionXL" not in str(index.get("_class_name")):
        raise NodeFailed(
            f"'{path.name}' is made for {index.get('_class_name')}, not SDXL",
            input="model",
            advice="Choose an SDXL checkpoint.",
        )
    scheduler = _read(config / "scheduler" / "scheduler_config.json")
    return Source(path, config, places, scheduler, bool(index.get("requires_aesthetics_score", False)))


def _folders(folder: Path, index: Mapping[str, Any]) -> dict[Part, Path]:
    """The parts that a model index lists, each in its own folder or in the one that `shared.json` names."""
    shared = _read(folder / SHARED) if (folder / SHARED).is_file() else {}
    listed = [part for part in Part if (index.get(part) or [None])[0] is not None]
    return {part: (folder / shared.get(part, part)).resolve() for part in listed}


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MissingFile(
            f"the checkpoint '{file.parent.name}' has no readable {file.name}",
            input="model",
            advice="Choose a diffusers folder or a .safetensors file, or download it again.",
        ) from error
    if not isinstance(data, dict):
        raise MissingFile(f"{file} is damaged", input="model", advice="Download the checkpoint again.")
    return data
