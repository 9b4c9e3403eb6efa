"""Where a checkpoint's parts lie on disk, and what its JSON files say. Reads no weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import nodeflow
from nodeflow.backends.torch.headers import Family, checkpoint_family
from nodeflow.backends.torch.stamp import Stamp, stamp
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.hardware import Part

_BUNDLED = Path(nodeflow.__file__).parent / "bundled"
_CONFIGS = {
    Family.BASE: _BUNDLED / "configs" / "sdxl-base",
    Family.REFINER: _BUNDLED / "configs" / "sdxl-refiner",
}
_VOCABULARIES = _BUNDLED / "models" / "checkpoints" / "pocket"
"""Every SDXL model reads text with CLIP's vocabulary; single files do not carry it."""

INDEX = "model_index.json"
SHARED = "shared.json"


@dataclass(frozen=True)
class Source:
    """A checkpoint on disk.

    Attributes:
        path: The folder or file that the user chose.
        configs: For each part that it has, the folder with the JSON file that describes the part.
        places: For each part that it has, the folder (or the single file) that holds the part.
        scheduler: Its scheduler config.
        wants_aesthetics: Whether the UNet takes an aesthetic score in place of the target size.
    """

    path: Path
    configs: Mapping[Part, Path]
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


def locate(path: Path, vae: Path | None = None) -> Source:
    """Find a checkpoint's parts.

    Args:
        path: A diffusers folder, or a single `.safetensors` or `.ckpt` file in the original layout. A folder
            of the file's name beside it, with diffusers' JSON files, describes a model of another size.
        vae: A VAE in place of the checkpoint's: a folder with `config.json`, or a single file, beside which
            a folder of its name may hold one.

    Raises:
        MissingFile: If there is no checkpoint or VAE, or its JSON files are damaged.
        NodeFailed: If it is not SDXL.
    """
    source = _checkpoint(path)
    if vae is None:
        return source
    if not vae.exists():
        raise MissingFile(f"there is no VAE at {vae}", input="model", advice="Choose another VAE.")
    config = _vae_config(vae)
    _read(config / "config.json")  # a damaged one is named here rather than taken for damaged weights
    return replace(
        source,
        places={**source.places, Part.VAE: vae.resolve()},
        configs={**source.configs, Part.VAE: config},
    )


def _vae_config(vae: Path) -> Path:
    if vae.is_dir():
        return vae
    beside = vae.with_suffix("")
    for folder in (beside, beside / Part.VAE):
        if (folder / "config.json").is_file():
            return folder
    return _CONFIGS[Family.BASE] / Part.VAE


def _checkpoint(path: Path) -> Source:
    if path.is_dir():
        index = _read(path / INDEX)
        return _describe(path, path, index, _folders(path, index))
    if not path.is_file():
        raise MissingFile(f"there is no checkpoint at {path}", input="model")
    family = _family(path, stamp(path))
    beside = path.with_suffix("")
    config = beside if (beside / INDEX).is_file() else _CONFIGS[family]
    index = _read(config / INDEX)
    places = dict.fromkeys(_folders(config, index), path)
    for part in places.keys() & {Part.TOKENIZER, Part.TOKENIZER_2}:
        own = config / part
        places[part] = own if (own / "vocab.json").is_file() else _VOCABULARIES / part
    return _describe(path, config, index, places)


@lru_cache(64)
def _family(file: Path, _stamp: Stamp) -> Family:
    """A file's family, found out again when it changes: a pickle is slow to look into."""
    return checkpoint_family(file)


def _describe(path: Path, config: Path, index: Mapping[str, Any], places: Mapping[Part, Path]) -> Source:
    if "StableDiffusionXL" not in str(index.get("_class_name")):
        raise NodeFailed(
            f"'{path.name}' is made for {index.get('_class_name')}, not SDXL",
            input="model",
            advice="Choose an SDXL checkpoint.",
        )
    scheduler = _read(config / "scheduler" / "scheduler_config.json")
    configs = {part: place if place.is_dir() else config / part for part, place in places.items()}
    return Source(path, configs, places, scheduler, bool(index.get("requires_aesthetics_score", False)))


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
