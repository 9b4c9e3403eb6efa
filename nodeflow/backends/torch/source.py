"""Where a checkpoint's parts lie on disk, and what its JSON files say. Reads no weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nodeflow.backends.torch.headers import Family, checkpoint_family, read_metadata, read_names
from nodeflow.backends.torch.prediction import marked, unknown_marks
from nodeflow.backends.torch.stamp import Stamp, stamp
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.folders import BUNDLED_CONFIGS, BUNDLED_MODELS
from nodeflow.hardware import Part
from nodeflow.values import ModelRecipe

_CONFIGS = {
    Family.BASE: BUNDLED_CONFIGS / "sdxl-base",
    Family.REFINER: BUNDLED_CONFIGS / "sdxl-refiner",
}
_VOCABULARIES = BUNDLED_MODELS / "checkpoints" / "pocket"
"""Every SDXL model reads text with CLIP's vocabulary; single files do not carry it."""

INDEX = "model_index.json"
SHARED = "shared.json"
SCHEDULER_CONFIG = "scheduler/scheduler_config.json"


@dataclass(frozen=True)
class Source:
    """A checkpoint on disk.

    Attributes:
        path: The folder or file that the user chose.
        index: What its `model_index.json` says, or that of SDXL.
        configs: For each part that it has, the folder with the JSON file that describes the part.
        places: For each part that it has, the folder (or the single file) that holds the part.
        scheduler: Its scheduler config.
        wants_aesthetics: Whether the UNet takes an aesthetic score in place of the target size.
    """

    path: Path
    index: Mapping[str, Any]
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
    return source if vae is None else _with_part(source, Part.VAE, vae)


def locate_model(model: ModelRecipe) -> Source:
    """Find a model's parts, its own and those that replace them; see `locate`."""
    source = locate(model.path, model.vae)
    for name, place in model.parts:
        source = _with_part(source, Part(name), place)
    return source


def _with_part(source: Source, part: Part, place: Path) -> Source:
    if part not in source.places:
        return source
    if not place.exists():
        advice = f"Choose another {part.label}."
        raise MissingFile(f"there is no {part.label} at {place}", input="model", advice=advice)
    config = _part_config(source, part, place)
    _read(config / "config.json")  # a damaged one is named here rather than taken for damaged weights
    return replace(
        source,
        places={**source.places, part: place.resolve()},
        configs={**source.configs, part: config},
    )


def _part_config(source: Source, part: Part, place: Path) -> Path:
    """Where a part that lies by itself is described: in its folder, beside its file, or as SDXL's own."""
    if place.is_dir():
        return place
    beside = place.with_suffix("")
    named = place.parent if place.name.startswith(("diffusion_pytorch_model", "model.")) else beside
    for folder in (beside, beside / part, named):
        if (folder / "config.json").is_file():
            return folder
    return own_config(source.is_refiner) / part


def own_config(refiner: bool) -> Path:
    """The JSON files that describe SDXL's base or refiner."""
    return _CONFIGS[Family.REFINER if refiner else Family.BASE]


def _checkpoint(path: Path) -> Source:
    if path.is_dir():
        index = _read(path / INDEX)
        return _describe(path, path, index, _folders(path, index))
    if not path.is_file():
        raise MissingFile(f"there is no checkpoint at {path}", input="model")
    family, marks = _look_into(path, stamp(path))
    beside = path.with_suffix("")
    config = beside if (beside / INDEX).is_file() else _CONFIGS[family]
    index = _read(config / INDEX)
    places = dict.fromkeys(_folders(config, index), path)
    for part in places.keys() & {Part.TOKENIZER, Part.TOKENIZER_2}:
        own = config / part
        places[part] = own if (own / "vocab.json").is_file() else _VOCABULARIES / part
    source = _describe(path, config, index, places)
    return replace(source, scheduler={**source.scheduler, **marks})


@lru_cache(64)
def _look_into(file: Path, _stamp: Stamp) -> tuple[Family, Mapping[str, Any]]:
    """A file's family and what its marks say, kept until it changes: a pickle is slow to look into."""
    names = read_names(file)
    family = checkpoint_family(file, names)
    if unknown := unknown_marks(names):
        raise NodeFailed(
            f"'{file.name}' was trained with another kind of noise ({unknown}), which nodeflow cannot follow",
            input="model",
            advice="Choose another SDXL checkpoint",
        )
    return family, marked(names, read_metadata(file))


def _describe(path: Path, config: Path, index: Mapping[str, Any], places: Mapping[Part, Path]) -> Source:
    if "StableDiffusionXL" not in str(index.get("_class_name")):
        raise NodeFailed(
            f"'{path.name}' is made for {index.get('_class_name')}, not SDXL",
            input="model",
            advice="Choose an SDXL checkpoint",
        )
    scheduler = _read(config / SCHEDULER_CONFIG)
    configs = {part: place if place.is_dir() else config / part for part, place in places.items()}
    return Source(
        path, index, configs, places, scheduler, bool(index.get("requires_aesthetics_score", False))
    )


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
            advice="Choose a diffusers folder or a .safetensors file, or download it again",
        ) from error
    if not isinstance(data, dict):
        raise MissingFile(f"{file} is damaged", input="model", advice="Download the checkpoint again")
    return data
